import { decodeArgs, parametersSchema, type Params } from './args.ts';
import { functionSpec, text, type Tool } from './tool.ts';

const PARAMS = {
  questions: {
    type: 'array',
    required: true,
    description: 'One to three questions.',
    items: {
      type: 'object',
      properties: {
        id: { type: 'string', description: 'Names the question in the answer.', required: true },
        header: { type: 'string', description: 'A heading of a word or two.', required: true },
        question: { type: 'string', description: 'The question in a sentence.', required: true },
        options: {
          type: 'array',
          required: true,
          description: 'Two or three answers that exclude each other, the best one first.',
          items: {
            type: 'object',
            properties: {
              label: { type: 'string', description: 'The answer in a few words.', required: true },
              description: { type: 'string', description: 'What follows from it.', required: true },
            },
          },
        },
      },
    },
  },
} as const satisfies Params;

/** `request_user_input`: questions with prepared answers for the user (core specification §11.4). */
export const askUserTool: Tool = {
  names: ['request_user_input'],
  parallel: false,
  spec: ({ depth }) =>
    depth > 0
      ? null
      : functionSpec(
          'request_user_input',
          'Asks the user a few short questions with prepared answers and waits. Works in plan mode.',
          parametersSchema(PARAMS),
        ),
  async run(call, { scope, settings, config, signal, session }) {
    const inPlanMode = settings.collaborationMode?.mode === 'plan';
    if (!inPlanMode && !config.features['default_mode_request_user_input']) {
      return text('request_user_input is unavailable in Default mode');
    }
    const args = decodeArgs(call.input, PARAMS);
    if (!args.ok) return text(args.error);
    const { questions } = args.value;
    if (questions.some((question) => !question.options.length)) {
      return text('request_user_input requires non-empty options for every question');
    }
    session.pauses.add(1);
    try {
      const answer = await scope.ask(
        'item/tool/requestUserInput',
        {
          itemId: call.callId,
          questions: questions.map(({ id, header, question, options }) => ({
            id,
            header,
            question,
            options,
            isOther: true,
            isSecret: false,
          })),
        },
        signal,
      );
      return text(JSON.stringify({ answers: answer.ok ? answer.result.answers : {} }));
    } finally {
      session.pauses.add(-1);
    }
  },
};

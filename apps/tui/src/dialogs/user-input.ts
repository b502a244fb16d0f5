import type { RequestId, ToolRequestUserInputParams, ToolRequestUserInputQuestion } from '@codex/protocol';
import { EMPTY_DRAFT } from '../composer/draft.ts';
import type { Choice, Dialog, State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { step } from '../step.ts';
import { plainLine } from '../text/plain.ts';
import { interrupt } from '../update/send.ts';
import { reopenDialog } from './dialog.ts';

type Answers = Readonly<Record<string, { answers: string[] }>>;

/** The model's questions, one after the other; the last answer sends all of them. */
export function askQuestions(id: RequestId, { questions }: ToolRequestUserInputParams): Dialog {
  return askNext(id, questions, 0, {});
}

function askNext(
  id: RequestId,
  questions: readonly ToolRequestUserInputQuestion[],
  at: number,
  before: Answers,
): Dialog {
  const question = questions[at];
  const common = {
    question: id,
    title: plainLine(question?.header || 'Codex asks'),
    body: [
      { text: question?.question ?? '' },
      ...(questions.length > 1 ? [{ text: `question ${at + 1} of ${questions.length}`, look: 'dim' as const }] : []),
    ],
    hint: 'enter answers, esc interrupts the turn',
    // The turn takes the question back itself.
    cancel: interrupt,
  };
  const answer = (state: State, answers: string[]): Step => {
    const all = question ? { ...before, [question.id]: { answers } } : before;
    if (at + 1 < questions.length) return step(reopenDialog(state, askNext(id, questions, at + 1, all)));
    return finish(state, id, questions, all);
  };
  const options = question?.options ?? [];
  const write: Dialog = {
    ...common,
    kind: 'prompt',
    draft: EMPTY_DRAFT,
    ...(question?.isSecret ? { isSecret: true } : {}),
    submit: (state, text) => answer(state, text === '' ? [] : [options.length > 0 ? `user_note: ${text}` : text]),
  };
  if (options.length === 0) return write;
  const choices = options.map(
    ({ label, description }): Choice => ({
      label: plainLine(label),
      detail: plainLine(description),
      choose: (state) => answer(state, [label]),
    }),
  );
  const other: Choice = {
    label: 'Something else',
    detail: 'Write an answer of your own',
    choose: (state) => step(reopenDialog(state, write)),
  };
  return { ...common, kind: 'select', choices: question?.isOther ? [...choices, other] : choices, selected: 0 };
}

function finish(
  state: State,
  id: RequestId,
  questions: readonly ToolRequestUserInputQuestion[],
  answers: Answers,
): Step {
  const text = questions
    .map(({ id: key, header, question, isSecret }) => {
      const given = answers[key]?.answers.join(', ') || 'no answer';
      return `${plainLine(header || question)}: ${isSecret ? '••••' : plainLine(given)}`;
    })
    .join('; ');
  return step(addCells(state, { kind: 'answered', isYes: true, text }), { type: 'answer', id, result: { answers } });
}

import type { TurnPlanStep } from '@codex/protocol';
import { decodeArgs, parametersSchema, type Params } from './args.ts';
import { functionSpec, text, type Tool } from './tool.ts';

const PARAMS = {
  explanation: { type: 'string', description: 'Why the plan changed, in a sentence.' },
  plan: {
    type: 'array',
    required: true,
    description: 'All steps in order.',
    items: {
      type: 'object',
      properties: {
        step: { type: 'string', description: 'The step in a few words.', required: true },
        status: { type: 'string', description: 'One of: pending, in_progress, completed.', required: true },
      },
    },
  },
} as const satisfies Params;

const STATUS: Record<string, TurnPlanStep['status']> = {
  pending: 'pending',
  in_progress: 'inProgress',
  completed: 'completed',
};

/** `update_plan`: shows the user a checklist (core specification §11.4). */
export const planTool: Tool = {
  names: ['update_plan'],
  parallel: false,
  spec: () =>
    functionSpec(
      'update_plan',
      'Shows the user the steps of the work and how far each one is. Use it for work of several steps, keep exactly one step in progress, and send the whole list each time.',
      parametersSchema(PARAMS),
    ),
  run(call, { scope, settings }) {
    if (settings.collaborationMode?.mode === 'plan') {
      return Promise.resolve(text('update_plan is a TODO/checklist tool and is not allowed in Plan mode'));
    }
    const args = decodeArgs(call.input, PARAMS);
    if (!args.ok) return Promise.resolve(text(args.error));
    const steps: TurnPlanStep[] = [];
    for (const { step, status } of args.value.plan) {
      const known = STATUS[status];
      if (!known) {
        return Promise.resolve(
          text(
            `failed to parse function arguments: unknown variant \`${status}\`, expected one of \`pending\`, \`in_progress\`, \`completed\``,
          ),
        );
      }
      steps.push({ step, status: known });
    }
    scope.plan(args.value.explanation ?? null, steps);
    return Promise.resolve(text('Plan updated'));
  },
};

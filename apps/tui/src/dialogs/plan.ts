import type { Dialog } from '../model.ts';
import { step } from '../step.ts';
import { setSession } from '../update/mode.ts';
import { sendMessage } from '../update/send.ts';

/** A plan was proposed: what now? */
export function afterPlan(): Dialog {
  return {
    kind: 'select',
    title: 'Carry out this plan?',
    choices: [
      {
        label: 'Yes, leave plan mode and begin',
        key: 'y',
        choose: (state) =>
          sendMessage(setSession(state, { mode: 'default' }, 'mode'), { text: 'Implement the plan.', images: [] }),
      },
      { label: 'No, go on planning', key: 'n', choose: step },
    ],
    selected: 0,
    cancel: step,
  };
}

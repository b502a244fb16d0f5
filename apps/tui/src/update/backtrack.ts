import { draftOf } from '../composer/draft.ts';
import { openDialog } from '../dialogs/dialog.ts';
import type { Choice, State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { call, change, step } from '../step.ts';
import { plainLine } from '../text/plain.ts';

/** Offers the user's messages, newest first, to go back to before one of them and change it. */
export function chooseEarlier(state: State): Step {
  const { session } = state;
  if (!session) return step(state);
  return step(
    state,
    call('thread/read', { threadId: session.threadId, includeTurns: true }, ({ thread }) =>
      change((now) => {
        const messages = thread.turns.flatMap((turn, at) => {
          const first = turn.items.find((item) => item.type === 'userMessage');
          const text = first?.content
            .map((part) => (part.type === 'text' ? part.text : ''))
            .find((part) => part !== '');
          return text === undefined ? [] : [{ text, numTurns: thread.turns.length - at }];
        });
        if (messages.length === 0) return step({ ...now, hint: 'there is no earlier message' });
        return step(
          openDialog(now, {
            kind: 'select',
            title: 'Go back to before which message?',
            body: [{ text: 'The conversation goes on from there. Files on disk stay as they are.', look: 'dim' }],
            choices: messages.toReversed().map(
              ({ text, numTurns }): Choice => ({
                label: plainLine(text),
                choose: (chosen) => rollBack(chosen, session.threadId, numTurns, text),
              }),
            ),
            selected: 0,
            hint: 'enter goes back, esc stays',
            cancel: step,
          }),
        );
      }),
    ),
  );
}

function rollBack(state: State, threadId: string, numTurns: number, text: string): Step {
  return step(
    state,
    call('thread/rollback', { threadId, numTurns }, () =>
      change((now) => {
        const turns = `${numTurns} turn${numTurns === 1 ? '' : 's'}`;
        const told = addCells(now, {
          kind: 'notice',
          level: 'info',
          text: `Went back ${turns}. Change the message and send it.`,
        });
        return step({ ...told, draft: draftOf({ text, images: [] }) });
      }),
    ),
  );
}

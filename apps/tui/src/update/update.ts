import { unreachable } from '@codex/base';
import { attachImage, draftOf, paste } from '../composer/draft.ts';
import { prepend } from '../composer/history.ts';
import { updateDialog } from '../dialogs/update.ts';
import type { Input } from '../keys.ts';
import type { Dialog, Msg, State, Step } from '../model.ts';
import { updatePager } from '../overlays/pager.ts';
import { updatePicker } from '../overlays/picker.ts';
import { addCells } from '../state.ts';
import { step } from '../step.ts';
import { updateComposer } from './composer.ts';
import { takeNotification } from './notification.ts';
import { askPerson } from './question.ts';
import { showThread } from './thread.ts';

/** The state after a message, and what the world outside should do. Pure. */
export function update(state: State, msg: Msg): Step {
  switch (msg.type) {
    case 'input':
      return updateInput(state, msg.input);
    case 'resized':
      return step({ ...state, size: msg.size });
    case 'tick':
      return step(state);
    case 'opened':
      return showThread(state, msg.opened, msg.how);
    case 'notification':
      return takeNotification(state, msg.notification);
    case 'question':
      return askPerson(state, msg);
    case 'notice': {
      const { level, text, detail } = msg;
      return step(addCells(state, { kind: 'notice', level, text, ...(detail === undefined ? {} : { detail }) }));
    }
    case 'history':
      return step({ ...state, history: prepend(state.history, msg.entries) });
    case 'pasted':
      return step({
        ...state,
        draft: msg.image === null ? paste(state.draft, msg.text) : attachImage(state.draft, msg.image),
      });
    case 'edited':
      return step({ ...state, draft: draftOf({ text: msg.text, images: [] }) });
    case 'disconnected':
      return disconnected(state, msg.reason);
    case 'change':
      return msg.make(state);
    default:
      return unreachable(msg);
  }
}

function updateInput(before: State, input: Input): Step {
  if (input.kind === 'focus') return step({ ...before, isFocused: input.focused });
  const state = before.hint === null ? before : { ...before, hint: null };
  if (input.kind === 'key' && input.key === 'ctrl+l') return step(state, { type: 'redraw' });
  if (input.kind === 'key' && input.key === 'ctrl+z') return step(state, { type: 'suspend' });
  const { overlay } = state;
  if (overlay)
    return overlay.kind === 'pager' ? updatePager(state, overlay, input) : updatePicker(state, overlay, input);
  if (input.kind === 'key' && input.key === 'ctrl+t') {
    return step({ ...state, overlay: { kind: 'pager', title: 'Transcript', diff: null, top: null } });
  }
  const [dialog] = state.dialogs;
  if (dialog && !isStillTyping(state, dialog, input)) return updateDialog(state, dialog, input);
  if (input.kind === 'key') return dialog ? step(state) : updateComposer(state, input);
  return updateComposer({ ...state, typedAt: state.now }, input);
}

/** How long after a letter the next one still belongs to the same thought, in milliseconds. */
const TYPING_MS = 700;

/** A question that comes up under somebody's fingers is not answered by what they are writing. */
function isStillTyping({ now, typedAt }: State, { question }: Dialog, input: Input): boolean {
  const isAnswer = input.kind !== 'key' || input.key === 'enter';
  return question !== undefined && isAnswer && now - typedAt < TYPING_MS;
}

function disconnected(state: State, reason: string | null): Step {
  const text = reason === null ? 'the server has ended' : `the server has ended: ${reason}`;
  return step(
    { ...addCells(state, { kind: 'notice', level: 'error', text }), hasEnded: true },
    { type: 'quit', code: 1 },
  );
}

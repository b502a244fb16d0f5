import { bufferOf, insert } from '../composer/buffer.ts';
import { draftOf, EMPTY_DRAFT, isEmpty, messageOf, type Message, paste } from '../composer/draft.ts';
import { editKey } from '../composer/edit.ts';
import { browse, mayBrowse, remember } from '../composer/history.ts';
import type { Input } from '../keys.ts';
import type { State, Step } from '../model.ts';
import { andThen, step } from '../step.ts';
import { composerWidth } from '../view/measures.ts';
import { chooseEarlier } from './backtrack.ts';
import { runCommand } from './commands.ts';
import { togglePlan } from './mode.ts';
import { refreshPopup, updatePopup } from './popup.ts';
import { enqueue, interrupt, sendMessage } from './send.ts';
import { endShell, runShell } from './shell.ts';

/** How long a second ctrl+c or escape still belongs to the first, in milliseconds. */
const TWICE_MS = 2000;
/** A paste this short may be the path of an image. */
const PATH_LENGTH = 1024;

export function updateComposer(state: State, input: Exclude<Input, { kind: 'focus' }>): Step {
  switch (input.kind) {
    case 'text':
      if (input.text === '?' && state.draft.buffer.text === '') return runCommand(state, 'help', '');
      return edited(state, { ...state.draft, buffer: insert(state.draft.buffer, input.text) });
    case 'paste': {
      const text = input.text.trim();
      if (text.length <= PATH_LENGTH && /^\S.*\.(png|jpe?g|gif|webp)['"]?$/i.test(text)) {
        return step(state, { type: 'inspectPaste', text: input.text });
      }
      return edited(state, paste(state.draft, input.text));
    }
    case 'key': {
      const { popup } = state;
      const chosen = popup?.kind === 'command' && input.key === 'enter' ? popup.items[popup.selected] : undefined;
      if (chosen) return submit({ ...state, draft: { ...EMPTY_DRAFT, buffer: bufferOf(chosen.insert) } });
      return (popup && updatePopup(state, popup, input.key)) ?? updateKey(state, input.key);
    }
  }
}

function updateKey(state: State, key: string): Step {
  const { draft } = state;
  switch (key) {
    case 'ctrl+c':
      return pressedCtrlC(state);
    case 'ctrl+d':
      if (draft.buffer.text === '') return step(state, { type: 'quit', code: 0 });
      break;
    case 'escape':
      return pressedEscape(state);
    case 'enter':
      return submit(state);
    case 'tab':
      if (state.turn && !isEmpty(draft)) return queueDraft(state);
      return step(state);
    case 'shift+tab':
      return togglePlan(state);
    case 'alt+up':
      return editQueued(state);
    case 'ctrl+g':
      return step(state, { type: 'editOutside', text: messageOf(draft).text });
    case 'up':
    case 'down': {
      const by = key === 'up' ? -1 : 1;
      const found = mayBrowse(state.history, draft.buffer) ? browse(state.history, by) : null;
      if (found) return step({ ...state, history: found.history, draft: draftOf({ text: found.text, images: [] }) });
      break;
    }
    default:
  }
  const result = editKey(draft, key, composerWidth(state.size), state.killed);
  if (!result) return step(state);
  return edited({ ...state, killed: result.killed ?? state.killed }, result.draft);
}

function edited(state: State, draft: State['draft']): Step {
  return refreshPopup({ ...state, draft });
}

function pressedCtrlC(state: State): Step {
  if (state.now < state.quitUntil) return step(state, { type: 'quit', code: 0 });
  if (state.draft.buffer.text !== '') {
    return step({
      ...state,
      draft: EMPTY_DRAFT,
      popup: null,
      history: remember(state.history, messageOf(state.draft).text),
    });
  }
  const armed = { ...state, quitUntil: state.now + TWICE_MS, hint: 'ctrl+c again quits' };
  return andThen(state.shell ? endShell(armed) : interrupt(armed), (next) =>
    step(next, { type: 'wake', ms: TWICE_MS }),
  );
}

function pressedEscape(state: State): Step {
  if (state.shell) return endShell(state);
  if (state.turn) return interrupt(state);
  if (state.draft.buffer.text !== '') return step(state);
  if (state.now - state.escapedAt < TWICE_MS) return chooseEarlier({ ...state, escapedAt: 0 });
  return step({ ...state, escapedAt: state.now, hint: 'esc again goes back to an earlier message' });
}

/** Sends what is written: a command, a shell command, or a message. */
export function submit(state: State): Step {
  const message = messageOf(state.draft);
  if (message.text === '' && message.images.length === 0) return step(state);
  const cleared = clearDraft(state, message);
  // With a blank before it a line is a message, whatever follows.
  const isMessage = /^\s/.test(state.draft.buffer.text);
  const command = isMessage ? null : /^\/([a-z]+)(?:\s+([^]*))?$/.exec(message.text);
  if (command) return kept(runCommand(cleared, command[1] ?? '', command[2] ?? ''), message);
  if (!isMessage && message.text.startsWith('!')) return kept(runShell(cleared, message.text.slice(1).trim()), message);
  return kept(sendMessage(cleared, message), message);
}

/** The message of the command line; it is a message whatever it begins with. */
export function sendFirst(state: State, message: Message): Step {
  return kept(sendMessage(clearDraft(state, message), message), message);
}

function queueDraft(state: State): Step {
  const message = messageOf(state.draft);
  return kept(enqueue(clearDraft(state, message), message), message);
}

function clearDraft(state: State, { text }: Message): State {
  return { ...state, draft: EMPTY_DRAFT, popup: null, typedAt: 0, history: remember(state.history, text) };
}

function kept({ state, effects }: Step, { text }: Message): Step {
  return step(state, { type: 'remember', text }, ...effects);
}

/** Takes the newest queued message back to change it. */
function editQueued(state: State): Step {
  const last = state.queue.at(-1);
  if (!last || !isEmpty(state.draft)) return step(state);
  return step({ ...state, queue: state.queue.slice(0, -1), draft: draftOf(last) });
}

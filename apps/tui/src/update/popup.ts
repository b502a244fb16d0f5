import { insert, replace } from '../composer/buffer.ts';
import { type Popup, type PopupItem, triggerOf } from '../composer/popup.ts';
import type { State, Step } from '../model.ts';
import { call, change, step } from '../step.ts';
import { COMMANDS } from './command-list.ts';

const SHOWN = 50;

/** Opens, narrows or closes the suggestions after an edit. */
export function refreshPopup(state: State): Step {
  const trigger = triggerOf(state.draft);
  if (!trigger) return step(state.popup ? { ...state, popup: null } : state);
  const { kind, query } = trigger;
  // What was found for a shorter word stays until the new answer is there.
  const before = state.popup?.kind === kind ? state.popup.items : [];
  switch (kind) {
    case 'command':
      return step({ ...state, popup: show(kind, query, commandsFor(query)) });
    case 'file':
      return step({ ...state, popup: { kind, query, items: before, selected: 0 } }, searchFiles(state, query));
    case 'skill':
      return step({ ...state, popup: { kind, query, items: before, selected: 0 } }, listSkills(state, query));
  }
}

function show(kind: Popup['kind'], query: string, items: readonly PopupItem[]): Popup {
  return { kind, query, items: items.slice(0, SHOWN), selected: 0 };
}

function commandsFor(query: string): PopupItem[] {
  const begins = COMMANDS.filter(({ name }) => name.startsWith(query));
  const has = COMMANDS.filter(({ name }) => !name.startsWith(query) && name.includes(query));
  return [...begins, ...has].map(({ name, summary }) => ({ label: `/${name}`, detail: summary, insert: `/${name}` }));
}

function searchFiles(state: State, query: string) {
  const root = state.session?.cwd ?? state.place.cwd;
  return call(
    'fuzzyFileSearch',
    { query, roots: [root], cancellationToken: 'composer' },
    ({ files }) =>
      found(
        'file',
        query,
        files.map(({ path }) => ({ label: path, detail: '', insert: /\s/.test(path) ? `"${path}"` : path })),
      ),
    () => null,
  );
}

function listSkills(state: State, query: string) {
  const cwd = state.session?.cwd ?? state.place.cwd;
  return call(
    'skills/list',
    { cwds: [cwd] },
    ({ data }) => {
      const wanted = query.toLowerCase();
      const skills = data
        .flatMap(({ skills }) => skills)
        .filter(({ enabled, name }) => enabled && name.toLowerCase().includes(wanted));
      return found(
        'skill',
        query,
        skills.map(({ name, description, shortDescription }) => ({
          label: name,
          detail: shortDescription ?? description,
          insert: `$${name}`,
        })),
      );
    },
    () => null,
  );
}

function found(kind: Popup['kind'], query: string, items: readonly PopupItem[]) {
  return change((state) =>
    step(
      state.popup?.kind === kind && state.popup.query === query ? { ...state, popup: show(kind, query, items) } : state,
    ),
  );
}

/** What a key does while suggestions are shown; null when it is the composer's business. */
export function updatePopup(state: State, popup: Popup, key: string): Step | null {
  const count = popup.items.length;
  const move = (by: number) =>
    step({ ...state, popup: { ...popup, selected: (popup.selected + by + count) % Math.max(1, count) } });
  switch (key) {
    case 'up':
    case 'ctrl+p':
      return move(-1);
    case 'down':
    case 'ctrl+n':
      return move(1);
    case 'escape':
      return step({ ...state, popup: null });
    case 'tab':
      return accept(state, popup);
    case 'enter':
      // Nothing to choose: the line is sent as it is.
      return count === 0 ? null : accept(state, popup);
    default:
      return null;
  }
}

function accept(state: State, popup: Popup): Step {
  const item = popup.items[popup.selected];
  const trigger = triggerOf(state.draft);
  if (!item || !trigger) return step({ ...state, popup: null });
  const buffer = insert(replace(state.draft.buffer, trigger.start, trigger.end, item.insert), ' ');
  return step({ ...state, popup: null, draft: { ...state.draft, buffer } });
}

import { PERSONAL_SOURCES } from '@codex/app-server-client';
import type { ResultOf } from '@codex/protocol';
import { leftOf } from '../composer/motions.ts';
import type { Input } from '../keys.ts';
import type { Effect, State, Step } from '../model.ts';
import { call, change, step } from '../step.ts';
import { openNew, openStored } from '../update/open.ts';
import type { Picker } from './overlay.ts';

const PAGE = 50;
/** The next page is fetched when so few rows are left below. */
const AHEAD = 10;

/** Chooses a session to go on with, or to copy. */
export function openPicker(state: State, purpose: Picker['purpose'], allFolders = false): Step {
  return reload(state, {
    kind: 'picker',
    purpose,
    search: '',
    sort: 'updated_at',
    allFolders,
    rows: [],
    cursor: null,
    isLoading: true,
    selected: 0,
    hasThread: state.session !== null,
  });
}

export function updatePicker(state: State, picker: Picker, input: Input): Step {
  if (input.kind === 'text') return reload(state, { ...picker, search: picker.search + input.text });
  if (input.kind === 'paste') return reload(state, { ...picker, search: picker.search + input.text.trim() });
  if (input.kind !== 'key') return step(state);
  const last = Math.max(0, picker.rows.length - 1);
  const page = Math.max(1, state.size.rows - 6);
  const select = (at: number) => more(state, { ...picker, selected: Math.min(last, Math.max(0, at)) });
  switch (input.key) {
    case 'up':
    case 'ctrl+p':
      return select(picker.selected - 1);
    case 'down':
    case 'ctrl+n':
      return select(picker.selected + 1);
    case 'pageUp':
      return select(picker.selected - page);
    case 'pageDown':
      return select(picker.selected + page);
    case 'home':
      return select(0);
    case 'end':
      return select(last);
    case 'tab':
      return reload(state, { ...picker, sort: picker.sort === 'updated_at' ? 'created_at' : 'updated_at' });
    case 'ctrl+a':
      return reload(state, { ...picker, allFolders: !picker.allFolders });
    case 'backspace':
      return reload(state, { ...picker, search: picker.search.slice(0, leftOf(picker.search, picker.search.length)) });
    case 'ctrl+u':
      return reload(state, { ...picker, search: '' });
    case 'enter':
      return choose(state, picker);
    case 'escape':
      return leave(state, picker);
    case 'ctrl+c':
      return picker.hasThread ? leave(state, picker) : step(state, { type: 'quit', code: 0 });
    default:
      return step(state);
  }
}

/** Without a thread to go back to a new one begins. */
function leave(state: State, { hasThread }: Picker): Step {
  return step({ ...state, overlay: null }, ...(hasThread ? [] : [openNew(state)]));
}

function choose(state: State, { rows, selected, purpose }: Picker): Step {
  const row = rows[selected];
  if (!row) return step(state);
  return step({ ...state, overlay: null }, openStored(state, purpose, row.id, openNew(state)));
}

function reload(state: State, picker: Picker): Step {
  const fresh: Picker = { ...picker, cursor: null, isLoading: true, selected: 0 };
  return step(
    { ...state, overlay: fresh },
    load(state, fresh, (now, { data, nextCursor }) => ({ ...now, rows: data, cursor: nextCursor, isLoading: false })),
  );
}

function more(state: State, picker: Picker): Step {
  const isNear = picker.rows.length - picker.selected <= AHEAD;
  if (!isNear || picker.cursor === null || picker.isLoading) return step({ ...state, overlay: picker });
  const loading = { ...picker, isLoading: true };
  return step(
    { ...state, overlay: loading },
    load(state, loading, (now, { data, nextCursor }) => ({
      ...now,
      rows: [...now.rows, ...data],
      cursor: nextCursor,
      isLoading: false,
    })),
  );
}

/** Asks for a page; an answer to what is no longer searched for is dropped. */
function load(state: State, picker: Picker, take: (now: Picker, page: ResultOf<'thread/list'>) => Picker): Effect {
  const { search, sort, allFolders, cursor } = picker;
  const isSame = (now: State['overlay']): now is Picker =>
    now?.kind === 'picker' && now.search === search && now.sort === sort && now.allFolders === allFolders;
  return call(
    'thread/list',
    {
      limit: PAGE,
      sortKey: sort,
      sourceKinds: [...PERSONAL_SOURCES],
      modelProviders: [],
      cwd: allFolders ? null : (state.session?.cwd ?? state.place.cwd),
      searchTerm: search === '' ? null : search,
      cursor,
    },
    (page) => change((now) => step(isSame(now.overlay) ? { ...now, overlay: take(now.overlay, page) } : now)),
    (error) =>
      change((now) =>
        step(
          isSame(now.overlay)
            ? { ...now, overlay: { ...now.overlay, isLoading: false, rows: [], search: `${search}` }, hint: error }
            : now,
        ),
      ),
  );
}

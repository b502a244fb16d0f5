import { type Clock, type Logger, nullLogger, systemClock, systemIds } from '@codex/base';
import { expect, onTestFinished, test } from 'vitest';
import { openState, type SqliteLoader, type State, type StateOptions } from '../../src/index.ts';
import { CREATED, filesOf, tempFolder, uuid } from './home.ts';

export const NEVER: AbortSignal = new AbortController().signal;

const STARTED = systemClock.now();

/** Runs like the real one, but always on the same day. */
export function testClock(): Clock {
  return { ...systemClock, now: () => CREATED + systemClock.now() - STARTED };
}

/** A state that is closed when the test ends. */
export function stateAt(folder: string, options: Partial<StateOptions> = {}): State {
  const state = openState({ folder, clock: testClock(), ids: systemIds(systemClock), log: nullLogger, ...options });
  onTestFinished(() => state.close());
  return state;
}

/** The library as on a machine where its compiled part could not be built. */
export const withoutAddon: SqliteLoader = () =>
  Promise.reject(Object.assign(new Error('Could not locate the bindings file.'), { code: 'MODULE_NOT_FOUND' }));

async function addonWorks(): Promise<boolean> {
  try {
    const { default: Database } = await import('better-sqlite3');
    new Database(':memory:').close();
    return true;
  } catch {
    return false;
  }
}
const works = await addonWorks();

/** What every user of a state relies on when there is no database: nothing throws, files are to be asked. */
export async function expectFallback(state: State): Promise<void> {
  const { threads, logs } = state;
  const files = filesOf(await tempFolder());
  expect(await threads.backfill(files, NEVER)).toMatchObject({ kind: 'unavailable' });
  expect(await threads.ready()).toBe(false);
  const query = { archived: false, sortKey: 'created_at', cursor: null, limit: 25 } as const;
  expect(await threads.list(query, files)).toBeNull();
  logs.stream().write('{"level":30,"time":0,"msg":"kept in memory"}\n');
  expect(await logs.insert([])).toBe(false);
  expect(await logs.tail({ limit: 5 })).toBeNull();
  expect(await logs.feedback({ threadId: uuid(1) })).toEqual(['1970-01-01T00:00:00.000000Z  INFO kept in memory\n']);
  expect(state.status()).toMatchObject({ threads: { kind: 'unavailable' }, logs: { kind: 'unavailable' } });
}

/** A test with the real library; where its compiled part is missing, the fallback is tested in its place. */
export function sqliteTest(title: string, body: () => Promise<void>): void {
  test(title, works ? body : async () => expectFallback(stateAt(await tempFolder())));
}

/** A logger that remembers what it was told at warn. */
export function warnings(): Logger & { texts: string[] } {
  const texts: string[] = [];
  return { ...nullLogger, texts, warn: (_fields, message) => texts.push(message) };
}

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { nullLogger, systemClock, systemIds } from '@codex/base';
import type { ParamsOf, ResultOf } from '@codex/protocol';
import { appendThreadName, rolloutPath, saveThreadGit } from '@codex/rollout';
import { say, startMockModel } from '@codex/mock-model';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createServer } from '../src/index.ts';
import { type Client, introduced } from './support/client.ts';
import { world } from './support/server.ts';

const CREATED = Date.UTC(2026, 10, 21, 11, 0, 13);
const DAY = 24 * 60 * 60;

async function addonWorks(): Promise<boolean> {
  const { openState } = await import('@codex/state');
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  const state = openState({ folder, clock: systemClock, ids: systemIds(systemClock), log: nullLogger });
  const works = await state.logs.insert([]);
  await state.close();
  rmSync(folder, { recursive: true });
  return works;
}
/** Where the compiled part of the library is missing, lists come from files, and what is asked here holds all the more. */
const works = await addonWorks();

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});
const tempHome = () => {
  const root = mkdtempSync(join(tmpdir(), 'codex-list-'));
  roots.push(root);
  writeFileSync(join(root, 'config.toml'), 'model_provider = "mock"\n[model_providers.mock]\nname = "Mock"\n');
  return root;
};

interface Made {
  n: number;
  created?: number;
  updated?: number;
  archived?: boolean;
  preview?: string | null;
  cwd?: string;
  source?: unknown;
  provider?: string | null;
}

const uuid = (n: number) => `01a1fdc3-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

function makeThread(home: string, made: Made): string {
  const { n, created = n, updated = created, archived = false, preview = `message ${n}`, cwd = '/d' } = made;
  const at = CREATED + created * 1000;
  const placed = rolloutPath(home, uuid(n), at);
  const path = archived ? join(home, 'archived_sessions', basename(placed)) : placed;
  const timestamp = new Date(at).toISOString();
  const provider = made.provider === undefined ? 'mock' : made.provider;
  const payload = {
    ...{ id: uuid(n), timestamp, cwd, originator: 't', cli_version: '0.115.0', source: made.source ?? 'vscode' },
    ...(provider === null ? {} : { model_provider: provider }),
  };
  const lines: object[] = [{ timestamp, type: 'session_meta', payload }];
  if (preview !== null) {
    lines.push({ timestamp, type: 'event_msg', payload: { type: 'user_message', message: preview, images: [] } });
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  utimesSync(path, CREATED / 1000 + updated, CREATED / 1000 + updated);
  return path;
}

type Params = ParamsOf<'thread/list'>;
type Page = ResultOf<'thread/list'>;

async function walk(client: Client, params: Params): Promise<Page[]> {
  const pages: Page[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Page = await client.request('thread/list', { ...params, cursor });
    pages.push(page);
    if (page.nextCursor === null || pages.length > 50) return pages;
    cursor = page.nextCursor;
  }
}

const INDEX = 'codex-ts-index-1.sqlite';
type Server = Awaited<ReturnType<typeof serverOn>>;

/** A server on a home. */
async function serverOn(home: string) {
  let isFilled: () => void = () => {};
  const filled = new Promise<void>((resolve) => {
    isFilled = resolve;
  });
  const hear = (_fields: object, message: string) => {
    if (message === 'thread index filled') isFilled();
  };
  const log = { ...nullLogger, debug: hear, child: () => log };
  const server = createServer({
    ...{ home, cwd: home, env: {}, overrides: [], sessionSource: 'vscode', transport: 'in-process', version: '1' },
    ...{ honourApiKeyEnv: false, log },
  });
  const client = await introduced(server);
  return {
    client,
    /** Lists in a way that wants an index, and waits until it is in use. */
    async fill() {
      await client.request('thread/list', { searchTerm: 'x' });
      if (works) await filled;
    },
    close: () => server.close(),
  };
}

const PREVIEWS = ['fix the tests', 'Fix', 'a', 'ärger 🙂', 'x'.repeat(50), null];
const made = fc.record({
  created: fc.integer({ min: 0, max: 6 }).map((n) => n * (DAY / 2)),
  updated: fc.integer({ min: 0, max: 5 }),
  archived: fc.boolean(),
  preview: fc.constantFrom(...PREVIEWS),
  cwd: fc.constantFrom('/d', '/e'),
  source: fc.constantFrom('vscode', 'cli', 'exec', { subagent: 'review' }, { subagent: { other: 'x' } }),
  provider: fc.constantFrom('mock', 'other', null),
});
const query = fc.record(
  {
    archived: fc.boolean(),
    sortKey: fc.constantFrom('created_at' as const, 'updated_at' as const),
    limit: fc.integer({ min: 1, max: 6 }),
    cwd: fc.constantFrom('/d', '/e', '/f'),
    modelProviders: fc.constantFrom<string[]>([], ['mock'], ['other'], ['mock', 'other']),
    sourceKinds: fc.constantFrom<NonNullable<Params['sourceKinds']>>(
      ...([[], ['cli'], ['exec', 'vscode'], ['subAgent'], ['subAgentReview', 'cli'], ['subAgentOther']] as never[]),
    ),
    searchTerm: fc.constantFrom('fix', 'Fix', 'a', 'the tests', '🙂', 'named', ''),
  },
  { requiredKeys: [] },
);

it('its databases lie where `sqlite_home` says', async () => {
  const home = tempHome();
  const folder = join(home, 'elsewhere', 'deep');
  writeFileSync(join(home, 'config.toml'), `sqlite_home = ${JSON.stringify(folder)}\n`);
  const server = await serverOn(home);
  await server.fill();
  await server.close();
  expect(existsSync(join(folder, INDEX))).toBe(works);
  expect(existsSync(join(home, INDEX))).toBe(false);
});

describe('thread/list', () => {
  it('gives the same pages with an index as without', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(made, { maxLength: 25 }),
        fc.array(query, { minLength: 4, maxLength: 8 }),
        async (all, queries) => {
          const home = tempHome();
          for (const [n, each] of all.entries()) makeThread(home, { n, ...each });
          await appendThreadName(home, uuid(0), 'a named one');
          await saveThreadGit(home, uuid(1), { sha: null, branch: 'set', originUrl: null });
          const walkAll = async ({ client }: Server) => {
            const walks: Page[][] = [];
            for (const params of queries) walks.push(await walk(client, params));
            return walks;
          };
          // Where there can be no database, the files are asked.
          mkdirSync(join(home, INDEX));
          const plain = await serverOn(home);
          const expected = await walkAll(plain);
          await plain.close();
          rmSync(join(home, INDEX), { recursive: true });
          const first = await serverOn(home);
          await first.fill();
          expect(await walkAll(first)).toEqual(expected);
          await first.close();
          // The next process finds it filled.
          const second = await serverOn(home);
          expect(await walkAll(second)).toEqual(expected);
          await second.close();
        },
      ),
      { numRuns: 12 },
    );
  });

  it('shows what other processes add, take away, move and write', async () => {
    const home = tempHome();
    const paths = [1, 2, 3].map((n) => makeThread(home, { n }));
    const server = await serverOn(home);
    const { client } = server;
    await server.fill();
    const ids = async (params: Params = {}) =>
      (await client.request('thread/list', params)).data.map(({ id }) => Number.parseInt(id.slice(-12), 16));
    expect(await ids()).toEqual([3, 2, 1]);
    makeThread(home, { n: 4 });
    makeThread(home, { n: 5, created: 3 * DAY });
    expect(await ids()).toEqual([5, 4, 3, 2, 1]);
    rmSync(paths[1] ?? '');
    mkdirSync(join(home, 'archived_sessions'));
    const archived = join(home, 'archived_sessions', basename(paths[0] ?? ''));
    renameSync(paths[0] ?? '', archived);
    expect([await ids(), await ids({ archived: true })]).toEqual([[5, 4, 3], [1]]);
    renameSync(archived, paths[0] ?? '');
    expect([await ids(), await ids({ archived: true })]).toEqual([[5, 4, 3, 1], []]);
    // One that says nothing yet is listed as soon as it does.
    const updated = (systemClock.now() - CREATED) / 1000;
    makeThread(home, { n: 6, updated, preview: null });
    expect(await ids()).toEqual([5, 4, 3, 1]);
    makeThread(home, { n: 6, updated: updated + 1 });
    expect(await ids()).toEqual([5, 6, 4, 3, 1]);
    await server.close();
  });

  it('knows what its own threads say at once, and where they are', async () => {
    const model = await startMockModel({ steps: [[say('one')], [say('two')]] });
    const { server } = world({ model });
    const client = await introduced(server);
    await client.request('thread/list', {});
    const { thread } = await client.request('thread/start', {});
    const threadId = thread.id;
    await client.request('turn/start', { threadId, input: [{ type: 'text', text: 'hello', text_elements: [] }] });
    await client.until((each) => each.method === 'turn/completed');
    for (const sortKey of ['created_at', 'updated_at'] as const) {
      const { data } = await client.request('thread/list', { sortKey, searchTerm: 'hello' });
      expect(data.map(({ id }) => id)).toEqual([threadId]);
    }
    await client.request('thread/archive', { threadId });
    expect((await client.request('thread/list', {})).data).toEqual([]);
    expect((await client.request('thread/list', { archived: true })).data).toHaveLength(1);
    await client.request('thread/unarchive', { threadId });
    expect((await client.request('thread/list', {})).data).toHaveLength(1);
  });

  it('finds titles given by any program, as the names file has them now', async () => {
    const home = tempHome();
    for (const n of [1, 2, 3]) makeThread(home, { n });
    const server = await serverOn(home);
    await server.fill();
    const search = async (searchTerm: string) =>
      (await server.client.request('thread/list', { searchTerm })).data.map(({ id, name }) => [id, name]);
    await appendThreadName(home, uuid(2), 'Das "Große" 100%');
    expect(await search('"Große" 100%')).toEqual([[uuid(2), 'Das "Große" 100%']]);
    await appendThreadName(home, uuid(2), 'other');
    expect([await search('Große'), await search('other')]).toEqual([[], [[uuid(2), 'other']]]);
    await server.close();
  });

  it('answers from the files where there can be no database, and refuses bad cursors either way', async () => {
    const home = tempHome();
    for (const n of [1, 2]) makeThread(home, { n });
    mkdirSync(join(home, INDEX));
    const { client, close } = await serverOn(home);
    for (let i = 0; i < 3; i++) expect((await client.request('thread/list', {})).data).toHaveLength(2);
    rmSync(join(home, INDEX), { recursive: true });
    const other = await serverOn(home);
    await other.fill();
    for (const each of [client, other.client]) {
      const { error } = await each.call('thread/list', { cursor: 'x' });
      expect(error).toEqual({ code: -32600, message: 'invalid cursor: x' });
    }
    await close();
    await other.close();
  });
});

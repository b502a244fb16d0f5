import fs from 'node:fs';
import path from 'node:path';
import { RARE_WORD, UNIQUE_WORD, writeOldThreads } from './old-threads.mjs';
import { busyMs, rssMib } from './process-figures.mjs';
import { median, pause, pick, quantile, timed, withServer } from './timing.mjs';

const PAGES = 10;
const PING_EVERY_MS = 10;
/** Working or wanting to for so little of so long a time, and again: what a server does in the background is over. */
const QUIET_MS = 1000;
const QUIET_BUSY_MS = 100;
const QUIET_TIMES = 2;
const FILL_LIMIT_MS = 180_000;

const EVERYTHING = { modelProviders: [], sourceKinds: ['cli', 'vscode', 'exec', 'subAgent'] };
/** Found in one thread, in few, in many and in none; short, long, and with characters that query languages use. */
const TERMS = [
  ...[UNIQUE_WORD, RARE_WORD, RARE_WORD.toUpperCase(), 'okka "1', '100%_', '%', '_', '"', "'", '*', '正', 'Über', 'z'],
  ...['zz', 'xol', 'worker queue timer', 'Fix login', 'nothing of this kind', 'x'.repeat(5000), 'reader writer 12'],
];

/** What is measured in a home with `size` old threads. A `limit` is what we want our figure to be at most. */
export function listFigures(size) {
  const home = `home with ${size} old threads`;
  const figure = (label, more) => [`${label}, ${home}`, { unit: 'ms', goal: null, ...more }];
  return named(size, {
    Init: figure('initialize, more than with an empty home', { limit: 20 }),
    First: figure('first thread/list ever', { goal: 0.5 }),
    FillPing: figure('request of another kind while the index is filled, p99', { limit: 50 }),
    FillRss: figure('memory that filling takes at most', { unit: 'MiB' }),
    Fill: figure('turn, and work in the background until the index is full'),
    Warm: figure('first thread/list of the next process', { goal: 0.3 }),
    Page: figure('thread/list again', { goal: 0.3 }),
    Update: figure('first thread/list by time of update', { goal: 0.5 }),
    Search: figure(`search, p95 of ${TERMS.length} terms`, { limit: 50 }),
    Walk: figure('walk through all pages', { goal: 0.1 }),
  });
}

/** Throws when a search gives other threads than the files hold. */
export async function measureLists(side, size) {
  const empty = await withServer(side, side.home(), async () => ({}));
  const dirs = side.home();
  const template = templateOf(path.dirname(dirs.root), size);
  linkTree(template.home, dirs.home);

  const filling = await withServer(side, dirs, async (server) => {
    const First = await timed(() => server.request('thread/list', {}));
    return { First, ...(await whileFilling(server)) };
  });
  const warm = await withServer(side, dirs, async (server) => {
    const Warm = await timed(() => server.request('thread/list', {}));
    const pages = [];
    for (let i = 0; i < PAGES; i++) pages.push(await timed(() => server.request('thread/list', {})));
    const searches = [];
    for (const term of TERMS) searches.push(await search(server, term, template.threads));
    const Walk = await timed(() => walk(server, EVERYTHING));
    return { Warm, Page: median(pages), Search: quantile(searches, 0.95), Walk };
  });
  const byUpdate = await withServer(side, dirs, async (server) => ({
    Update: await timed(() => server.request('thread/list', { sortKey: 'updated_at' })),
  }));
  fs.rmSync(dirs.root, { recursive: true });
  return Object.fromEntries(
    Object.entries({
      Init: warm.startMs - empty.startMs,
      ...pick(filling, ['First', 'Fill', 'FillPing', 'FillRss']),
      ...pick(warm, ['Warm', 'Page', 'Search', 'Walk']),
      Update: byUpdate.Update,
    }).map(([name, value]) => [`lists${size}${name}`, value]),
  );
}

function named(size, figures) {
  return Object.fromEntries(
    Object.entries(figures).map(([name, [label, more]]) => [`lists${size}${name}`, { label, ...more }]),
  );
}

/** A turn makes the peer fill its index, a list ours; asks for other things every other second until the server is quiet. */
async function whileFilling(server) {
  const before = rssMib(server.pid);
  const started = performance.now();
  await server.turn(await server.thread(), 'bench-say');
  const pings = [];
  let most = before;
  let Fill = 0;
  for (let quiet = 0; quiet < QUIET_TIMES && performance.now() - started < FILL_LIMIT_MS; ) {
    for (const until = performance.now() + QUIET_MS; performance.now() < until; ) {
      pings.push(await timed(() => server.ping()));
      most = Math.max(most, rssMib(server.pid));
      await pause(PING_EVERY_MS);
    }
    const busy = busyMs(server.pid);
    await pause(QUIET_MS);
    if (busyMs(server.pid) - busy < QUIET_BUSY_MS) quiet += 1;
    else [quiet, Fill] = [0, performance.now() - started];
  }
  return { Fill, FillPing: quantile(pings, 0.99), FillRss: most - before };
}

/** Milliseconds until the first page of what is found; the other pages are compared as well. */
async function search(server, searchTerm, threads) {
  let found = [];
  const ms = await timed(async () => {
    found = (await server.request('thread/list', { ...EVERYTHING, limit: 100, searchTerm })).data;
  });
  const expected = threads.filter(({ preview }) => preview.includes(searchTerm)).slice(0, 100);
  const ids = (list) => list.map(({ id }) => id).join(' ');
  if (ids(found) !== ids(expected)) {
    throw new Error(`${found.length} threads with ${JSON.stringify(searchTerm.slice(0, 40))}, not ${expected.length}`);
  }
  return ms;
}

async function walk(server, params) {
  for (let cursor = null; ; ) {
    ({ nextCursor: cursor } = await server.request('thread/list', { ...params, limit: 100, cursor }));
    if (cursor === null) return;
  }
}

const templates = new Map();

/** A home's worth of old threads, written once, and what its files hold of those that are listed, newest first. */
function templateOf(work, size) {
  const known = templates.get(size);
  if (known) return known;
  const home = path.join(work, `threads-${size}`);
  writeOldThreads(home, size);
  const files = fs.readdirSync(path.join(home, 'sessions'), { recursive: true }).map(String);
  const threads = files
    .filter((file) => file.endsWith('.jsonl'))
    .sort((a, b) => (path.basename(a) < path.basename(b) ? 1 : -1))
    .flatMap((file) => {
      const lines = fs.readFileSync(path.join(home, 'sessions', file), 'utf8').split('\n');
      const said = lines.find((line) => line.includes('"type":"user_message"'));
      return said ? [{ id: file.slice(-42, -6), preview: JSON.parse(said).payload.message }] : [];
    });
  templates.set(size, { home, threads });
  return { home, threads };
}

/** A copy whose files are links to the same bytes: nothing under test writes to old threads. */
function linkTree(from, to) {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else fs.linkSync(source, target);
  }
  // As old as the threads in it: a folder that has just changed is read again.
  const { atime, mtime } = fs.statSync(from);
  fs.utimesSync(to, atime, mtime);
}

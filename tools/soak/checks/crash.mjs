import fs from 'node:fs';
import path from 'node:path';
import { createFold, differences, itemDifferences } from '../fold.mjs';
import { ask } from '../model-script.mjs';
import { turn } from '../scenarios.mjs';
import { each, pause } from '../world.mjs';

const PATCHED_FILES = 40;
const WIDTH = 2;

/** How a process ends that is sent each of these. */
const ENDS = { SIGKILL: 'SIGKILL', SIGTERM: 143, SIGINT: 130, SIGHUP: 129 };
const SIGNALS = Object.keys(ENDS);

const started = (type) => (m) => m.method === 'item/started' && m.params.item.type === type;
const is = (method) => (m) => m.method === method;

/**
 * Where a process is killed: `begin` sets something going and does not wait for it; the kill comes `delay` ms at most
 * after the n-th message that fits `sign` (n up to `times`), or just after some milliseconds when there is no sign.
 */
const POINTS = {
  streaming: { begin: prompt('stream', 300), sign: is('item/agentMessage/delta'), times: 250, delay: 2 },
  itemCompleted: { begin: prompt('work', 4), sign: is('item/completed'), times: 9, delay: 0 },
  afterItem: { begin: prompt('work', 4), sign: is('item/completed'), times: 9, delay: 10 },
  turnCompleted: { begin: prompt('say'), sign: is('turn/completed'), times: 1, delay: 2 },
  output: { begin: prompt('slowLoud', 60), sign: is('item/commandExecution/outputDelta'), times: 20, delay: 20 },
  loudOutput: { begin: prompt('loud', 30_000), sign: started('commandExecution'), times: 1, delay: 120 },
  patch: { begin: prompt('patch', PATCHED_FILES), sign: started('fileChange'), times: 1, delay: 40 },
  compaction: { before: 2, begin: compact, delay: 40 },
  rollback: { before: 3, begin: write('thread/rollback', { numTurns: 2 }), delay: 15 },
  fork: { before: 3, begin: write('thread/fork', {}), delay: 30 },
  name: { before: 1, begin: write('thread/name/set', { name: 'A name given' }), delay: 8 },
  archive: { before: 1, begin: write('thread/archive', {}), delay: 15 },
  anywhere: { begin: prompt('work', 8), delay: 300 },
  firstMoments: { begin: prompt('say'), delay: 60 },
};

/** Signals at random moments, `kill -9` among them: what clients were told is kept, nothing stays in progress, and the thread goes on. */
export const crash = {
  about:
    'kill -9 and other signals at random points; what clients were told is there afterwards and the thread goes on',
  unit: 'kills',
  full: 300,
  small: 14,
  async run(world, size) {
    const violations = [];
    const figures = {
      kills: 0,
      itemsTold: 0,
      itemsKept: 0,
      notYetOnDisk: 0,
      patchesCutOff: 0,
      filesOfCutOffPatches: 0,
      byPoint: {},
    };
    const names = Object.keys(POINTS);
    /** @type {{ dirs: any, program: any }[]} */
    const lanes = Array.from({ length: WIDTH }, () => ({ dirs: world.home(), program: null }));
    const jobs = Array.from({ length: size }, (_, i) => ({
      name: names[i % names.length],
      signal: SIGNALS[(i + Math.floor(i / names.length)) % SIGNALS.length],
      chance: [world.random.next(), world.random.next()],
    }));
    await each(jobs, WIDTH, async ({ name, signal, chance }) => {
      const lane = lanes.pop();
      if (!lane) throw new Error('more work at once than lanes');
      const report = (text) => violations.push(`${name}, ${signal}: ${text}`);
      try {
        await oneKill({ world, lane, name, signal, chance, figures, report });
      } catch (error) {
        report(`${error.message}`);
        await lane.program?.kill();
        lane.program = null;
      }
      figures.kills += 1;
      figures.byPoint[name] = (figures.byPoint[name] ?? 0) + 1;
      world.say(`${figures.kills} ${name}`);
      lanes.push(lane);
    });
    for (const { program } of lanes) await program?.close();
    return { figures, violations };
  },
};

function prompt(name, size) {
  return async (program, thread) => void (await program.begin(thread.id, ask(name, size)));
}

function compact(program, thread) {
  return program.request('thread/compact/start', { threadId: thread.id });
}

function write(method, params) {
  return (program, thread) => program.request(method, { threadId: thread.id, ...params });
}

/** One process dies, and the next one, which is also the one that dies next time, shows what is left. */
async function oneKill({ world, lane, name, signal, chance, figures, report }) {
  const { before = 0, begin, sign, times = 1, delay } = POINTS[name];
  const { dirs } = lane;
  const doomed = lane.program ?? (await world.open(dirs));
  const fold = createFold(world.packages.createThreadView);
  const thread = await doomed.thread();
  fold.answer('thread/start', { thread });
  for (let i = 0; i < before; i++) await turn(doomed, thread.id, ask(i % 2 === 0 ? 'fine' : 'say'));
  const from = doomed.messages.length;
  const answered = begin(doomed, thread).then(
    (answer) => ({ answer }),
    (error) => ({ error }),
  );
  if (sign) await nthMessage(doomed, from, sign, 1 + Math.floor(chance[0] * times));
  await pause(chance[1] * delay);
  const end = await doomed.kill(signal);
  if ((end.signal ?? end.code) !== ENDS[signal]) report(`ended with ${end.signal ?? end.code}: ${doomed.stderr}`);
  const { answer } = await answered;
  for (const m of doomed.messages) if (m.method !== undefined && m.params?.threadId === thread.id) fold.notification(m);
  const { view, told } = fold.views.get(thread.id);

  const next = await world.open(dirs);
  lane.program = next;
  await judgeLists(next, report);
  if (name === 'archive') await judgeArchive(next, thread, answer, report);
  if (name === 'fork' && answer)
    await judgeThread({ next, id: answer.thread.id, seen: answer.thread.turns, told: [], report, figures });
  if (name === 'name' && answer) {
    const { thread: read } = await next.request('thread/read', { threadId: thread.id });
    if (read.name !== 'A name given') report(`the name is ${read.name}`);
  }
  const seen = name === 'rollback' ? await rolledBack(next, thread, view.turns, answer) : view.turns;
  const stored = await judgeThread({ next, id: thread.id, seen, told, report, figures });
  if (stored) judgePatches(dirs, stored, report, figures);
  if (stored) await judgeNextTurn(next, thread.id, stored, report);
}

/** Resolves with the n-th message that fits, or the end of the turn. */
async function nthMessage(program, from, fits, count) {
  let seen = 0;
  await program.waitFor((m) => (fits(m) && ++seen === count) || m.method === 'turn/completed', `message ${count}`, {
    from,
  });
}

/** The thread opens, shows every item whose completion was told, as it was told, and shows nothing in progress. */
async function judgeThread({ next, id, seen, told, report, figures }) {
  const due = told.filter(({ turnId }) => seen.some((turn) => turn.id === turnId));
  figures.itemsTold += due.length;
  const { result, error } = await next.call('thread/read', { threadId: id, includeTurns: true });
  if (error) {
    if (due.length > 0) report(`does not open: ${error.message}; ${due.length} items were told`);
    else figures.notYetOnDisk += 1;
    return null;
  }
  const { turns } = result.thread;
  for (const { turnId, item } of due) {
    const kept = turns.find((turn) => turn.id === turnId)?.items.find((each) => each.id === item.id);
    if (!kept) {
      report(`${item.type} ${item.id} was told as completed and is lost`);
      continue;
    }
    figures.itemsKept += 1;
    for (const difference of itemDifferences(item, kept)) report(`${item.type} ${difference}`);
  }
  for (const turn of seen) {
    const status = turns.find((each) => each.id === turn.id)?.status;
    if (turn.status !== 'inProgress' && status !== turn.status) report(`turn told as ${turn.status} is ${status}`);
  }
  judgeSettled(turns, report);
  return turns;
}

function judgeSettled(turns, report) {
  for (const turn of turns) {
    if (turn.status === 'inProgress') report(`turn ${turn.id} is in progress for ever`);
    for (const item of turn.items)
      if (item.status === 'inProgress') report(`${item.type} ${item.id} is in progress for ever`);
    if (new Set(turn.items.map((item) => item.id)).size < turn.items.length)
      report(`turn ${turn.id} shows an item twice`);
  }
}

async function judgeLists(next, report) {
  for (const archived of [false, true]) {
    const { data } = await next.request('thread/list', { archived, limit: 100 });
    for (const { status } of data) if (status.type === 'active') report('a thread of a list is active after a crash');
  }
}

async function judgeArchive(next, thread, answer, report) {
  const has = async (archived) =>
    (await next.request('thread/list', { archived, limit: 100 })).data.some(({ id }) => id === thread.id);
  const [live, archived] = [await has(false), await has(true)];
  if (live === archived) report(`thread is in ${live ? 'both lists' : 'no list'}`);
  if (answer && !archived) report('archiving was confirmed and did not happen');
  if (archived) await next.request('thread/unarchive', { threadId: thread.id });
}

/** Both is right without an answer: the turns as they were, or without the last two. */
async function rolledBack(next, thread, turns, answer) {
  if (answer) return answer.thread.turns;
  const { result } = await next.call('thread/read', { threadId: thread.id, includeTurns: true });
  return result?.thread.turns.length === 1 ? turns.slice(0, 1) : turns;
}

/** A patch of which a file is on the disk must stand in the history, and files are whole or not there. */
function judgePatches(dirs, turns, report, figures) {
  const changes = turns.flatMap((turn) => turn.items).filter((item) => item.type === 'fileChange');
  const known = new Set(changes.flatMap((item) => item.changes.map((change) => path.dirname(change.path))));
  for (const item of changes) {
    const there = item.changes.filter((change) => fs.existsSync(change.path));
    if (item.status === 'completed' && there.length < item.changes.length)
      report('a completed patch is not on the disk');
    if (item.status === 'failed') {
      figures.patchesCutOff += 1;
      figures.filesOfCutOffPatches += there.length;
    }
    for (const change of there) {
      if (fs.readFileSync(change.path, 'utf8').split('\n').length !== 41) report(`${change.path} is cut off`);
    }
  }
  for (const name of fs.readdirSync(dirs.cwd).filter((each) => each.startsWith('made-'))) {
    if (!known.has(path.join(dirs.cwd, name))) report(`${name} is on the disk, and the history knows of no such patch`);
    fs.rmSync(path.join(dirs.cwd, name), { recursive: true });
  }
}

async function judgeNextTurn(next, id, before, report) {
  const { thread } = await next.request('thread/resume', { threadId: id });
  if (thread.status.type !== 'idle') report(`is ${thread.status.type} after it was resumed`);
  for (const difference of differences(before, thread.turns)) report(`resumed unlike read: turns${difference}`);
  const { status, error } = await turn(next, id, ask('say'));
  if (status !== 'completed') report(`the next turn ended as ${status}: ${error?.message}`);
  const { thread: after } = await next.request('thread/read', { threadId: id, includeTurns: true });
  for (const difference of differences(before, after.turns.slice(0, -1)))
    report(`changed by the next turn: turns${difference}`);
  judgeSettled(after.turns, report);
}

import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { mutate } from '../mutate.mjs';
import { createRandom } from '../random.mjs';
import { playScenarios, turn } from '../scenarios.mjs';
import { ask } from '../model-script.mjs';

const WORKERS = 2;
const LIMIT_MS = 20_000;
const HEAP_MIB = 1024;
const HEAVY_EVERY = 1000;
/** One in so many also goes through the program. */
const SERVED_EVERY = 25;
const IDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** Spoiled conversation files open, or are refused with a reason; none crashes, hangs, or exhausts memory. */
export const mutations = {
  about: 'spoiled conversation files open or are refused; none crashes, hangs, or eats the memory',
  unit: 'files',
  full: 10_000,
  small: 200,
  async run(world, size) {
    const violations = [];
    const figures = {
      files: 0,
      seeds: 0,
      opened: 0,
      refused: {},
      withSkippedLines: 0,
      slowestMs: 0,
      slowest: '',
      served: 0,
      servedRefused: 0,
    };
    const seeds = await seedFiles(world, violations);
    figures.seeds = seeds.length;
    await readAll(world, size, seeds, figures, violations);
    await serveSome(world, Math.max(8, Math.floor(size / SERVED_EVERY)), seeds, figures, violations);
    return { figures, violations };
  },
};

/** A file for every scenario of ours, and those of `--rollouts`. */
async function seedFiles(world, violations) {
  const dirs = world.home();
  await playScenarios({
    dirs,
    open: () => world.open(dirs),
    close: (program) => program.close(),
    onFailure: (name, error) => violations.push(`scenario ${name}: ${error.message}`),
  });
  const given = world.rollouts ? conversations(world.rollouts) : [];
  return [...conversations(path.join(dirs.home, 'sessions')), ...given];
}

function conversations(folder) {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => path.join(folder, name))
    .sort();
}

async function readAll(world, size, seeds, figures, violations) {
  const folder = path.join(world.work, 'spoiled');
  fs.mkdirSync(folder, { recursive: true });
  const data = { packagesFile: world.packagesFile, seeds, seed: world.seed, folder, heavyEvery: HEAVY_EVERY };
  let next = 0;
  const lane = async () => {
    while (next < size) {
      const lost = await readWithOneWorker(data, () => (next < size ? next++ : null), note);
      if (lost) violations.push(lost);
    }
  };
  const note = ({ number, kinds, opened, refused, problems, skipped, ms }) => {
    figures.files += 1;
    figures.opened += opened ? 1 : 0;
    figures.withSkippedLines += skipped > 0 ? 1 : 0;
    if (refused !== null) figures.refused[refused] = (figures.refused[refused] ?? 0) + 1;
    if (ms > figures.slowestMs) {
      figures.slowestMs = Math.round(ms);
      figures.slowest = kinds.join('+');
    }
    for (const problem of problems) violations.push(`file ${number} (${kinds.join('+')}): ${problem}`);
    if (figures.files % 100 === 0) world.say(`${figures.files} files`);
  };
  await Promise.all(Array.from({ length: WORKERS }, lane));
}

/** Resolves when there is no more to do, or with what became of a worker that had to be given up. */
function readWithOneWorker(workerData, nextNumber, note) {
  const worker = new Worker(new URL('../mutation-worker.mjs', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  let current = null;
  let limit;
  return new Promise((resolve) => {
    const finish = async (text) => {
      clearTimeout(limit);
      await worker.terminate();
      resolve(text);
    };
    const go = () => {
      clearTimeout(limit);
      current = nextNumber();
      if (current === null) {
        void finish(null);
        return;
      }
      limit = setTimeout(() => void finish(`file ${current}: not read within ${LIMIT_MS} ms`), LIMIT_MS);
      worker.postMessage(current);
    };
    worker.on('message', (outcome) => {
      note(outcome);
      go();
    });
    worker.once('error', (error) => void finish(`file ${current}: the reader died: ${error.message}`));
    go();
  });
}

/** Spoiled files in a home of the real program: it stays up and answers everything about them. */
async function serveSome(world, count, seeds, figures, violations) {
  const dirs = world.home();
  const ids = placeFiles(world, dirs, count, seeds);
  const program = await world.open(dirs);
  const answered = async (method, params) => {
    const { result, error } = await program.call(method, params);
    if (error && !error.message) violations.push(`${method} answers an error without a text`);
    if (error?.code === -32603)
      violations.push(`${method} of ${params.threadId ?? 'the home'}: internal error: ${error.message}`);
    return { result, error };
  };
  for (const sortKey of ['created_at', 'updated_at']) {
    let cursor = null;
    do {
      const { result, error } = await answered('thread/list', { sortKey, limit: 50, cursor });
      if (error) violations.push(`thread/list: ${error.message}`);
      cursor = result?.nextCursor ?? null;
    } while (cursor !== null);
  }
  for (const threadId of ids) {
    const read = await answered('thread/read', { threadId, includeTurns: true });
    const resumed = await answered('thread/resume', { threadId });
    if (resumed.result) {
      const { status } = await turn(program, resumed.result.thread.id, ask('fine'));
      if (status !== 'completed') violations.push(`the turn after ${threadId} was resumed ended as ${status}`);
    }
    await answered('thread/fork', { threadId });
    await answered('thread/name/set', { threadId, name: 'spoiled' });
    await answered('thread/archive', { threadId });
    await answered('thread/unarchive', { threadId });
    figures.served += 1;
    if (read.error) figures.servedRefused += 1;
  }
  if (program.ended) violations.push(`the program died: ${program.stderr}`);
  else await program.close();
}

/** Puts spoiled files where the program finds them; resolves to the ids in their names. */
function placeFiles(world, dirs, count, seeds) {
  const folder = path.join(dirs.home, 'sessions/2026/01/02');
  fs.mkdirSync(folder, { recursive: true });
  return Array.from({ length: count }, (_, i) => {
    const random = createRandom(world.seed + 1_000_000 + i);
    const original = fs.readFileSync(random.pick(seeds));
    const oldId = IDS.exec(original.toString('latin1'))?.[0] ?? '';
    const id = `01a20000-0000-7000-8000-${String(i).padStart(12, '0')}`;
    const own = Buffer.from(original.toString('latin1').replaceAll(oldId, id), 'latin1');
    fs.writeFileSync(path.join(folder, `rollout-2026-01-02T03-04-05-${id}.jsonl`), mutate(own, random).bytes);
    return id;
  });
}

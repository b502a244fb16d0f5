// Reads spoiled files one by one, away from the check, which can end a thread that hangs or eats too much.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { HEAVY, mutate } from './mutate.mjs';
import { createRandom } from './random.mjs';

/** @type {{ packagesFile: string, seeds: string[], seed: number, folder: string, heavyEvery: number }} */
const { packagesFile, seeds, seed, folder, heavyEvery } = workerData;
/** @type {typeof import('./packages.mjs')} */
const { readHeader, readRollout, Turn } = createRequire(import.meta.url)(packagesFile);
const originals = seeds.map((file) => fs.readFileSync(file));

/** The spoiled file of a number, always the same for one seed. */
function spoil(number) {
  const random = createRandom(seed + number);
  const original = random.pick(originals);
  if (number % heavyEvery !== heavyEvery - 1) return mutate(original, random);
  const kind = random.pick(Object.keys(HEAVY));
  return { kinds: [kind], bytes: HEAVY[kind](original, random) };
}

async function read(number) {
  const { kinds, bytes } = spoil(number);
  const file = path.join(folder, `${number}.jsonl`);
  fs.writeFileSync(file, bytes);
  const started = performance.now();
  /** @type {{ number: number, kinds: string[], opened: boolean, refused: string | null, problems: string[], skipped: number }} */
  const outcome = { number, kinds, opened: false, refused: null, problems: [], skipped: 0 };
  try {
    await readHeader(file);
    const stored = await readRollout(file);
    outcome.opened = true;
    outcome.skipped = stored.skippedLines;
    outcome.problems.push(...problemsOf(stored.turns.all()));
    // As a thread that is resumed does it.
    JSON.stringify([stored.header, stored.state, stored.context]);
  } catch (error) {
    if (error?.code === 'rolloutNotFound') {
      outcome.refused = error.message;
      const { path: named, line } = error.data ?? {};
      if (bytes.length > 0 && !(named === file && line >= 1)) outcome.problems.push('is refused without file and line');
    } else outcome.problems.push(`throws ${error?.stack ?? error}`);
  }
  if (Object.hasOwn(Object.prototype, 'polluted')) outcome.problems.push('the prototype of all objects was changed');
  fs.rmSync(file);
  return { ...outcome, ms: performance.now() - started };
}

function problemsOf(turns) {
  /** @type {string[]} */
  const problems = [];
  if (new Set(turns.map((turn) => turn.id)).size < turns.length) problems.push('two turns have one id');
  for (const turn of turns) {
    const { success, error } = Turn().safeParse(turn);
    if (!success)
      problems.push(`a turn is not of the protocol: ${error.issues[0]?.path.join('.')} ${error.issues[0]?.message}`);
    if (turn.status === 'inProgress') problems.push('a turn is in progress');
    for (const item of turn.items) {
      if ('status' in item && item.status === 'inProgress') problems.push(`${item.type} is in progress`);
    }
    if (new Set(turn.items.map((item) => item.id)).size < turn.items.length) problems.push('two items have one id');
  }
  return problems;
}

parentPort?.on('message', (number) => {
  void read(number).then((outcome) => parentPort?.postMessage(outcome));
});

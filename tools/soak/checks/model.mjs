import { ask } from '../model-script.mjs';
import { rssMib } from '../processes.mjs';
import { turn } from '../scenarios.mjs';

/** The patience of the thread whose model falls silent. */
const IMPATIENT = { model_providers: { mock: { stream_idle_timeout_ms: 2000 } } };
/** What the model does, and how its turn has to end. */
const FAULTS = [
  ['gone', 'failed'],
  ['cut', 'failed'],
  ['early', 'failed'],
  ['garbage', 'failed'],
  ['untyped', 'failed'],
  ['failed', 'failed'],
  ['refused', 'failed'],
  ['stall', 'failed'],
  ['big', 'completed', 20],
  ['drip', 'completed'],
];

/** Models that die, fall silent or talk garbage: the turn says so, what was said is kept, and the next turn works. */
export const model = {
  about: 'models that die in mid-sentence, fall silent, talk garbage, say too much or too slowly; the next turn works',
  unit: 'rounds of every fault',
  full: 20,
  small: 1,
  async run(world, size) {
    const violations = [];
    const figures = { turns: 0, rssMib: 0 };
    const dirs = world.home();
    const program = await world.open(dirs);
    const threads = [];
    for (let round = 0; round < size; round++) {
      await Promise.all(
        FAULTS.map(async ([name, due, size]) => {
          const { id } = await program.thread(name === 'stall' ? { config: IMPATIENT } : {});
          threads.push(id);
          const { status, error } = await turn(program, id, ask(name, Number(size ?? 0)));
          if (status !== due) violations.push(`${name}: the turn ended as ${status}: ${error?.message}`);
          if (due === 'failed' && !error?.message) violations.push(`${name}: the turn does not say why it failed`);
          const next = await turn(program, id, ask('fine'));
          if (next.status !== 'completed') violations.push(`after ${name}: ${next.status}: ${next.error?.message}`);
          figures.turns += 2;
        }),
      );
      world.say(`${round + 1} rounds`);
    }
    const live = await readAll(program, threads);
    figures.rssMib = rssMib(program.pid);
    violations.push(...(await program.close()));
    const reader = await world.open(dirs);
    const stored = await readAll(reader, threads);
    for (const [i, turns] of stored.entries()) {
      if (turns !== live[i]) violations.push(`thread ${threads[i]} reads unlike it was seen`);
    }
    violations.push(...(await reader.close()));
    return { figures, violations };
  },
};

async function readAll(program, threads) {
  const read = async (threadId) =>
    JSON.stringify((await program.request('thread/read', { threadId, includeTurns: true })).thread.turns);
  return Promise.all(threads.map(read));
}

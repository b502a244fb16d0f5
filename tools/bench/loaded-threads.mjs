import fs from 'node:fs';
import { writeLongThread } from './long-thread.mjs';
import { peakMib, rssMib } from './process-figures.mjs';
import { pause, pick, quantile, timed, withServer } from './timing.mjs';

const TURNS_OF_LONG = 20_000;
const PASSING = 1_000;
const TURNS_OF_PASSING = 3;
const PING_EVERY_MS = 10;
/** Memory is given back a moment after it is free. */
const SETTLING_MS = 6_000;

export const LOADED_FIGURES = {
  resume: { label: `thread/resume of ${TURNS_OF_LONG} turns`, unit: 'ms', goal: 0.4 },
  resumePeak: { label: 'memory it takes at most (VmHWM)', unit: 'MiB', goal: 1.0 },
  resumePing: { label: 'request of another kind meanwhile, p99', unit: 'ms', goal: null, limit: 100 },
  unsubscribed: { label: `memory kept of ${PASSING} threads that were left`, unit: '%', goal: null, limit: 30 },
};

/** The answer has all turns; whoever reads it is not part of the measure. */
export async function measureResume(side) {
  const dirs = side.home();
  const { id } = writeLongThread(dirs.home, TURNS_OF_LONG);
  try {
    const figures = await withServer(side, dirs, async (server) => {
      const pings = [];
      let over = false;
      const resume = timed(() => server.request('thread/resume', { threadId: id })).finally(() => {
        over = true;
      });
      resume.catch(() => {});
      while (!over) {
        pings.push(await timed(() => server.ping()));
        await pause(PING_EVERY_MS);
      }
      return { resume: await resume, resumePeak: peakMib(server.pid), resumePing: quantile(pings, 0.99) };
    });
    return pick(figures, ['resume', 'resumePeak', 'resumePing']);
  } finally {
    fs.rmSync(dirs.root, { recursive: true, force: true });
  }
}

/** Against the memory after a first turn, when the program is all there. */
export async function measureUnsubscribed(side) {
  const { unsubscribed } = await withServer(side, side.home(), async (server) => {
    const threads = [await server.thread()];
    await server.turn(threads[0], 'bench-say');
    const before = rssMib(server.pid);
    for (let i = 0; i < PASSING; i++) {
      const thread = await server.thread();
      threads.push(thread);
      for (let turn = 0; turn < TURNS_OF_PASSING; turn++) await server.turn(thread, 'bench-say');
    }
    for (const threadId of threads) await server.request('thread/unsubscribe', { threadId });
    await pause(SETTLING_MS);
    return { unsubscribed: (rssMib(server.pid) / before - 1) * 100 };
  });
  return { unsubscribed };
}

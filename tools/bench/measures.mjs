import { listFigures, measureLists } from './lists.mjs';
import { LOADED_FIGURES, measureResume, measureUnsubscribed } from './loaded-threads.mjs';
import { cpuMs, folderKib, rssMib, writtenKib } from './process-figures.mjs';
import { median, pause, pick, quantile, timed, withServer } from './timing.mjs';

const DELTAS = 20_000;
const PARALLEL = 50;
const SHELL_CALLS = 20;
const THREADS = 100;
const TURNS = 10;
const LOUD_MB = 100;
const PING_EVERY_MS = 10;
const [MANY, VERY_MANY] = [5_000, 20_000];

/**
 * Every figure: how it is shown, and what we want the ratio to the peer to be at most (null: no goal), or our own figure
 * (`limit`).
 */
export const FIGURES = {
  startFresh: { label: 'start to initialize answered, fresh home', unit: 'ms', goal: null },
  startWarm: { label: 'start to initialize answered, warm home', unit: 'ms', goal: null },
  firstThread: { label: 'first thread/start', unit: 'ms', goal: null },
  rssStart: { label: 'memory after initialize', unit: 'MiB', goal: null },
  turn: { label: 'turn, instant model', unit: 'ms', goal: 0.5 },
  streamWall: { label: `turn of ${DELTAS} deltas, wall`, unit: 'ms', goal: null },
  streamCpu: { label: `turn of ${DELTAS} deltas, cpu of the server`, unit: 'ms', goal: 0.6 },
  streamWritten: { label: `turn of ${DELTAS} deltas, written (write_bytes)`, unit: 'KiB', goal: null },
  streamHome: { label: `turn of ${DELTAS} deltas, growth of the home`, unit: 'KiB', goal: null },
  parallel: { label: `${PARALLEL} turns side by side`, unit: 'ms', goal: 0.5 },
  shell: { label: `shell call (${SHELL_CALLS} in one turn), each`, unit: 'ms', goal: 0.4 },
  shellConfined: { label: 'the same under workspace-write, each', unit: 'ms', goal: 0.8 },
  loud: { label: `command that prints ${LOUD_MB} MB`, unit: 'ms', goal: null },
  loudPing: { label: 'request of another kind meanwhile, p99', unit: 'ms', goal: null },
  loudRss: { label: 'memory it takes at most', unit: 'MiB', goal: null },
  execFresh: { label: 'exec, fresh home', unit: 'ms', goal: null },
  execWarm: { label: 'exec, warm home', unit: 'ms', goal: 1.0 },
  threads: { label: `${THREADS} thread/start, one after another`, unit: 'ms', goal: null },
  rssThreads: { label: `memory with ${THREADS} threads`, unit: 'MiB', goal: 1.2 },
  ...LOADED_FIGURES,
  ...listFigures(MANY),
  ...listFigures(VERY_MANY),
};

/** One run of each measure on one side gives some of the figures. */
export const MEASURES = {
  resume: measureResume,
  unsubscribed: measureUnsubscribed,

  async start(side) {
    const dirs = side.home();
    const fresh = await withServer(side, dirs, async () => ({}));
    const warm = await withServer(side, dirs, async (server) => ({
      rssStart: rssMib(server.pid),
      firstThread: await timed(() => server.thread()),
    }));
    return {
      startFresh: fresh.startMs,
      startWarm: warm.startMs,
      firstThread: warm.firstThread,
      rssStart: warm.rssStart,
    };
  },

  async turn(side) {
    const { turn } = await withServer(side, side.home(), async (server) => {
      const thread = await server.thread();
      await server.turn(thread, 'bench-say');
      const times = [];
      for (let i = 0; i < TURNS; i++) times.push(await timed(() => server.turn(thread, 'bench-say')));
      return { turn: median(times) };
    });
    return { turn };
  },

  async stream(side) {
    const dirs = side.home();
    return pick(
      await withServer(side, dirs, async (server) => {
        const thread = await server.thread();
        await server.turn(thread, 'bench-say');
        const before = { cpu: cpuMs(server.pid), written: writtenKib(server.pid), home: folderKib(dirs.home) };
        const streamWall = await timed(() => server.turn(thread, `bench-deltas-${DELTAS}`));
        const streamCpu = cpuMs(server.pid) - before.cpu;
        // What is still on its way to the disk is part of the turn.
        await pause(1000);
        const written = writtenKib(server.pid);
        return {
          streamWall,
          streamCpu,
          streamWritten: written === null || before.written === null ? null : written - before.written,
          streamHome: folderKib(dirs.home) - before.home,
        };
      }),
      ['streamWall', 'streamCpu', 'streamWritten', 'streamHome'],
    );
  },

  async parallel(side) {
    return pick(
      await withServer(side, side.home(), async (server) => {
        const threads = [];
        for (let i = 0; i < PARALLEL; i++) threads.push(await server.thread());
        return { parallel: await timed(() => Promise.all(threads.map((thread) => server.turn(thread, 'bench-say')))) };
      }),
      ['parallel'],
    );
  },

  async shell(side) {
    return { shell: await shellCalls(side, 'danger-full-access') };
  },

  async confined(side) {
    return { shellConfined: await shellCalls(side, 'workspace-write') };
  },

  async loud(side) {
    return pick(
      await withServer(side, side.home(), async (server) => {
        const thread = await server.thread();
        await server.turn(thread, 'bench-say');
        const before = rssMib(server.pid);
        let most = before;
        let over = false;
        const pings = [];
        const turn = timed(() => server.turn(thread, `bench-loud-${LOUD_MB}`)).finally(() => {
          over = true;
        });
        turn.catch(() => {});
        while (!over) {
          pings.push(await timed(() => server.ping()));
          most = Math.max(most, rssMib(server.pid));
          await pause(PING_EVERY_MS);
        }
        return { loud: await turn, loudPing: quantile(pings, 0.99), loudRss: most - before };
      }),
      ['loud', 'loudPing', 'loudRss'],
    );
  },

  async exec(side) {
    const dirs = side.home();
    return { execFresh: await side.exec(dirs, 'bench-say'), execWarm: await side.exec(dirs, 'bench-say') };
  },

  async threads(side) {
    return pick(
      await withServer(side, side.home(), async (server) => {
        const threads = await timed(async () => {
          for (let i = 0; i < THREADS; i++) await server.thread();
        });
        return { threads, rssThreads: rssMib(server.pid) };
      }),
      ['threads', 'rssThreads'],
    );
  },

  lists: (side) => measureLists(side, MANY),

  listsOfMore: (side) => measureLists(side, VERY_MANY),
};

/** Milliseconds per call of a turn with many. */
async function shellCalls(side, sandbox) {
  const { shell } = await withServer(side, side.home(), async (server) => {
    const thread = await server.thread({ sandbox });
    await server.turn(thread, 'bench-say');
    return { shell: (await timed(() => server.turn(thread, `bench-shell-${SHELL_CALLS}`))) / SHELL_CALLS };
  });
  return shell;
}

import { ask } from '../model-script.mjs';
import { DATABASE, openFiles, rssMib } from '../processes.mjs';
import { turn } from '../scenarios.mjs';
import { pause } from '../world.mjs';

const AT_ONCE = 50;
const PER_THREAD = 100;
/** Connections to the model are kept for some seconds. */
const SETTLE_MS = 15_000;
/** Of the two databases, which are opened at some time and stay open: the file, its log and its shared memory. */
const DATABASE_FILES = 6;
const sandboxOf = (i) => (i % 2 === 0 ? 'danger-full-access' : 'workspace-write');
const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);

/** Commands in a row and side by side leave nothing behind: no process, no open file, no terminal, no timer. */
export const commands = {
  about: `commands in a row, then at once (${AT_ONCE} threads at most), half of them confined; nothing of them stays`,
  unit: 'commands in a row',
  full: 1000,
  small: 8,
  async run(world, size) {
    const violations = [];
    const { program, left } = await world.watched();
    const run = async (i, count) => {
      const thread = await program.thread({ sandbox: sandboxOf(i) });
      const { status, error } = await turn(program, thread.id, ask('row', count));
      if (status !== 'completed') violations.push(`a turn of commands ended as ${status}: ${error?.message}`);
    };
    const atOnce = Math.min(AT_ONCE, size);
    const figures = { rssMib: {}, openFiles: {} };
    const look = (name) => {
      figures.rssMib[name] = rssMib(program.pid);
      figures.openFiles[name] = sum(openFiles(program.pid));
    };
    for (const i of [0, 1]) await run(i, 10);
    await program.request('thread/list', {});
    look('warm');
    const before = openFiles(program.pid);
    figures.rowMs = await timed(async () => {
      for (let left = size, i = 0; left > 0; left -= PER_THREAD, i++) await run(i, Math.min(left, PER_THREAD));
    });
    look('row');
    figures.atOnceMs = await timed(() => Promise.all(Array.from({ length: atOnce }, (_, i) => run(i, 4))));
    look('atOnce');
    for (let waited = 0; waited < SETTLE_MS && grown(before, program.pid).length > 0; waited += 500) await pause(500);
    look('settled');
    violations.push(...grown(before, program.pid));
    violations.push(...(await left()));
    const items = program.messages.filter(
      (m) => m.method === 'item/completed' && m.params.item.type === 'commandExecution',
    );
    figures.commands = items.length;
    if (items.length !== size + 20 + atOnce * 4) violations.push(`${items.length} commands were completed`);
    // A timer or a handle that is left would keep the process.
    figures.endMs = await timed(async () => violations.push(...(await program.close())));
    return { figures, violations };
  },
};

/** Kinds of files of which more are open than before. */
function grown(before, pid) {
  return Object.entries(openFiles(pid)).flatMap(([kind, count]) => {
    const more = count - (kind === DATABASE ? DATABASE_FILES : (before[kind] ?? 0));
    return more > 0 ? [`open files left: ${more} × ${kind}`] : [];
  });
}

async function timed(work) {
  const started = performance.now();
  await work();
  return Math.round(performance.now() - started);
}

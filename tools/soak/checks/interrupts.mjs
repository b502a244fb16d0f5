import { ask } from '../model-script.mjs';
import { openFiles, rssMib } from '../processes.mjs';
import { each, pause } from '../world.mjs';

const THREADS = 20;
const WIDTH = 4;

/** Interrupts at random moments: every item starts and completes once, and no process outlives its turn. */
export const interrupts = {
  about: 'interrupts at random moments of stubborn commands; every item starts and ends once, no process stays',
  unit: 'interrupts',
  full: 200,
  small: 8,
  async run(world, size) {
    const violations = [];
    const { program, left } = await world.watched();
    const threads = [];
    for (let i = 0; i < Math.min(THREADS, size); i++) {
      const sandbox = i % 4 === 3 ? 'workspace-write' : 'danger-full-access';
      threads.push((await program.thread({ sandbox })).id);
    }
    const figures = { interrupts: 0, statuses: {}, items: 0, processesLeft: 0, filesBefore: openFiles(program.pid) };
    await each(
      Array.from({ length: size }, () => world.random.next()),
      Math.min(WIDTH, threads.length),
      async (chance) => {
        const threadId = threads.shift();
        const { id } = await program.begin(threadId, ask('stubborn', 3));
        await pause(chance * 400);
        const { error } = await program.call('turn/interrupt', { threadId, turnId: id });
        if (error && !/no active turn/.test(error.message)) violations.push(`turn/interrupt: ${error.message}`);
        const { status } = await program.completed(id);
        figures.statuses[status] = (figures.statuses[status] ?? 0) + 1;
        figures.interrupts += 1;
        threads.push(threadId);
        world.say(`${figures.interrupts}`);
      },
    );
    // Sessions that a turn left running on purpose outlive its interrupt, and end now.
    for (const threadId of threads) await program.request('thread/backgroundTerminals/clean', { threadId });
    figures.items = countItems(program.messages, violations);
    const processes = await left();
    figures.processesLeft = processes.length;
    violations.push(...processes);
    figures.filesAfter = openFiles(program.pid);
    figures.rssMib = rssMib(program.pid);
    violations.push(...(await program.close()));
    return { figures, violations };
  },
};

function countItems(messages, violations) {
  const seen = new Map();
  for (const { method, params } of messages) {
    if (method !== 'item/started' && method !== 'item/completed') continue;
    const key = `${params.turnId} ${params.item.type} ${params.item.id}`;
    const counts = seen.get(key) ?? { 'item/started': 0, 'item/completed': 0 };
    counts[method] += 1;
    seen.set(key, counts);
  }
  for (const [key, counts] of seen) {
    if (counts['item/started'] !== 1 || counts['item/completed'] !== 1) {
      violations.push(`item ${key} started ${counts['item/started']} and completed ${counts['item/completed']} times`);
    }
  }
  return seen.size;
}

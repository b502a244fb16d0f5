import { nullLogger, systemClock, systemIds } from '@codex/base';
import { openState } from '../../src/index.ts';

/**
 * Run as a process of its own: opens the state of a folder again and again, and each time reads and writes what every
 * other process reads and writes, too. Prints how often something went wrong.
 */
const [, , folder = '', times = '1', id = ''] = process.argv;
let failures = 0;
for (let i = 0; i < Number(times); i++) {
  const state = openState({ folder, clock: systemClock, ids: systemIds(systemClock), log: nullLogger });
  const at = systemClock.now();
  const row = {
    id,
    path: `/${id}`,
    archived: false,
    listed: { id, at },
    preview: `opened ${i}`,
    cwd: '/d',
    source: 'exec' as const,
    modelProvider: null,
    createdAt: at,
    updatedAt: at,
    cliVersion: '0',
    gitInfo: null,
    agentNickname: null,
    agentRole: null,
    forkedFromId: null,
  };
  state.logs.stream().write(`{"level":30,"time":${at},"msg":"opened ${i}","threadId":"${id}"}\n`);
  if (!(await state.threads.upsert([row]))) failures += 1;
  if ((await state.threads.get(id))?.preview !== `opened ${i}`) failures += 1;
  await state.logs.flush();
  if ((await state.logs.tail({ threadId: id, limit: 1 }))?.[0]?.message !== `opened ${i}`) failures += 1;
  await state.close();
}
process.stdout.write(`${failures}\n`);

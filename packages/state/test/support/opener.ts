import { nullLogger, systemClock, systemIds } from '@codex/base';
import type { ListedThread, ThreadFiles } from '@codex/protocol';
import { openState } from '../../src/index.ts';

/**
 * Run as a process of its own: opens the state of a folder again and again, and each time reads and writes what every
 * other process reads and writes, too. Prints how often something went wrong.
 */
const [, , folder = '', times = '1', id = ''] = process.argv;
const ALL = { archived: false, sortKey: 'created_at', cursor: null, limit: 1 } as const;
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
  if ((await state.threads.backfill(filesOf(row), new AbortController().signal)).kind !== 'done') failures += 1;
  const page = await state.threads.list({ ...ALL, filter: (each) => each.id === id }, filesOf(row));
  if (page?.data[0]?.preview !== `opened ${i}`) failures += 1;
  await state.logs.flush();
  if ((await state.logs.tail({ threadId: id, limit: 1 }))?.[0]?.message !== `opened ${i}`) failures += 1;
  await state.close();
}
process.stdout.write(`${failures}\n`);

/** As if this were one of many files. */
function filesOf(row: ListedThread): ThreadFiles {
  return {
    archive: '/archive',
    async *all() {
      yield { path: row.path, modifiedAt: row.updatedAt };
    },
    read: (path) => Promise.resolve(path === row.path ? row : null),
    modifiedAt: () => Promise.resolve(row.updatedAt),
    async *folders() {},
    within: () => Promise.resolve([]),
  };
}

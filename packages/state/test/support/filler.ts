import { nullLogger, systemClock, systemIds } from '@codex/base';
import { threadFiles } from '@codex/rollout';
import { openState } from '../../src/index.ts';

/** Run as a process of its own: fills the index of a home, says when it has read half of it, and goes on slowly. */
const [, , folder = '', home = ''] = process.argv;
const files = threadFiles(home);
let reads = 0;
const read: typeof files.read = async (path) => {
  reads += 1;
  if (reads === 200) process.stdout.write('half\n');
  if (reads > 200) await systemClock.sleep(1_000);
  return files.read(path);
};
const state = openState({ folder, clock: systemClock, ids: systemIds(systemClock), log: nullLogger });
await state.threads.backfill({ ...files, read }, new AbortController().signal);

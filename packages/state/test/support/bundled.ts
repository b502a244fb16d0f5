import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';

/** A script of this package as one file that node runs, in `folder`. */
export async function bundled(input: string, folder: string): Promise<string> {
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
  const build = await rolldown({
    input,
    platform: 'node',
    resolve: { conditionNames: ['@codex/source', 'node', 'default'] },
    plugins: [
      { name: 'native', resolveId: (id) => (id === 'better-sqlite3' ? { id: sqlite, external: 'absolute' } : null) },
    ],
  });
  const file = join(folder, `${basename(input, '.ts')}.mjs`);
  await build.write({ file, format: 'esm', codeSplitting: false });
  await build.close();
  return file;
}

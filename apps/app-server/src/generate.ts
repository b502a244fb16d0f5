import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { exportSchemaFiles, exportTypeScriptFiles } from '@codex/protocol';

/** Writes the protocol into a folder: a file per type, in the places where the reference has them. */
export async function generate(
  options: { what: 'generate-ts' | 'generate-json-schema'; out: string; experimental: boolean },
  cwd: string,
): Promise<number> {
  const { what, experimental } = options;
  const files = what === 'generate-ts' ? exportTypeScriptFiles({ experimental }) : exportSchemaFiles({ experimental });
  for (const [name, text] of Object.entries(files)) {
    const path = join(resolve(cwd, options.out), name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return 0;
}

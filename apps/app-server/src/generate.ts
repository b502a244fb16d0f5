import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exportJsonSchema, exportTypeScript } from '@codex/protocol';

/** Writes the protocol into a folder: `index.ts`, or `codex_app_server_protocol.schemas.json`. */
export async function generate(
  options: { what: 'generate-ts' | 'generate-json-schema'; out: string; experimental: boolean },
  cwd: string,
): Promise<number> {
  const { what, experimental } = options;
  const folder = resolve(cwd, options.out);
  await mkdir(folder, { recursive: true });
  if (what === 'generate-ts') {
    await writeFile(join(folder, 'index.ts'), exportTypeScript({ experimental }));
  } else {
    const text = `${JSON.stringify(exportJsonSchema({ experimental }), null, 2)}\n`;
    await writeFile(join(folder, 'codex_app_server_protocol.schemas.json'), text);
  }
  return 0;
}

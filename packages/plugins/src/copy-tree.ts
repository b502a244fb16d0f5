import { constants } from 'node:fs';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CodexError, readRegularFile } from '@codex/base';

const MAX_ENTRIES = 20_000;
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Copies the folders and regular files of a folder; links and everything else stay behind. `to` must not exist. Throws
 * CodexError `invalidRequest` when there is more than a plugin may have.
 */
export async function copyTree(from: string, to: string): Promise<void> {
  let entries = 0;
  let bytes = 0;
  const copy = async (source: string, target: string): Promise<void> => {
    await mkdir(target);
    for (const entry of await readdir(source, { withFileTypes: true })) {
      if (++entries > MAX_ENTRIES) throw tooMuch(`more than ${MAX_ENTRIES} files`);
      const [inner, outer] = [path.join(source, entry.name), path.join(target, entry.name)];
      if (entry.isDirectory()) await copy(inner, outer);
      else if (entry.isFile()) bytes += await copyFile(inner, outer, MAX_BYTES - bytes);
    }
  };
  await copy(from, to);
}

/** Without following a link that took the file's place meanwhile. */
async function copyFile(from: string, to: string, maxBytes: number): Promise<number> {
  const read = await readRegularFile(from, maxBytes, constants.O_NOFOLLOW);
  if ('because' in read) throw tooMuch(`more than ${MAX_BYTES} bytes`);
  await writeFile(to, read.bytes);
  const { mode } = await stat(from);
  if (mode & 0o111) await chmod(to, 0o755);
  return read.bytes.length;
}

function tooMuch(what: string): CodexError {
  return new CodexError('invalidRequest', `the plugin is too large to install: ${what}`);
}

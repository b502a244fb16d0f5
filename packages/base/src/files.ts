import { constants } from 'node:fs';
import { chmod, mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './errors.ts';

/**
 * The whole of a regular file, or why it is not read: pipes and devices may never end, a file above `maxBytes` would take
 * too much memory. Rejects with the system's error. `flags` go with `open`'s.
 */
export async function readRegularFile(
  path: string,
  maxBytes: number,
  flags = 0,
): Promise<{ bytes: Buffer } | { because: string }> {
  // A pipe without a writer would hold up the opening.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  try {
    const stats = await file.stat();
    if (!stats.isFile() && !stats.isDirectory()) return { because: 'not a regular file' };
    if (stats.size > maxBytes) return { because: `${stats.size} bytes, ${maxBytes} are allowed` };
    // Files of /proc claim to be empty, others grow: one byte more than allowed is as much as is ever read.
    const chunks: Buffer[] = [];
    for await (const chunk of file.createReadStream({ autoClose: false, end: maxBytes })) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    return bytes.length > maxBytes ? { because: `more than ${maxBytes} bytes` } : { bytes };
  } finally {
    await file.close();
  }
}

/**
 * All of the new text or all of the old one, whatever happens; a link keeps leading to where it does. The file gets
 * `mode`, by default the one it has, and a new one is its owner's alone. `mark` names the temporary file beside it.
 */
export async function replaceFile(path: string, text: string, mark: string, mode?: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const target = await realpath(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return path;
    throw error;
  });
  const temporary = `${target}.${mark}.tmp`;
  try {
    const before = await stat(target).then(
      (facts) => facts.mode & 0o777,
      () => 0o600,
    );
    await writeFile(temporary, text, { mode: 0o600, flush: true });
    await chmod(temporary, mode ?? before);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

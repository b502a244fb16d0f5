import { chmod, mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '@codex/base';

/**
 * All of the new text or all of the old one, whatever happens; a link keeps leading to where it does, and a file keeps
 * its mode. `mark` names the temporary file beside it.
 */
export async function replaceFile(path: string, text: string, mark: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const target = await realpath(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return path;
    throw error;
  });
  const temporary = `${target}.${mark}.tmp`;
  try {
    const mode = await stat(target).then(
      (facts) => facts.mode & 0o777,
      () => 0o600,
    );
    await writeFile(temporary, text, { mode: 0o600, flush: true });
    await chmod(temporary, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

import path from 'node:path';
import type { PatchFiles } from '@codex/apply-patch';
import type { Logger } from '@codex/base';
import { realTarget } from '@codex/sandbox';
import type { Permissions } from './permissions.ts';

/** The permissions without paths that lead elsewhere by now: a link in their place is not what the user was asked about. */
export function stillThere({ network, read, write }: Permissions): Permissions {
  const same = (paths: readonly string[]) => paths.filter((each) => realTarget(each) === each);
  return { network, read: same(read), write: same(write) };
}

/**
 * Makes what may be written and does not exist, since a sandbox can only open what is there: a file when the name has an
 * ending, else a folder. What cannot be made stays closed.
 */
export async function makeMissing(paths: readonly string[], files: PatchFiles, log: Logger): Promise<void> {
  for (const each of paths) {
    try {
      if (await files.stat(each)) continue;
      const isFile = path.extname(each) !== '';
      await files.mkdir(isFile ? path.dirname(each) : each);
      if (isFile) await files.write(each, new Uint8Array());
    } catch (err) {
      log.warn({ err, path: each }, 'a granted path cannot be made');
    }
  }
}

import { constants, type Stats } from 'node:fs';
import {
  access,
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Ids, readRegularFile, systemClock, systemCode, systemIds } from '@codex/base';
import type { FileStat, PatchFiles } from './files.ts';

const MAX_LINKS = 40;
const MAX_BYTES = 256 * 1024 * 1024;

/** `PatchFiles` on the real disk. A write goes to a sibling file that is then renamed, so a reader sees the old or the new text, never a part. */
export function nodeFiles(ids: Pick<Ids, 'hex'> = systemIds(systemClock)): PatchFiles {
  return {
    read: readWhole,
    write: async (path, content) => writeAtomically(await linkTarget(path), content, ids.hex(12)),
    remove: (path) => unlink(path),
    mkdir: async (path) => {
      await mkdir(path, { recursive: true });
    },
    stat: async (path) => {
      const info = await orNull(stat(path));
      if (!info) return null;
      const kind: FileStat['kind'] = info.isFile() ? 'file' : info.isDirectory() ? 'directory' : 'other';
      return { kind, executable: (info.mode & 0o100) !== 0, size: info.size };
    },
  };
}

async function readWhole(path: string, maxBytes = MAX_BYTES): Promise<Uint8Array> {
  const read = await readRegularFile(path, maxBytes);
  if ('because' in read) throw new Error(read.because);
  return read.bytes;
}

async function writeAtomically(path: string, content: Uint8Array, suffix: string): Promise<void> {
  const before = await orNull(stat(path));
  // Renaming would also replace a directory entry the caller may not write to.
  if (before) await access(path, constants.W_OK);
  // Devices and pipes are not replaced, and a file with several names keeps them all.
  if (before && (!before.isFile() || before.nlink > 1)) return writeFile(path, content);
  const temporary = join(dirname(path), `.${basename(path).slice(0, 200)}.${suffix}.tmp`);
  const file = await openSibling(temporary, before);
  if (!file) return writeFile(path, content);
  try {
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    if (before) {
      await chown(temporary, before.uid, before.gid).catch(() => {});
      await chmod(temporary, before.mode & 0o7777);
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Null when the folder takes no new file but the existing one may be written in place. */
async function openSibling(path: string, existing: Stats | null) {
  try {
    return await open(path, 'wx', existing ? existing.mode & 0o777 : 0o666);
  } catch (error) {
    const refused = ['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error) ?? '');
    if (refused && existing) return null;
    throw error;
  }
}

/** Where a write to `path` ends up, also when a link points to a file that does not exist yet. */
async function linkTarget(path: string): Promise<string> {
  let at = path;
  for (let i = 0; i < MAX_LINKS; i++) {
    const real = await orNull(realpath(at));
    if (real !== null) return real;
    const link = await orNull(lstat(at));
    if (!link?.isSymbolicLink()) return at;
    at = resolve(dirname(at), await readlink(at));
  }
  throw Object.assign(new Error(`too many levels of symbolic links: ${path}`), { code: 'ELOOP' });
}

async function orNull<T>(pending: Promise<T>): Promise<T | null> {
  try {
    return await pending;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

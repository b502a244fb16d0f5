import { constants } from 'node:fs';
import {
  lstat,
  mkdir,
  readdir,
  rm,
  rmdir,
  stat,
  unlink,
  writeFile,
  copyFile,
  readlink,
  realpath,
  symlink,
} from 'node:fs/promises';
import { dirname, join, relative, isAbsolute, resolve } from 'node:path';
import { CodexError, readRegularFile, systemCode } from '@codex/base';
import { decodeBase64 } from '../base64.ts';
import type { Handlers } from '../context.ts';
import { orOsError } from '../os-error.ts';

/** What fits into one JSON text as base64. */
const MAX_READ_BYTES = 256 * 1024 * 1024;
/** As `w`; a pipe that nobody reads is an error instead of a wait without end. */
const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NONBLOCK;

/** Files for clients that have no file system of their own: absolute paths, no sandbox (§9.10). */
export const fsHandlers = {
  async 'fs/readFile'({ path }) {
    const read = await orOsError(readRegularFile(path, MAX_READ_BYTES));
    if ('because' in read) throw new CodexError('invalidRequest', `fs/readFile cannot read ${path}: ${read.because}`);
    return { dataBase64: read.bytes.toString('base64') };
  },

  async 'fs/writeFile'({ path, dataBase64 }) {
    const data = decodeBase64(dataBase64);
    if (!data.ok) {
      throw new CodexError('invalidRequest', `fs/writeFile requires valid base64 dataBase64: ${data.reason}`);
    }
    await orOsError(writeFile(path, data.bytes, { flag: WRITE }));
    return {};
  },

  async 'fs/createDirectory'({ path, recursive }) {
    await orOsError(mkdir(path, { recursive: recursive ?? true }));
    return {};
  },

  async 'fs/getMetadata'({ path }) {
    const facts = await orOsError(stat(path));
    return {
      isDirectory: facts.isDirectory(),
      isFile: facts.isFile(),
      createdAtMs: Math.max(0, Math.floor(facts.birthtimeMs)),
      modifiedAtMs: Math.max(0, Math.floor(facts.mtimeMs)),
    };
  },

  async 'fs/readDirectory'({ path }) {
    const found = await orOsError(readdir(path, { withFileTypes: true }));
    const entries = found.map(async (entry) => {
      // A link counts as what it leads to; one that leads nowhere is neither file nor directory.
      const kind = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => null) : entry;
      return { fileName: entry.name, isDirectory: kind?.isDirectory() ?? false, isFile: kind?.isFile() ?? false };
    });
    return { entries: await Promise.all(entries) };
  },

  async 'fs/remove'({ path, recursive, force }) {
    const removing = remove(path, recursive ?? true).catch((error: unknown) => {
      if (force === false || systemCode(error) !== 'ENOENT') throw error;
    });
    await orOsError(removing);
    return {};
  },

  async 'fs/copy'({ sourcePath, destinationPath, recursive }) {
    const facts = await orOsError(lstat(sourcePath));
    if (facts.isDirectory()) {
      if (!recursive) {
        throw new CodexError('invalidRequest', 'fs/copy requires recursive: true when sourcePath is a directory');
      }
      if (await isInside(sourcePath, destinationPath)) {
        throw new CodexError('invalidRequest', 'fs/copy cannot copy a directory to itself or one of its descendants');
      }
      await orOsError(copyTree(sourcePath, destinationPath));
    } else if (facts.isSymbolicLink()) {
      await orOsError(copyLink(sourcePath, destinationPath));
    } else if (facts.isFile()) {
      await orOsError(copyFile(sourcePath, destinationPath));
    } else {
      throw new CodexError('invalidRequest', 'fs/copy only supports regular files, directories, and symlinks');
    }
    return {};
  },
} satisfies Partial<Handlers>;

async function remove(path: string, recursive: boolean): Promise<void> {
  const facts = await lstat(path);
  if (!facts.isDirectory()) await unlink(path);
  else if (recursive) await rm(path, { recursive: true });
  else await rmdir(path);
}

/** Links are copied as links; sockets, pipes and devices are left out. */
async function copyTree(source: string, destination: string): Promise<void> {
  await mkdir(destination, { recursive: true });
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = join(destination, entry.name);
    if (entry.isDirectory()) await copyTree(from, to);
    else if (entry.isSymbolicLink()) await copyLink(from, to);
    else if (entry.isFile()) await copyFile(from, to);
  }
}

/** A link that stands in the way is replaced, also one that leads nowhere; what is no link is not. */
async function copyLink(source: string, destination: string): Promise<void> {
  const target = await readlink(source);
  const standing = await lstat(destination).catch(() => null);
  if (standing?.isSymbolicLink()) await unlink(destination);
  await symlink(target, destination);
}

/** Whether `path` is `folder` or below it, links on the way resolved as far as they exist. */
async function isInside(folder: string, path: string): Promise<boolean> {
  const way = relative(await realpath(folder), await resolveExisting(path));
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

async function resolveExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await resolveExisting(parent), relative(parent, resolve(path)));
  }
}

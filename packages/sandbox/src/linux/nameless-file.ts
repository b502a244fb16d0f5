import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Linux' own, without the O_DIRECTORY that belongs to it and differs between machines. */
const O_TMPFILE = 0o20000000;

/**
 * A file without a name, so that no command can find it, let alone change it. A child opens `path` for itself; that
 * works until `close`.
 */
export interface NamelessFile {
  path: string;
  read(): string;
  close(): void;
}

/** Throws the system's error when no folder for temporary files can hold one. */
export function namelessFile(content: Uint8Array): NamelessFile {
  const fd = openNameless(['/dev/shm', tmpdir()]);
  try {
    for (let done = 0; done < content.byteLength; ) done += writeSync(fd, content, done);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  let open = true;
  const path = `/proc/${process.pid}/fd/${fd}`;
  return {
    path,
    read: () => readFileSync(path, 'utf8'),
    close() {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

function openNameless(folders: readonly string[]): number {
  let fault: unknown;
  for (const folder of folders) {
    try {
      return openSync(folder, constants.O_RDWR | constants.O_DIRECTORY | O_TMPFILE, 0o600);
    } catch (error) {
      fault ??= error;
    }
  }
  throw new Error('no folder takes a nameless temporary file', { cause: fault });
}

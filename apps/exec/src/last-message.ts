import { type FileHandle, open } from 'node:fs/promises';
import { toMessage } from '@codex/base';
import { Refused } from './io.ts';

/** The file of `-o`. */
export interface LastMessageFile {
  /** Replaces the content; without a message the file becomes empty. */
  write(message: string | null): Promise<void>;
  close(): Promise<void>;
}

/** Opened before the run, so that a path nobody can write to fails first; what is in it stays until the turn completed. */
export async function openLastMessageFile(path: string): Promise<LastMessageFile> {
  const handle = await openForWriting(path);
  return {
    async write(message) {
      // A pipe or a device has nothing to cut off.
      if ((await handle.stat()).isFile()) await handle.truncate(0);
      await handle.appendFile(message ?? '');
    },
    close: () => handle.close(),
  };
}

async function openForWriting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a');
  } catch (cause) {
    throw new Refused(`Error: cannot write the last message to ${path}: ${toMessage(cause)}`, undefined, { cause });
  }
}

import { systemCode, toMessage } from '@codex/base';

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'other';
  readonly executable: boolean;
  /** Bytes. */
  readonly size: number;
}

/** The disk as this package needs it. Paths are absolute; failures reject with Node system errors (`code` ENOENT and so on). */
export interface PatchFiles {
  /** The whole of a regular file of at most `maxBytes` (256 MiB); rejects for others. Follows symbolic links. */
  read(path: string, maxBytes?: number): Promise<Uint8Array>;
  /** Replaces or creates the file in one step, through symbolic links, keeping its mode. */
  write(path: string, content: Uint8Array): Promise<void>;
  /** Removes a file; of a symbolic link the link. */
  remove(path: string): Promise<void>;
  /** Creates a directory and its parents; an existing one is fine. */
  mkdir(path: string): Promise<void>;
  /** What is there, following symbolic links; null for nothing. */
  stat(path: string): Promise<FileStat | null>;
}

const OS_TEXTS: Readonly<Record<string, readonly [number, string]>> = {
  EPERM: [1, 'Operation not permitted'],
  ENOENT: [2, 'No such file or directory'],
  EIO: [5, 'Input/output error'],
  EACCES: [13, 'Permission denied'],
  EEXIST: [17, 'File exists'],
  ENOTDIR: [20, 'Not a directory'],
  EISDIR: [21, 'Is a directory'],
  ENOSPC: [28, 'No space left on device'],
  EROFS: [30, 'Read-only file system'],
  ENAMETOOLONG: [36, 'File name too long'],
  ELOOP: [40, 'Too many levels of symbolic links'],
};

/** A system error as the patch texts spell it, e.g. `No such file or directory (os error 2)`. */
export function osErrorText(error: unknown): string {
  const known = OS_TEXTS[systemCode(error) ?? ''];
  return known ? `${known[1]} (os error ${known[0]})` : toMessage(error);
}

/** Text of a file, or null when the bytes are not UTF-8. A byte order mark stays part of the text. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

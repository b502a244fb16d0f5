import type { FileHandle } from 'node:fs/promises';

/** True when the last line of a file has no end: what is appended next must not run into it. */
export async function endsTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 10;
}

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * The whole of a regular file, or why it is not read: pipes and devices may never end, a file above `maxBytes` would take
 * too much memory. Rejects with the system's error. `flags` go with `open`'s.
 */
export async function readRegularFile(
  path: string,
  maxBytes: number,
  flags = 0,
): Promise<{ bytes: Buffer } | { because: string }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  try {
    const stats = await file.stat();
    if (!stats.isFile() && !stats.isDirectory()) return { because: 'not a regular file' };
    if (stats.size > maxBytes) return { because: `${stats.size} bytes, ${maxBytes} are allowed` };
    return { bytes: await file.readFile() };
  } finally {
    await file.close();
  }
}

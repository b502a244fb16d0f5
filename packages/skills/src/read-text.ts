import { readRegularFile } from '@codex/base';

const MAX_BYTES = 4 * 1024 * 1024;

/** The text of a file that somebody else put there. Rejects for pipes, devices and what is too large. */
export async function readText(file: string): Promise<string> {
  const read = await readRegularFile(file, MAX_BYTES);
  if ('because' in read) throw new Error(read.because);
  return read.bytes.toString('utf8');
}

import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CodexError, parseJson, systemCode } from '@codex/base';
import { encodeHeader, stringifyLine } from './encode.ts';
import { gitInTime } from './git-in-time.ts';
import type { RolloutOptions } from './writer.ts';

export interface ForkOptions extends Pick<RolloutOptions, 'header' | 'path' | 'gitInfo' | 'log' | 'clock'> {
  /** The file of the source; it may be written to meanwhile. */
  from: string;
}

const NEWLINE = 10;

/**
 * Writes the file of a fork: its own header, then the lines of the source as they stand, its header included (rollout
 * specification §5). The file appears when it is complete. Throws `rolloutNotFound` when there is no source.
 */
export async function forkRollout(options: ForkOptions): Promise<void> {
  const { header, path, clock } = options;
  const git = await gitInTime(options);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.new`;
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.appendFile(stringifyLine(encodeHeader(header, git, clock.now())));
      for await (const lines of wholeLines(options.from)) await file.appendFile(lines);
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    if (systemCode(error) !== 'ENOENT') throw error;
    const message = `failed to load rollout \`${options.from}\`: No such file or directory`;
    throw new CodexError('rolloutNotFound', message, { cause: error });
  }
}

/** The file in pieces that end with a line; a last line that is still being written is left out. */
async function* wholeLines(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      yield Buffer.concat([...rest, chunk.subarray(0, end)]);
      rest = [];
    }
    if (end < chunk.length) rest.push(chunk.subarray(end));
  }
  const last = Buffer.concat(rest);
  if (last.length && parseJson(last.toString()).ok) yield Buffer.concat([last, Buffer.of(NEWLINE)]);
}

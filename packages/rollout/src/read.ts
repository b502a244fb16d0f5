import { type FileHandle, open } from 'node:fs/promises';
import { abortReason, CodexError, systemCode } from '@codex/base';
import type { GitInfo } from '@codex/protocol';
import {
  emptyModelContext,
  type ModelContext,
  reduceContext,
  type ThreadHeader,
  type ThreadState,
} from '@codex/timeline';
import { createDecoder } from './decode.ts';
import type { TurnFreezer } from './frozen-turns.ts';
import { readHistory } from './read-history.ts';
import { scanLines } from './scan.ts';
import { gitFromFile } from './wire-forms.ts';

/** A thread as its file tells it, ready to go on. */
export interface StoredThread {
  header: ThreadHeader;
  turns: TurnFreezer;
  /** Without turns, without a name, which is kept elsewhere, and never in error: a failure belongs to the process that saw it. */
  state: ThreadState;
  /** From the last compaction on: a rollback across it has to read the file again. */
  context: ModelContext;
  /** Empty until the user has said something. */
  preview: string;
  gitInfo: GitInfo | null;
  /** Milliseconds. */
  updatedAt: number;
  /** Lines that nobody could read, of those that had to be read. */
  skippedLines: number;
}

/**
 * Reads a file, line by line, and never changes it: once for what people see, and from the last compaction that still
 * counts for what the model sees. Throws `rolloutNotFound` when there is no such file, it is empty, or no line says
 * which thread it is: then `data` has the path and the number of the first line that could not be read, 1 when all could.
 * Rejects with the abort reason.
 */
export function readRollout(path: string, signal?: AbortSignal): Promise<StoredThread> {
  return withFile(path, signal, async (file) => {
    const { size, mtimeMs } = await file.stat();
    if (size === 0) throw new CodexError('rolloutNotFound', 'empty session file');
    const history = await readHistory(file, { path, size, signal });
    const { header, meta, checkpoint } = history;
    if (!header) {
      throw new CodexError('rolloutNotFound', 'failed to parse thread ID from rollout file', {
        data: { path, line: history.firstSkipped ?? 1 },
      });
    }
    const { context, skipped } = await readContext(file, { from: checkpoint, to: size }, signal);
    return {
      header,
      turns: history.turns,
      state: history.state,
      context,
      preview: history.preview,
      gitInfo: gitFromFile(meta?.['git']),
      updatedAt: mtimeMs,
      skippedLines: history.skipped + skipped,
    };
  });
}

/** The turns alone; fails as `readRollout` does, but for a file that names no thread. */
export function readTurns(path: string, signal?: AbortSignal): Promise<TurnFreezer> {
  return withFile(path, signal, async (file) => {
    const { size } = await file.stat();
    return (await readHistory(file, { path, size, signal })).turns;
  });
}

/** `from` is 0 or where the turn of a compaction begins. */
async function readContext(
  file: FileHandle,
  range: { from: number; to: number },
  signal: AbortSignal | undefined,
): Promise<{ context: ModelContext; skipped: number }> {
  const decoder = createDecoder();
  const context = emptyModelContext();
  let skipped = 0;
  await scanLines(
    file,
    range,
    (line) => {
      const before = decoder.skipped;
      for (const stamped of decoder.push(line.text())) reduceContext(context, stamped);
      // All others were counted when the turns were read.
      if (line.kind === 'context' || line.kind === 'compaction') skipped += decoder.skipped - before;
    },
    signal,
  );
  for (const stamped of decoder.end()) reduceContext(context, stamped);
  // What the compacting turn began with was not read.
  if (range.from > 0) context.turns.shift();
  return { context, skipped };
}

async function withFile<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: (file: FileHandle) => Promise<T>,
): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    return await work(file);
  } catch (error) {
    if (signal?.aborted) throw abortReason(signal);
    if (systemCode(error) !== 'ENOENT') throw error;
    const message = `failed to load rollout \`${path}\`: No such file or directory`;
    throw new CodexError('rolloutNotFound', message, { cause: error });
  } finally {
    await file?.close();
  }
}

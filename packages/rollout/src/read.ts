import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { abortReason, CodexError, lineSplitter, systemCode } from '@codex/base';
import type { GitInfo } from '@codex/protocol';
import {
  emptyModelContext,
  emptyThreadState,
  type ModelContext,
  reduceContext,
  reduceThread,
  type Stamped,
  type ThreadHeader,
  type ThreadState,
  type TurnContext,
} from '@codex/timeline';
import { createDecoder } from './decode.ts';
import { previewOfItem } from './preview.ts';
import { gitFromFile } from './wire-forms.ts';

/** A thread as its file tells it, ready to go on. */
export interface StoredThread {
  header: ThreadHeader;
  /** Without a name, which is kept elsewhere, and never in error: a failure belongs to the process that saw it. */
  state: ThreadState;
  context: ModelContext;
  /** The settings of the newest turn, rolled back or not. */
  lastContext: TurnContext | null;
  /** Empty until the user has said something. */
  preview: string;
  gitInfo: GitInfo | null;
  /** Milliseconds. */
  updatedAt: number;
  /** Lines that nobody could read. */
  skippedLines: number;
  firstUserMessageSeen: boolean;
}

const CHUNK = 1 << 20;
/** No line of a sane file is longer, and a string cannot be much longer. */
const MAX_LINE = 256 << 20;

/**
 * Reads a whole file, line by line, and never changes it. Throws `rolloutNotFound` when there is no such file, it is
 * empty, or no line says which thread it is; rejects with the abort reason.
 */
export async function readRollout(path: string, signal?: AbortSignal): Promise<StoredThread> {
  const decoder = createDecoder({ path });
  const state = emptyThreadState();
  const context = emptyModelContext();
  let lastContext: TurnContext | null = null;
  let preview: string | null = null;
  let firstUserMessageSeen = false;
  let tooLong = 0;
  let size = 0;

  const apply = (stamped: Stamped): void => {
    reduceThread(state, stamped);
    reduceContext(context, stamped);
    const { event } = stamped;
    if (event.type === 'turn.context') lastContext = event.context;
    else if (event.type === 'item.completed' && event.item.type === 'userMessage') {
      firstUserMessageSeen = true;
      preview ??= previewOfItem(event.item);
    }
  };
  const splitter = lineSplitter(MAX_LINE);
  const take = (lines: ReturnType<typeof splitter.push>): void => {
    for (const line of lines) {
      if ('text' in line) decoder.push(line.text).forEach(apply);
      else tooLong += 1;
    }
  };
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK, signal })) {
      size += (chunk as Buffer).length;
      take(splitter.push(chunk as Buffer));
    }
  } catch (error) {
    if (signal?.aborted) throw abortReason(signal);
    if (systemCode(error) !== 'ENOENT') throw error;
    const message = `failed to load rollout \`${path}\`: No such file or directory`;
    throw new CodexError('rolloutNotFound', message, { cause: error });
  }
  take(splitter.end());
  decoder.end().forEach(apply);
  if (size === 0) throw new CodexError('rolloutNotFound', 'empty session file');
  const { header, meta } = decoder;
  if (!header) throw new CodexError('rolloutNotFound', 'failed to parse thread ID from rollout file');
  state.systemError = false;
  return {
    header,
    state,
    context,
    lastContext,
    preview: preview ?? '',
    gitInfo: gitFromFile(meta?.['git']),
    updatedAt: (await stat(path)).mtimeMs,
    skippedLines: decoder.skipped + tooLong,
    firstUserMessageSeen,
  };
}

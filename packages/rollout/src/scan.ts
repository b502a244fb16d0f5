import type { FileHandle } from 'node:fs/promises';
import { type CutLine, lineCutter } from './line-cutter.ts';

/** What a line is about, as far as its first characters tell. */
export type LineKind =
  /** A history item of the model, or the settings it was told. */
  | 'context'
  | 'compaction'
  | 'tokens'
  | 'turnStart'
  | 'turnEnd'
  /** Everything else, also what is no line of a rollout at all. */
  | 'other';

export interface ScannedLine {
  kind: LineKind;
  /** Bytes into the file. */
  offset: number;
  /** Counted from 1, from where the scan began. */
  number: number;
  /** Without its end; made when called, which is not later than the next line. */
  text(): string;
  includes(bytes: string): boolean;
}

const CHUNK = 1 << 20;
/** No line of a sane file is longer, and a string cannot be much longer. */
const MAX_LINE = 256 << 20;
const HEAD_BYTES = 128;
const HEAD = /^\{"timestamp":"[^"]*","type":"([a-z_]+)","payload":\{(?:"type":"([a-z_]+)")?/;

/**
 * Hands over the lines of a file from one offset to another, in order. What nobody asks the text of is never made into
 * a string. Yields to other work with every chunk; throws the abort reason. Resolves to the number of lines that were
 * too long to read.
 */
export async function scanLines(
  file: FileHandle,
  range: { from: number; to: number },
  take: (line: ScannedLine) => void,
  signal?: AbortSignal,
): Promise<number> {
  let cut: Pick<CutLine, 'buffer' | 'start' | 'end'> = { buffer: Buffer.alloc(0), start: 0, end: 0 };
  const line = {
    kind: 'other' as LineKind,
    offset: 0,
    number: 0,
    text: () => cut.buffer.toString('utf8', cut.start, cut.end),
    includes: (bytes: string) => cut.buffer.subarray(cut.start, cut.end).includes(bytes, 0, 'latin1'),
  };
  const hand = (found: CutLine): true => {
    cut = found;
    line.offset = range.from + found.offset;
    line.number = found.number;
    line.kind = kindOf(found.buffer.toString('latin1', found.start, Math.min(found.end, found.start + HEAD_BYTES)));
    take(line);
    return true;
  };
  const cutter = lineCutter(Buffer.allocUnsafeSlow(CHUNK), hand, MAX_LINE);
  for (let at = range.from; at < range.to; ) {
    signal?.throwIfAborted();
    const { buffer, offset, length } = cutter.room();
    const { bytesRead } = await file.read(buffer, offset, Math.min(length, range.to - at), at);
    if (bytesRead === 0) break;
    at += bytesRead;
    cutter.filled(bytesRead);
  }
  signal?.throwIfAborted();
  cutter.end();
  return cutter.tooLong;
}

function kindOf(head: string): LineKind {
  const [, type, event] = HEAD.exec(head) ?? [];
  switch (type) {
    case 'response_item':
    case 'turn_context':
      return 'context';
    case 'compacted':
      return 'compaction';
    case 'event_msg':
      if (event === 'token_count') return 'tokens';
      if (event === 'task_started' || event === 'turn_started') return 'turnStart';
      return event === 'task_complete' || event === 'turn_complete' || event === 'turn_aborted' ? 'turnEnd' : 'other';
    default:
      return 'other';
  }
}

import type { FileHandle } from 'node:fs/promises';

/** What a line is about, as far as its first characters tell. */
export type LineKind =
  /** A history item of the model, or the settings it was told. */
  | 'context'
  | 'compaction'
  | 'tokens'
  | 'turnStart'
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
const NEWLINE = 10;
const RETURN = 13;
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
  let buffer = Buffer.allocUnsafeSlow(CHUNK);
  let held = 0;
  let at = range.from;
  let dropping = false;
  let tooLong = 0;
  let start = 0;
  let end = 0;
  const line = {
    kind: 'other' as LineKind,
    offset: 0,
    number: 0,
    text: () => buffer.toString('utf8', start, end),
    includes: (bytes: string) => buffer.subarray(start, end).includes(bytes, 0, 'latin1'),
  };
  const hand = (first: number, last: number) => {
    start = first;
    end = buffer[last - 1] === RETURN ? last - 1 : last;
    if (start >= end) return;
    line.offset = at - held + start;
    line.kind = kindOf(buffer.toString('latin1', start, Math.min(end, start + HEAD_BYTES)));
    take(line);
  };

  while (at < range.to) {
    signal?.throwIfAborted();
    if (held === buffer.length) {
      if (held >= MAX_LINE) {
        dropping = true;
        held = 0;
      } else {
        const larger = Buffer.allocUnsafeSlow(buffer.length * 2);
        buffer.copy(larger, 0, 0, held);
        buffer = larger;
      }
    }
    const { bytesRead } = await file.read(buffer, held, Math.min(buffer.length - held, range.to - at), at);
    if (bytesRead === 0) break;
    at += bytesRead;
    held += bytesRead;
    let from = 0;
    for (let found = buffer.indexOf(NEWLINE, held - bytesRead); found >= 0 && found < held; ) {
      line.number += 1;
      if (dropping) tooLong += 1;
      else hand(from, found);
      dropping = false;
      from = found + 1;
      found = buffer.indexOf(NEWLINE, from);
    }
    buffer.copyWithin(0, from, held);
    held -= from;
  }
  signal?.throwIfAborted();
  line.number += 1;
  if (dropping) tooLong += 1;
  else if (held > 0) hand(0, held);
  return tooLong;
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
      return event === 'task_started' || event === 'turn_started' ? 'turnStart' : 'other';
    default:
      return 'other';
  }
}

const EMPTY = Buffer.alloc(0);
const FIRST_SIZE = 4096;
/** What becomes one string, even when every byte is a character of its own. */
const MAX_HELD = 256 * 1024 * 1024;

/** A byte store within a budget: keeps the beginning and the end, forgets the middle. */
export interface HeadTail {
  /** Copies what it keeps, so the caller may reuse the chunk. O(chunk) amortised. */
  push(chunk: Uint8Array): void;
  /** Bytes pushed so far. */
  readonly total: number;
  /** Bytes that are no longer held. */
  readonly omitted: number;
  /** Head and tail as text; characters cut in half by the gap are left out, bytes that are not UTF-8 become U+FFFD. */
  text(): string;
  /**
   * Returns the text and starts afresh. Without `final` an incomplete character at the end stays for the next take.
   */
  take(final?: boolean): { text: string; omitted: number };
}

/**
 * `maxBytes` bounds what is held (256 MiB at the most, Infinity for that), `headBytes` is the share of the beginning: half
 * unless told, all of it to keep only the first bytes.
 */
export function headTail(maxBytes: number, headBytes: number = Math.floor(maxBytes / 2)): HeadTail {
  const max = Math.min(MAX_HELD, Math.max(0, maxBytes));
  const headMax = Math.min(max, headBytes);
  let head = linearStore(headMax);
  let tail = ringStore(max - headMax);
  let total = 0;
  const omitted = () => total - head.length - tail.length;
  const push = (chunk: Uint8Array) => {
    total += chunk.byteLength;
    const rest = head.push(chunk);
    if (rest.byteLength) tail.push(rest);
  };
  return {
    push,
    get total() {
      return total;
    },
    get omitted() {
      return omitted();
    },
    text: () => joined(head.bytes(), tail.bytes(), omitted() > 0),
    take(final = false) {
      const dropped = omitted();
      let first = head.bytes();
      let last = tail.bytes();
      let carry: Buffer = EMPTY;
      if (!final) {
        if (dropped === 0) {
          first = Buffer.concat([first, last]);
          last = EMPTY;
        }
        const open = dropped === 0 ? first : last;
        const end = completeEnd(open);
        carry = Buffer.from(open.subarray(end));
        if (dropped === 0) first = first.subarray(0, end);
        else last = last.subarray(0, end);
      }
      const text = joined(first, last, dropped > 0);
      head = linearStore(headMax);
      tail = ringStore(max - headMax);
      total = 0;
      if (carry.length) push(carry);
      return { text, omitted: dropped };
    },
  };
}

function joined(head: Buffer, tail: Buffer, gap: boolean): string {
  if (!gap) return tail.length ? Buffer.concat([head, tail]).toString('utf8') : head.toString('utf8');
  return head.toString('utf8', 0, completeEnd(head)) + tail.toString('utf8', firstWhole(tail));
}

/** Where the last complete character ends; the whole length when the end is no UTF-8 at all. */
function completeEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 && byte < 0xf8 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return byte < 0xf8 && needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Skips what is left of a character whose beginning is gone. */
function firstWhole(bytes: Buffer): number {
  let at = 0;
  while (at < 3 && at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at++;
  return at;
}

interface Store {
  readonly length: number;
  bytes(): Buffer;
}

function view(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function grown(needed: number, current: number, max: number): number {
  return Math.min(max, Math.max(needed, current * 2, FIRST_SIZE));
}

/** Fills up once; `push` returns what found no room. */
function linearStore(max: number): Store & { push(chunk: Uint8Array): Uint8Array } {
  let buffer = EMPTY;
  let length = 0;
  return {
    get length() {
      return length;
    },
    bytes: () => buffer.subarray(0, length),
    push(chunk) {
      const room = Math.min(chunk.byteLength, max - length);
      if (room > 0) {
        if (length + room > buffer.length) {
          const next = Buffer.allocUnsafeSlow(grown(length + room, buffer.length, max));
          buffer.copy(next, 0, 0, length);
          buffer = next;
        }
        buffer.set(chunk.subarray(0, room), length);
        length += room;
      }
      return chunk.subarray(room);
    },
  };
}

/** Keeps the latest `max` bytes. */
function ringStore(max: number): Store & { push(chunk: Uint8Array): void } {
  let buffer = EMPTY;
  let start = 0;
  let length = 0;
  const bytes = (): Buffer => {
    if (start + length <= buffer.length) return buffer.subarray(start, start + length);
    return Buffer.concat([buffer.subarray(start), buffer.subarray(0, start + length - buffer.length)]);
  };
  return {
    get length() {
      return length;
    },
    bytes,
    push(chunk) {
      if (max === 0) return;
      const data = view(chunk.byteLength > max ? chunk.subarray(chunk.byteLength - max) : chunk);
      const wanted = Math.min(max, length + data.length);
      if (wanted > buffer.length) {
        const next = Buffer.allocUnsafeSlow(grown(wanted, buffer.length, max));
        bytes().copy(next);
        buffer = next;
        start = 0;
      }
      const at = (start + length) % buffer.length;
      const fitting = Math.min(data.length, buffer.length - at);
      data.copy(buffer, at, 0, fitting);
      data.copy(buffer, 0, fitting);
      const lost = Math.max(0, length + data.length - buffer.length);
      start = (start + lost) % buffer.length;
      length = length + data.length - lost;
    },
  };
}

/** Where the next bytes of a stream go. */
export interface Room {
  buffer: Buffer;
  offset: number;
  length: number;
}

export interface LineCutter {
  room(): Room;
  /** To be called when `bytes` of the room were filled. False when `take` wants no more. */
  filled(bytes: number): boolean;
  /** Hands over what is left without a line end. */
  end(): void;
  /** Lines that were too long to keep. */
  readonly tooLong: number;
}

export interface CutLine {
  /** Valid until `take` returns, between `start` and `end`, which are without the line's end. */
  buffer: Buffer;
  start: number;
  end: number;
  /** Bytes into the stream. */
  offset: number;
  /** Counted from 1. */
  number: number;
}

const NEWLINE = 10;
const RETURN = 13;

/**
 * Cuts a stream of bytes into lines in place: all goes into one buffer, which grows when a line needs it, and what
 * nobody asks the text of is never made into a string. Empty lines, and those that do not fit into `maxLine` bytes, are
 * counted but not handed over. `take` ends the work by answering false.
 */
export function lineCutter(first: Buffer, take: (line: CutLine) => boolean, maxLine: number): LineCutter {
  let held = 0;
  let at = 0;
  let dropping = false;
  let tooLong = 0;
  const line: CutLine = { buffer: first, start: 0, end: 0, offset: 0, number: 0 };

  const hand = (start: number, last: number): boolean => {
    line.number += 1;
    if (dropping) {
      dropping = false;
      tooLong += 1;
      return true;
    }
    line.start = start;
    line.end = line.buffer[last - 1] === RETURN ? last - 1 : last;
    line.offset = at - held + start;
    return line.start >= line.end || take(line);
  };

  return {
    room() {
      if (held === line.buffer.length) {
        if (held >= maxLine) {
          dropping = true;
          held = 0;
        } else {
          const larger = Buffer.allocUnsafeSlow(held * 2);
          line.buffer.copy(larger, 0, 0, held);
          line.buffer = larger;
        }
      }
      return { buffer: line.buffer, offset: held, length: line.buffer.length - held };
    },
    filled(bytes) {
      const known = held;
      held += bytes;
      at += bytes;
      const full = line.buffer.subarray(0, held);
      let from = 0;
      for (let found = full.indexOf(NEWLINE, known); found >= 0; found = full.indexOf(NEWLINE, from)) {
        if (!hand(from, found)) return false;
        from = found + 1;
      }
      line.buffer.copyWithin(0, from, held);
      held -= from;
      return true;
    },
    end() {
      if (held > 0 || dropping) hand(0, held);
    },
    get tooLong() {
      return tooLong;
    },
  };
}

export interface SseDecoder {
  /** Reports every event that ends in this chunk. The chunk must not be changed afterwards. */
  push(chunk: Buffer): void;
  /** The stream is over: an event without its closing blank line is still reported. */
  end(): void;
}

const LINE_END = 10;
const CARRIAGE_RETURN = 13;

/**
 * Cuts a byte stream into the data of server-sent events, whatever the chunk borders; names, ids and comments are
 * dropped. Every chunk is turned into text once and walked once, so an event costs little more than its own text.
 * A line or an event above `maxBytes` is dropped and reported by `onTooLong`.
 */
export function createSseDecoder(options: {
  onData: (data: string) => void;
  onTooLong: (bytes: number) => void;
  maxBytes: number;
}): SseDecoder {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let data: string | null = null;
  let dataBytes = 0;

  const readLine = (text: string, from: number, to: number): void => {
    const end = to > from && text.charCodeAt(to - 1) === CARRIAGE_RETURN ? to - 1 : to;
    if (end === from) {
      dispatch();
    } else if (text.startsWith('data:', from)) {
      const value = text.slice(text.startsWith(' ', from + 5) ? from + 6 : from + 5, end);
      data = data === null ? value : `${data}\n${value}`;
      dataBytes += end - from;
      if (dataBytes > options.maxBytes) data = '';
    }
  };
  const dispatch = (): void => {
    if (data === null) return;
    const complete = data;
    const bytes = dataBytes;
    data = null;
    dataBytes = 0;
    if (bytes > options.maxBytes) options.onTooLong(bytes);
    else options.onData(complete);
  };
  const hold = (part: Buffer): void => {
    if (part.length === 0) return;
    heldBytes += part.length;
    if (heldBytes > options.maxBytes) held = [];
    else held.push(part);
  };
  const takeHeld = (): void => {
    const bytes = heldBytes;
    const text = Buffer.concat(held).toString('utf8');
    held = [];
    heldBytes = 0;
    if (bytes > options.maxBytes) options.onTooLong(bytes);
    else readLine(text, 0, text.length);
  };

  return {
    push(chunk) {
      let start = 0;
      if (heldBytes > 0) {
        const end = chunk.indexOf(LINE_END);
        hold(end < 0 ? chunk : chunk.subarray(0, end));
        if (end < 0) return;
        takeHeld();
        start = end + 1;
      }
      const last = chunk.lastIndexOf(LINE_END);
      if (last >= start) {
        const text = chunk.toString('utf8', start, last);
        let from = 0;
        for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
          readLine(text, from, at);
          from = at + 1;
        }
        readLine(text, from, text.length);
        start = last + 1;
      }
      hold(chunk.subarray(start));
    },
    end() {
      if (heldBytes > 0) takeHeld();
      dispatch();
    },
  };
}

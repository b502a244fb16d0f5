/** Text with a place in it. `cursor` counts UTF-16 units and stands between graphemes. */
export interface Buffer {
  readonly text: string;
  readonly cursor: number;
}

export const EMPTY: Buffer = { text: '', cursor: 0 };

export function bufferOf(text: string): Buffer {
  return { text, cursor: text.length };
}

export function insert(buffer: Buffer, text: string): Buffer {
  const { cursor } = buffer;
  return { text: buffer.text.slice(0, cursor) + text + buffer.text.slice(cursor), cursor: cursor + text.length };
}

/** Replaces what stands between two places; the cursor ends behind it. */
export function replace(buffer: Buffer, from: number, to: number, text = ''): Buffer {
  return { text: buffer.text.slice(0, from) + text + buffer.text.slice(to), cursor: from + text.length };
}

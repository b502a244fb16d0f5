export type Line = { text: string } | { tooLong: number };

export interface LineSplitter {
  /** Complete lines found so far, without their line end. */
  push(chunk: Uint8Array): Line[];
  /** What is left without a final line end; empty when there is nothing. */
  end(): Line[];
  /** Bytes of the line whose end has not come, kept or not. */
  readonly held: number;
}

/**
 * Cuts a byte stream into UTF-8 lines at `\n` (a `\r` before it is dropped), whatever the chunk borders.
 * A line above `maxBytes` is not kept: it comes out as `{tooLong: bytes}` once its end is seen.
 */
export function lineSplitter(maxBytes = Number.POSITIVE_INFINITY): LineSplitter {
  let parts: Uint8Array[] = [];
  let held = 0;
  const take = (): Line => {
    const bytes = held;
    const kept = parts;
    parts = [];
    held = 0;
    if (bytes > maxBytes) return { tooLong: bytes };
    const [first] = kept;
    const whole = first && kept.length === 1 ? first : Buffer.concat(kept);
    const text = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString('utf8');
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text };
  };
  const hold = (part: Uint8Array) => {
    held += part.byteLength;
    if (held > maxBytes) parts = [];
    else if (part.byteLength) parts.push(part);
  };
  return {
    push(chunk) {
      const lines: Line[] = [];
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        hold(chunk.subarray(from, at));
        lines.push(take());
        from = at + 1;
      }
      // The caller may reuse its buffer, so what outlives this call is copied.
      if (from < chunk.byteLength) hold(Uint8Array.prototype.slice.call(chunk, from));
      return lines;
    },
    end: () => (held > 0 ? [take()] : []),
    get held() {
      return held;
    },
  };
}

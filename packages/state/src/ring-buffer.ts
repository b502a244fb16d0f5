/** The newest texts, as many as fit into `maxBytes`; a text that does not fit alone empties it. */
export interface RingBuffer {
  push(text: string): void;
  /** Oldest first. */
  texts(): string[];
}

export function ringBuffer(maxBytes: number): RingBuffer {
  let texts: { text: string; bytes: number }[] = [];
  let first = 0;
  let held = 0;
  return {
    push(text) {
      const bytes = Buffer.byteLength(text);
      texts.push({ text, bytes });
      held += bytes;
      while (held > maxBytes) {
        held -= texts[first]?.bytes ?? 0;
        first += 1;
      }
      // Now and then, so that dropping costs the same however much is held.
      if (first > 1024 && first * 2 > texts.length) {
        texts = texts.slice(first);
        first = 0;
      }
    },
    texts: () => texts.slice(first).map(({ text }) => text),
  };
}

import type { ThreadItem } from '@codex/protocol';

type Reasoning = Extract<ThreadItem, { type: 'reasoning' }>;

export interface ReasoningCollector {
  /** A part of the item `id`; the first part says how many there are. */
  add(id: string, said: string, raw: boolean, parts: number | null): void;
  /** Lets an item go whose remaining parts will not come. */
  flush(): void;
}

/** Puts the parts of a reasoning item, one line each, together again. */
export function reasoningCollector(done: (item: Reasoning) => void): ReasoningCollector {
  let item: Reasoning | null = null;
  let left = 0;
  const flush = (): void => {
    const ready = item;
    item = null;
    if (ready) done(ready);
  };
  return {
    add(id, said, raw, parts) {
      if (parts !== null || item?.id !== id) {
        flush();
        item = { type: 'reasoning', id, summary: [], content: [] };
        left = parts ?? 1;
      }
      (raw ? item.content : item.summary).push(said);
      left -= 1;
      if (left <= 0) flush();
    },
    flush,
  };
}

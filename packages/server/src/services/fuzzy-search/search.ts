import { type Clock, linkedController } from '@codex/base';
import type { FuzzyFileSearchResult } from '@codex/protocol';
import type { FileList } from './file-list.ts';
import { createPacer } from './pacer.ts';
import { createTopMatches } from './top-matches.ts';

export type Results = FuzzyFileSearchResult[];

const MAX_RESULTS = 50;
const PROGRESS_MS = 100;

/**
 * The best matches once the list is complete, or null when `signal` aborts before. Until then `onProgress` gets better
 * and better ones, now and then.
 */
export async function search(
  list: FileList,
  query: string,
  deps: { clock: Clock; signal: AbortSignal; onProgress?: (results: Results) => void },
): Promise<Results | null> {
  const { clock, signal, onProgress } = deps;
  const top = createTopMatches(query, MAX_RESULTS);
  const pacer = createPacer(clock);
  for (let next = 0; ; ) {
    const isComplete = list.finished;
    for (const known = list.files.length; next < known; next++) {
      const file = list.files[next];
      if (file) top.consider(file);
      if (pacer.isDue()) await pacer.rest();
      if (signal.aborted) return null;
    }
    if (signal.aborted) return null;
    if (isComplete) return top.results();
    if (top.takeChanged()) onProgress?.(top.results());
    await either(list.end, PROGRESS_MS, clock, signal);
    await pacer.rest();
  }
}

/** Resolves with `done`, after `ms`, or when `signal` aborts. */
async function either(done: Promise<void>, ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const { controller, unlink } = linkedController(signal);
  await Promise.race([done, clock.sleep(ms, controller.signal).catch(() => {})]);
  controller.abort();
  unlink();
}

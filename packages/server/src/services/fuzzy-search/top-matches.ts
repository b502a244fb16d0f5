import { basename } from 'node:path/posix';
import type { FuzzyFileSearchResult } from '@codex/protocol';
import type { Candidate } from './candidate.ts';
import { createMatcher } from './matcher.ts';
import { parseQuery } from './pattern.ts';

/** The best candidates for one query out of all that were considered. */
export interface TopMatches {
  consider(candidate: Candidate): void;
  /** Whether `results` have changed since this was last asked. */
  takeChanged(): boolean;
  /** At most `limit`, best first. */
  results(): FuzzyFileSearchResult[];
}

interface Ranked {
  candidate: Candidate;
  score: number;
}

export function createTopMatches(query: string, limit: number): TopMatches {
  const atoms = parseQuery(query);
  const matcher = createMatcher();
  const best: Ranked[] = [];
  let changed = false;

  return {
    consider(candidate) {
      const score = matcher.score(atoms, candidate);
      if (score < 0) return;
      const entry = { candidate, score };
      const last = best.at(-1);
      if (best.length >= limit && last && comesBefore(entry, last) >= 0) return;
      let at = best.length;
      while (at > 0 && comesBefore(entry, best[at - 1] as Ranked) < 0) at--;
      best.splice(at, 0, entry);
      changed = true;
      if (best.length > limit) best.pop();
    },
    takeChanged() {
      const was = changed;
      changed = false;
      return was;
    },
    results: () =>
      best
        .toSorted((a, b) => b.score - a.score || compareText(a.candidate.path, b.candidate.path))
        .map(({ candidate, score }) => ({
          root: candidate.root,
          path: candidate.path,
          file_name: basename(candidate.path),
          score,
          indices: matcher.indices(atoms, candidate),
        })),
  };
}

/** Among equals short paths are kept. */
function comesBefore(a: Ranked, b: Ranked): number {
  return (
    b.score - a.score ||
    a.candidate.length - b.candidate.length ||
    compareText(a.candidate.path, b.candidate.path) ||
    compareText(a.candidate.root, b.candidate.root)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import { canonicalJson, type Clock, type Logger } from '@codex/base';
import { loadSkills } from './load.ts';
import { readText } from './read-text.ts';
import type { SkillPlace } from './roots.ts';
import type { Skill, SkillSet } from './skill.ts';
import { type FolderWatch, watchFolders } from './watch.ts';

/** Further changes are told together after this time. */
const QUIET_MS = 10_000;
/** Places whose skills are kept and watched: those asked for last. */
const MAX_PLACES = 64;

export interface SkillLibrary {
  /** The skills of a place, from memory unless something changed there or `fresh` is asked for. */
  load(place: SkillPlace, options?: { fresh?: boolean }): Promise<SkillSet>;
  /** The whole SKILL.md, as it is now. Rejects when it cannot be read. */
  read(skill: Skill): Promise<string>;
  /** Forgets everything, so that the next load reads files. */
  clear(): void;
  close(): void;
}

export interface SkillLibraryDeps {
  clock: Clock;
  log: Logger;
  /** A file or folder of a loaded place has changed: told at once, then at most every ten seconds. */
  onChange: () => void;
}

/** Skills by place, one library for all threads of a process; what was loaded is watched (skills specification §3). */
export function createSkillLibrary({ clock, log, onChange }: SkillLibraryDeps): SkillLibrary {
  const places = new Map<string, Promise<SkillSet>>();
  /** What to watch for each place. Outlives the skills that a change made stale, so that later changes are told too. */
  const foldersOf = new Map<string, readonly string[]>();
  let watch: FolderWatch | undefined;
  let quiet: (() => void) | undefined;
  let changedMeanwhile = false;
  let closed = false;

  const tell = () => {
    places.clear();
    if (quiet) {
      changedMeanwhile = true;
      return;
    }
    onChange();
    quiet = clock.timer(QUIET_MS, () => {
      quiet = undefined;
      if (changedMeanwhile) tell();
      changedMeanwhile = false;
    });
  };

  const keepWatch = (key: string, folders: readonly string[]) => {
    foldersOf.delete(key);
    foldersOf.set(key, folders);
    for (const oldest of [...foldersOf.keys()].slice(0, -MAX_PLACES)) {
      foldersOf.delete(oldest);
      places.delete(oldest);
    }
    if (!closed) (watch ??= watchFolders(tell)).set([...foldersOf.values()].flat());
  };

  return {
    load(place, { fresh = false } = {}) {
      const key = canonicalJson(place);
      const known = fresh ? undefined : places.get(key);
      if (known) return known;
      const loading = loadSkills(place, log).then(({ skills, errors, folders }) => {
        keepWatch(key, folders);
        return { skills, errors };
      });
      places.set(key, loading);
      loading.catch(() => places.delete(key));
      return loading;
    },
    read: (skill) => readText(skill.metadata.path),
    clear: () => places.clear(),
    close: () => {
      closed = true;
      quiet?.();
      watch?.close();
    },
  };
}

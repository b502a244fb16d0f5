import path from 'node:path';
import type { SkillScope } from '@codex/protocol';
import { systemSkillsFolder } from './bundled/install.ts';

/** Where skills are looked for and which of them are switched off. Paths are absolute. */
export interface SkillPlace {
  readonly cwd: string;
  /** The folder of codex. */
  readonly home: string;
  /** The user's own folder; null when unknown. */
  readonly userHome: string | null;
  /** The outermost folder of the project around `cwd`; `cwd` itself outside of any. */
  readonly projectRoot: string;
  readonly extraRoots?: readonly string[];
  /** Folders with skills of plugins. */
  readonly pluginRoots?: readonly string[];
  /** Skills in `home/skills/.system`. */
  readonly system: boolean;
  /** The SKILL.md of skills that are switched off. */
  readonly disabled: readonly string[];
}

export interface SkillRoot {
  readonly folder: string;
  readonly scope: SkillScope;
  readonly followLinks: boolean;
}

/** The folders to search, in order, each once (skills specification §1). They need not exist. */
export function skillRoots(place: SkillPlace): SkillRoot[] {
  const upward = foldersUpward(place.cwd, place.projectRoot);
  const root = (scope: SkillScope, folder: string, followLinks = true): SkillRoot => ({ folder, scope, followLinks });
  const roots = [
    ...upward.map((folder) => root('repo', path.join(folder, '.codex/skills'))),
    root('user', path.join(place.home, 'skills')),
    ...(place.userHome === null ? [] : [root('user', path.join(place.userHome, '.agents/skills'))]),
    ...(place.system ? [root('system', systemSkillsFolder(place.home), false)] : []),
    root('admin', '/etc/codex/skills'),
    ...(place.pluginRoots ?? []).map((folder) => root('user', folder, false)),
    ...upward.toReversed().map((folder) => root('repo', path.join(folder, '.agents/skills'))),
    ...(place.extraRoots ?? []).map((folder) => root('user', path.normalize(folder))),
  ];
  return roots.filter(({ folder }, at) => roots.findIndex((other) => other.folder === folder) === at);
}

/** From `inner` up to `outer`; only `inner` when it does not lie below. */
function foldersUpward(inner: string, outer: string): string[] {
  const folders = [inner];
  for (let at = inner; at !== outer; ) {
    const parent = path.dirname(at);
    if (parent === at) return [inner];
    folders.push(parent);
    at = parent;
  }
  return folders;
}

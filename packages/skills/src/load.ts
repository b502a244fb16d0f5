import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Logger, toMessage } from '@codex/base';
import type { SkillErrorInfo, SkillMetadata, SkillScope } from '@codex/protocol';
import { installBundledSkills } from './bundled/install.ts';
import { type Discovery, discover } from './discover.ts';
import { readExtras } from './extras.ts';
import { parseFrontMatter, requireLength, SkillFileError } from './front-matter.ts';
import { createPluginNames } from './plugin-name.ts';
import { type SkillPlace, type SkillRoot, skillRoots } from './roots.ts';
import type { Skill, SkillSet } from './skill.ts';

const MAX_NAME = 64;
const SCOPES: readonly SkillScope[] = ['repo', 'user', 'system', 'admin'];

export interface LoadedSkills extends SkillSet {
  /** Folders a change in which may change the answer; some may not exist. */
  readonly folders: readonly string[];
}

/** Reads every skill of a place. A file seen from several roots counts for the first (skills specification §1). */
export async function loadSkills(place: SkillPlace, log: Logger): Promise<LoadedSkills> {
  if (place.system) await installBundledSkills(place.home, log);
  return loadRoots(skillRoots(place), place.disabled, log);
}

/** The skills in these folders and nowhere else, by name; what is none is left out. Does not follow links. */
export async function loadSkillFolders(folders: readonly string[], log: Logger): Promise<readonly Skill[]> {
  const roots = folders.map((folder): SkillRoot => ({ folder, scope: 'user', followLinks: false }));
  return (await loadRoots(roots, [], log)).skills;
}

async function loadRoots(
  roots: readonly SkillRoot[],
  switchedOff: readonly string[],
  log: Logger,
): Promise<LoadedSkills> {
  const found: Discovery[] = await Promise.all(roots.map(discover));
  const scopes = new Map<string, SkillScope>();
  for (const [at, { scope }] of roots.entries()) {
    for (const file of found[at]?.files ?? []) if (!scopes.has(file)) scopes.set(file, scope);
  }
  const disabled = new Set(switchedOff);
  const pluginNames = createPluginNames();
  const errors: SkillErrorInfo[] = [];
  const read = async ([file, scope]: [string, SkillScope]): Promise<Skill[]> => {
    try {
      return [await readSkill(file, scope, { enabled: !disabled.has(file), pluginNames, log })];
    } catch (error) {
      if (scope !== 'system') errors.push({ path: file, message: toMessage(error) });
      return [];
    }
  };
  const skills = (await Promise.all([...scopes].map(read))).flat();
  return {
    skills: skills.sort(byScopeNamePath),
    errors: errors.sort((a, b) => compare(a.path, b.path)),
    folders: [...new Set(found.flatMap((each) => each.folders))],
  };
}

interface Surroundings {
  enabled: boolean;
  pluginNames: (folder: string) => Promise<string | null>;
  log: Logger;
}

async function readSkill(file: string, scope: SkillScope, { enabled, pluginNames, log }: Surroundings): Promise<Skill> {
  const folder = path.dirname(file);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new SkillFileError(`failed to read file: ${toMessage(error)}`, { cause: error });
  }
  const front = await parseFrontMatter(text);
  const plugin = await pluginNames(folder);
  const name = `${plugin === null ? '' : `${plugin}:`}${front.name ?? path.basename(folder)}`;
  requireLength('name', name, MAX_NAME);
  const extras = await readExtras(folder);
  if (extras.problem !== null) log.warn({ skill: file, problem: extras.problem }, 'agents/openai.yaml ignored');
  const metadata: SkillMetadata = { name, description: front.description, path: file, scope, enabled };
  if (front.shortDescription !== null) metadata.shortDescription = front.shortDescription;
  if (extras.interface !== null) metadata.interface = extras.interface;
  if (extras.tools.length > 0) metadata.dependencies = { tools: extras.tools };
  return { metadata, implicit: extras.implicit };
}

function byScopeNamePath({ metadata: a }: Skill, { metadata: b }: Skill): number {
  return SCOPES.indexOf(a.scope) - SCOPES.indexOf(b.scope) || compare(a.name, b.name) || compare(a.path, b.path);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

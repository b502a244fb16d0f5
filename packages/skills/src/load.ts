import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { type Logger, toMessage } from '@codex/base';
import type { SkillErrorInfo, SkillMetadata, SkillScope } from '@codex/protocol';
import { installBundledSkills, systemSkillsFolder } from './bundled/install.ts';
import { type Discovery, discover } from './discover.ts';
import { readExtras } from './extras.ts';
import { parseFrontMatter, requireLength, SkillFileError } from './front-matter.ts';
import { createPluginNames } from './plugin-name.ts';
import { readText } from './read-text.ts';
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
  const isOurs = place.system && (await installBundledSkills(place.home, log));
  if (!isOurs) return loadRoots(skillRoots(place), place.disabled, log);
  const [found, bundled] = await Promise.all([
    loadRoots(skillRoots({ ...place, system: false }), place.disabled, log),
    bundledSkills(place, log),
  ]);
  return { ...found, skills: [...found.skills, ...bundled].sort(byScopeNamePath) };
}

/** As they were written: every session begins with them, and to read them back would take most of the time. */
async function bundledSkills({ home, disabled }: SkillPlace, log: Logger): Promise<Skill[]> {
  const [{ bundledFiles }, folder] = await Promise.all([
    import('./bundled/files.ts'),
    realpath(systemSkillsFolder(home)),
  ]);
  const files = bundledFiles();
  const surroundings = {
    log,
    pluginNames: async () => null,
    read: async (file: string) => {
      const text = files.get(path.relative(folder, file));
      if (text === undefined) throw new Error(`no such file: ${file}`);
      return text;
    },
  };
  const heads = [...files.keys()].filter((name) => path.basename(name) === 'SKILL.md');
  return Promise.all(
    heads.map((name) => {
      const file = path.join(folder, name);
      return readSkill(file, 'system', { ...surroundings, enabled: !disabled.includes(file) });
    }),
  );
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
  const load = async ([file, scope]: [string, SkillScope]): Promise<Skill[]> => {
    try {
      return [await readSkill(file, scope, { enabled: !disabled.has(file), pluginNames, read: readText, log })];
    } catch (error) {
      if (scope !== 'system') errors.push({ path: file, message: toMessage(error) });
      return [];
    }
  };
  const skills = (await Promise.all([...scopes].map(load))).flat();
  return {
    skills: skills.sort(byScopeNamePath),
    errors: errors.sort((a, b) => compare(a.path, b.path)),
    folders: [...new Set(found.flatMap((each) => each.folders))],
  };
}

interface Surroundings {
  enabled: boolean;
  pluginNames: (folder: string) => Promise<string | null>;
  read: (file: string) => Promise<string>;
  log: Logger;
}

async function readSkill(
  file: string,
  scope: SkillScope,
  { enabled, pluginNames, read, log }: Surroundings,
): Promise<Skill> {
  const folder = path.dirname(file);
  let text: string;
  try {
    text = await read(file);
  } catch (error) {
    throw new SkillFileError(`failed to read file: ${toMessage(error)}`, { cause: error });
  }
  const front = await parseFrontMatter(text);
  const plugin = await pluginNames(folder);
  const name = `${plugin === null ? '' : `${plugin}:`}${front.name ?? path.basename(folder)}`;
  requireLength('name', name, MAX_NAME);
  const extras = await readExtras(folder, read);
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

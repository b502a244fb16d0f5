import path from 'node:path';
import { isObject } from '@codex/base';
import type { SkillInterface, SkillToolDependency } from '@codex/protocol';
import { oneLine } from './front-matter.ts';
import { readYaml } from './yaml.ts';

/** What `agents/openai.yaml` beside a SKILL.md adds (skills specification §2). */
export interface Extras {
  readonly interface: SkillInterface | null;
  readonly tools: SkillToolDependency[];
  readonly implicit: boolean;
  /** Why the file was ignored; null when it was read or there is none. */
  readonly problem: string | null;
}

const NONE: Extras = { interface: null, tools: [], implicit: true, problem: null };
const MAX_NAME = 64;
const MAX_TEXT = 1_024;

/** Never throws: a field that breaks its rule is left out, a file that cannot be read altogether. */
export async function readExtras(skillFolder: string, read: (file: string) => Promise<string>): Promise<Extras> {
  let text: string;
  try {
    text = await read(path.join(skillFolder, 'agents/openai.yaml'));
  } catch {
    return NONE;
  }
  try {
    const file = await readYaml(text);
    if (!isObject(file)) return { ...NONE, problem: 'not a mapping' };
    const tools = member(file, 'dependencies')['tools'];
    return {
      interface: readInterface(member(file, 'interface'), skillFolder),
      tools: Array.isArray(tools) ? tools.flatMap((tool) => (isObject(tool) ? readTool(tool) : [])) : [],
      implicit: member(file, 'policy')['allow_implicit_invocation'] !== false,
      problem: null,
    };
  } catch (error) {
    return { ...NONE, problem: error instanceof Error ? error.message : String(error) };
  }
}

function readInterface(table: Record<string, unknown>, skillFolder: string): SkillInterface | null {
  const color = text(table['brand_color'], MAX_TEXT);
  const found: SkillInterface = {
    displayName: text(table['display_name'], MAX_NAME),
    shortDescription: text(table['short_description'], MAX_TEXT),
    iconSmall: asset(table['icon_small'], skillFolder),
    iconLarge: asset(table['icon_large'], skillFolder),
    brandColor: color !== null && /^#[0-9a-fA-F]{6}$/.test(color) ? color : null,
    defaultPrompt: text(table['default_prompt'], MAX_TEXT),
  };
  return Object.values(found).some((value) => value !== null) ? found : null;
}

function readTool(table: Record<string, unknown>): SkillToolDependency[] {
  const type = text(table['type'], MAX_NAME);
  const value = text(table['value'], MAX_TEXT);
  if (type === null || value === null) return [];
  const tool: SkillToolDependency = { type, value };
  for (const key of ['description', 'transport', 'command', 'url'] as const) {
    const found = text(table[key], MAX_TEXT);
    if (found !== null) tool[key] = found;
  }
  return [tool];
}

/** A file below the skill's own `assets`, as an absolute path. */
function asset(value: unknown, skillFolder: string): string | null {
  const relative = text(value, MAX_TEXT);
  if (relative === null || path.isAbsolute(relative)) return null;
  const parts = relative.split('/').filter((part) => part !== '' && part !== '.');
  if (parts[0] !== 'assets' || parts.includes('..')) return null;
  return path.join(skillFolder, ...parts);
}

function text(value: unknown, max: number): string | null {
  const line = typeof value === 'string' ? oneLine(value) : '';
  return line !== '' && Array.from(line).length <= max ? line : null;
}

function member(table: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = table[key];
  return isObject(value) ? value : {};
}

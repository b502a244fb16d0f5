import { isObject, toMessage } from '@codex/base';
import { readYaml } from './yaml.ts';

export interface FrontMatter {
  /** Null when the file gives none. */
  readonly name: string | null;
  readonly description: string;
  readonly shortDescription: string | null;
}

/** Why a file is no skill, in words clients know (skills specification §2). */
export class SkillFileError extends Error {
  override readonly name = 'SkillFileError';
}

const DELIMITER = '---';
const MAX_DESCRIPTION = 1_024;

/** Reads the head of a SKILL.md. Throws SkillFileError. */
export async function parseFrontMatter(text: string): Promise<FrontMatter> {
  const table = await parseYaml(head(text));
  const metadata = table['metadata'] ?? {};
  if (!isObject(metadata)) throw new SkillFileError('invalid YAML: metadata is not a mapping');
  const description = textOf(table, 'description');
  if (!description) throw new SkillFileError('missing field `description`');
  const shortDescription = textOf(metadata, 'short-description', 'metadata.');
  requireLength('description', description, MAX_DESCRIPTION);
  if (shortDescription) requireLength('metadata.short-description', shortDescription, MAX_DESCRIPTION);
  return { name: textOf(table, 'name') || null, description, shortDescription: shortDescription || null };
}

/** Lengths are in characters, as people count them. Throws SkillFileError. */
export function requireLength(field: string, value: string, max: number): void {
  if (Array.from(value).length > max) {
    throw new SkillFileError(`invalid ${field}: exceeds maximum length of ${max} characters`);
  }
}

/** What stands between the two lines `---`. */
function head(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line, at) => at > 0 && line.trim() === DELIMITER);
  if (lines[0]?.trim() !== DELIMITER || end < 2) {
    throw new SkillFileError('missing YAML frontmatter delimited by ---');
  }
  return lines.slice(1, end).join('\n');
}

async function parseYaml(text: string): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    value = await readYaml(text);
  } catch (error) {
    throw new SkillFileError(`invalid YAML: ${toMessage(error)}`, { cause: error });
  }
  if (!isObject(value)) throw new SkillFileError('invalid YAML: the front matter is not a mapping');
  return value;
}

/** A text on one line; null when the key is missing. */
function textOf(table: Record<string, unknown>, key: string, prefix = ''): string | null {
  const value = table[key] ?? null;
  if (value === null) return null;
  if (typeof value !== 'string') throw new SkillFileError(`invalid YAML: ${prefix}${key} is not a text`);
  return oneLine(value);
}

export function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

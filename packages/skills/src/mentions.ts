import type { UserInput } from '@codex/protocol';
import type { Skill } from './skill.ts';

/** `[$name](path)` or `$name`; names are of letters, digits, `_`, `-` and `:`. */
const MENTION = /\[\$([A-Za-z0-9_:-]+)\]\s*\(([^)]*)\)|\$([A-Za-z0-9_:-]+)/g;
/** Variables that texts about shells are full of. */
const VARIABLES = new Set('PATH HOME USER SHELL PWD TMPDIR TEMP TMP LANG TERM XDG_CONFIG_HOME'.split(' '));
const OTHER_KINDS = /^(?:app|mcp|plugin):\/\//;
const SKILL_KIND = 'skill://';

/**
 * The enabled skills an input asks for, each once: those given as items, then those linked by path, then those called
 * by a name that only one of them has (skills specification §4).
 */
export function mentionedSkills(input: readonly UserInput[], skills: readonly Skill[]): Skill[] {
  const enabled = skills.filter(({ metadata }) => metadata.enabled);
  const items = input.flatMap((item) => (item.type === 'skill' ? item : []));
  const written = input.flatMap((item) => (item.type === 'text' ? mentionsIn(item.text) : []));
  const itemPaths = new Set(items.map((item) => item.path));
  const itemNames = new Set(items.map((item) => item.name));
  const linked = new Set(written.flatMap((mention) => mention.path ?? []));
  const named = new Set(written.flatMap((mention) => (mention.path === null ? mention.name : [])));
  const onlyOneIsCalled = (name: string) => enabled.filter(({ metadata }) => metadata.name === name).length === 1;
  const selected = [
    ...enabled.filter(({ metadata }) => itemPaths.has(metadata.path)),
    ...enabled.filter(({ metadata }) => linked.has(metadata.path)),
    ...enabled.filter(({ metadata: { name } }) => named.has(name) && !itemNames.has(name) && onlyOneIsCalled(name)),
  ];
  return [...new Set(selected)];
}

interface Mention {
  readonly name: string;
  /** Null for a plain name. */
  readonly path: string | null;
}

function mentionsIn(text: string): Mention[] {
  return Array.from(text.matchAll(MENTION), ([, linkName, link = '', plainName = '']): Mention[] => {
    if (VARIABLES.has((linkName ?? plainName).toUpperCase())) return [];
    if (linkName === undefined) return [{ name: plainName, path: null }];
    const target = link.trim();
    if (target === '' || OTHER_KINDS.test(target)) return [];
    return [{ name: linkName, path: target.startsWith(SKILL_KIND) ? target.slice(SKILL_KIND.length) : target }];
  }).flat();
}

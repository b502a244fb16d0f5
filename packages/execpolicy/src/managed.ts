import { isObject } from '@codex/base';
import type { PatternToken, PrefixRule, Rules } from './rule.ts';

export type ManagedRules =
  | { readonly ok: true; readonly rules: Rules }
  | { readonly ok: false; readonly message: string };

/**
 * The `[rules]` table of requirements.toml, already read from TOML (execpolicy specification §8). Such rules can only
 * restrict, and are merged in last.
 */
export function managedRules(table: unknown): ManagedRules {
  const entries = isObject(table) ? table.prefix_rules : undefined;
  if (!Array.isArray(entries) || entries.length === 0) {
    return { ok: false, message: 'rules prefix_rules cannot be empty' };
  }
  const prefix: PrefixRule[] = [];
  for (const [index, entry] of entries.entries()) {
    const rules = readEntry(entry);
    if (typeof rules === 'string') return { ok: false, message: `rules prefix_rule at index ${index} ${rules}` };
    for (const rule of rules) prefix.push(rule);
  }
  return { ok: true, rules: { prefix, network: [], hosts: new Map() } };
}

/** A text is what is wrong with the entry. */
function readEntry(entry: unknown): PrefixRule[] | string {
  if (!isObject(entry)) return 'is not a table';
  const { decision, justification = null } = entry;
  if (!Array.isArray(entry.pattern) || entry.pattern.length === 0) return 'has an empty pattern';
  const pattern: PatternToken[] = [];
  for (const [at, item] of entry.pattern.entries()) {
    const token = readToken(item);
    if (!token.ok) return `has an invalid pattern token at index ${at}: ${token.message}`;
    pattern.push(token.value);
  }
  if (justification !== null && typeof justification !== 'string') return 'has a justification that is no text';
  if (justification?.trim() === '') return 'has an empty justification';
  if (decision === undefined) return 'is missing a decision';
  if (decision !== 'prompt' && decision !== 'forbidden') {
    return `has decision '${typeof decision === 'string' ? decision : typeof decision}', which is not permitted: managed rules can only prompt or forbid`;
  }
  const [heads = [], ...rest] = pattern;
  const firsts = typeof heads === 'string' ? [heads] : heads;
  return firsts.map((first) => ({ first, rest, decision, justification }));
}

function readToken(item: unknown): { ok: true; value: PatternToken } | { ok: false; message: string } {
  const { token, any_of: anyOf } = isObject(item) ? item : {};
  if ((token === undefined) === (anyOf === undefined)) {
    return { ok: false, message: 'set exactly one of token or any_of' };
  }
  const words: unknown[] = Array.isArray(anyOf) ? anyOf : [token];
  const texts = words.filter((word): word is string => typeof word === 'string' && word.trim() !== '');
  if (texts.length === 0 || texts.length < words.length)
    return { ok: false, message: 'words must be texts that are not blank' };
  return { ok: true, value: typeof token === 'string' ? token : texts };
}

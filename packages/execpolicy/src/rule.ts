export type Decision = 'allow' | 'prompt' | 'forbidden';

const STRICTNESS: Readonly<Record<Decision, number>> = { allow: 0, prompt: 1, forbidden: 2 };

export function stricter(a: Decision, b: Decision): Decision {
  return STRICTNESS[a] >= STRICTNESS[b] ? a : b;
}

/** The word itself, or several of which one must stand there. */
export type PatternToken = string | readonly string[];

/** Matches commands whose first words are `first` and then `rest`. */
export interface PrefixRule {
  readonly first: string;
  readonly rest: readonly PatternToken[];
  readonly decision: Decision;
  readonly justification: string | null;
  /** Made by an administrator: holds for the program under every path, whatever other rules say of paths. */
  readonly managed?: true;
}

export type NetworkProtocol = 'http' | 'https' | 'socks5_tcp' | 'socks5_udp';

export interface NetworkRule {
  /** Normalised: lower case, no port, no brackets, no final dot. */
  readonly host: string;
  readonly protocol: NetworkProtocol;
  readonly decision: Decision;
  readonly justification: string | null;
}

/** All rules that are in force, in the order they were read. A value: changes make a new one. */
export interface Rules {
  readonly prefix: readonly PrefixRule[];
  readonly network: readonly NetworkRule[];
  /** By program name, the absolute paths that count as that program. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
}

export const NO_RULES: Rules = { prefix: [], network: [], hosts: new Map() };

/** Later rules never loosen earlier ones; of two lists of paths for a program the later one holds. */
export function mergeRules(...all: readonly Rules[]): Rules {
  return {
    prefix: all.flatMap((rules) => rules.prefix),
    network: all.flatMap((rules) => rules.network),
    hosts: new Map(all.flatMap((rules) => [...rules.hosts])),
  };
}

/** The rules and one more that allows commands beginning with `prefix` (an approved amendment takes effect at once). */
export function withPrefix(rules: Rules, prefix: readonly string[]): Rules {
  const [first, ...rest] = prefix;
  if (first === undefined) return rules;
  return { ...rules, prefix: [...rules.prefix, { first, rest, decision: 'allow', justification: null }] };
}

/** The rules and one more about the network. */
export function withNetwork(rules: Rules, rule: NetworkRule): Rules {
  return { ...rules, network: [...rules.network, rule] };
}

/** The rules without those that permit something; for when it is unknown which others they stood beside. */
export function restrictionsOf(rules: Rules): Rules {
  return {
    ...rules,
    prefix: rules.prefix.filter((rule) => rule.decision !== 'allow'),
    network: rules.network.filter((rule) => rule.decision !== 'allow'),
  };
}

const MAX_LISTED = 100;
const MAX_LISTED_CHARS = 5000;

/**
 * The prefixes that are allowed, as the model is told at the start of a thread: one line each, short ones first, at most
 * 100 lines and 5,000 characters; alternatives are written `[a|b]`. Null when nothing is allowed.
 */
export function allowedPrefixes(rules: Rules): string | null {
  const lines = rules.prefix
    .filter((rule) => rule.decision === 'allow')
    .map(({ first, rest }) => {
      const tokens = [first, ...rest].map((token) => (typeof token === 'string' ? token : `[${token.join('|')}]`));
      return { words: tokens.length, text: `- [${tokens.map((token) => JSON.stringify(token)).join(', ')}]` };
    })
    .sort((a, b) => a.words - b.words || a.text.length - b.text.length || (a.text < b.text ? -1 : 1))
    .map(({ text }) => text);
  const kept: string[] = [];
  let chars = 0;
  for (const line of new Set(lines)) {
    chars += line.length + 1;
    if (kept.length === MAX_LISTED || chars > MAX_LISTED_CHARS) break;
    kept.push(line);
  }
  return kept.length > 0 ? kept.join('\n') : null;
}

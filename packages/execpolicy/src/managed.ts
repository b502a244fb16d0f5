import type { PatternToken, PrefixRule, Rules } from './rule.ts';

/** A rule of an administrator's requirements.toml, already checked: it can only restrict. */
export interface ManagedRule {
  readonly pattern: readonly PatternToken[];
  readonly decision: 'prompt' | 'forbidden';
  readonly justification: string | null;
}

/** The rules of an administrator (execpolicy specification §8), to be merged in last. */
export function managedRules(entries: readonly ManagedRule[]): Rules {
  const prefix = entries.flatMap(({ pattern: [heads = [], ...rest], decision, justification }): PrefixRule[] => {
    const firsts = typeof heads === 'string' ? [heads] : heads;
    return firsts.map((first) => ({ first, rest, decision, justification, managed: true }));
  });
  return { prefix, network: [], hosts: new Map() };
}

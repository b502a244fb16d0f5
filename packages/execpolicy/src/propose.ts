import { evaluate, type EvaluateOptions, type Verdict } from './evaluate.ts';
import type { CommandParts } from './parts.ts';
import { type Decision, type Rules, withPrefix } from './rule.ts';

/** Prefixes that would allow about everything. */
const BANNED = new Set(
  [
    ...['python3', 'python'].flatMap((name) => [name, `${name} -`, `${name} -c`]),
    ...['py', 'py -3', 'pythonw', 'pyw', 'pypy', 'pypy3', 'git'],
    ...['bash', 'bash -lc', '/bin/bash', '/bin/bash -lc', 'zsh', 'zsh -lc', '/bin/zsh', '/bin/zsh -lc'],
    ...['sh', 'sh -c', 'sh -lc'],
    ...['pwsh', 'powershell', 'powershell.exe'].flatMap((name) => [name, `${name} -Command`, `${name} -c`]),
    ...['env', 'sudo', 'node', 'node -e', 'perl', 'perl -e', 'ruby', 'ruby -e', 'php', 'php -r', 'lua', 'lua -e'],
    'osascript',
  ].map((prefix) => JSON.stringify(prefix.split(' '))),
);

/**
 * The prefix a client may offer to allow for good, or null (execpolicy specification §5): `wanted`, what the model asked
 * for, if allowing it would settle the whole command; else the first part that is asked about for want of a rule (or, when
 * all of it runs, the first part, for a retry outside the sandbox). Pure.
 */
export function proposeAmendment(
  rules: Rules,
  parts: CommandParts,
  verdict: Verdict,
  wanted: readonly string[] | null,
  fallback: (words: readonly string[]) => Decision,
  options: Pick<EvaluateOptions, 'cwd'> = {},
): string[] | null {
  if (verdict.decision === 'forbidden') return null;
  const ruled = verdict.matches.some((match) => match.kind === 'rule');
  if (wanted && wanted.length > 0 && !ruled && !BANNED.has(JSON.stringify(wanted))) {
    const amended = evaluate(withPrefix(rules, wanted), parts.commands, fallback, { ...parts, ...options });
    if (amended.decision === 'allow') return [...wanted];
  }
  if (parts.complex) return null;
  if (verdict.matches.some((match) => match.kind === 'rule' && match.decision === 'prompt')) return null;
  if (verdict.decision === 'allow' && ruled) return null;
  const first = verdict.matches.find((match) => match.kind === 'fallback' && match.decision === verdict.decision);
  return first?.kind === 'fallback' && first.command.length > 0 ? [...first.command] : null;
}

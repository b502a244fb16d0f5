import { canonicalJson } from '@codex/base';
import { shellScript, splitCommand } from '@codex/shell-command';
import type { Permissions } from './permissions.ts';

/** What the user has allowed for the rest of a thread's life. */
export interface SessionApprovals {
  remember(key: string): void;
  has(key: string): boolean;
}

export function createSessionApprovals(): SessionApprovals {
  const keys = new Set<string>();
  return { remember: (key) => keys.add(key), has: (key) => keys.has(key) };
}

/**
 * One key per command, folder and kind of run (core specification §15.5). A plain command counts as the same whichever
 * shell carries it.
 */
export function commandKey(command: {
  argv: readonly string[];
  cwd: string;
  /** Outside the sandbox: what was allowed inside it does not hold there. */
  escalated: boolean;
  permissions: Permissions | null;
  tty: boolean;
}): string {
  const { cwd, escalated, permissions, tty } = command;
  return canonicalJson(['command', sameWords(command.argv), cwd, escalated, permissions, tty]);
}

function sameWords(argv: readonly string[]): readonly unknown[] {
  const script = shellScript(argv);
  if (script === null) return argv;
  const [only, ...more] = splitCommand(argv) ?? [];
  return only && !more.length ? only : [{ script }, argv[1]];
}

/** One key per changed file. */
export function fileKey(path: string): string {
  return canonicalJson(['file', path]);
}

import { canonicalJson } from '@codex/base';

/** What the user has allowed for the rest of a thread's life. */
export interface SessionApprovals {
  remember(key: string): void;
  has(key: string): boolean;
}

export function createSessionApprovals(): SessionApprovals {
  const keys = new Set<string>();
  return { remember: (key) => keys.add(key), has: (key) => keys.has(key) };
}

/** One key per command, folder and kind of run (core specification §15.5). */
export function commandKey(command: {
  argv: readonly string[];
  cwd: string;
  escalated: boolean;
  tty: boolean;
}): string {
  return canonicalJson(['command', command.argv, command.cwd, command.escalated, command.tty]);
}

/** One key per changed file. */
export function fileKey(path: string): string {
  return canonicalJson(['file', path]);
}

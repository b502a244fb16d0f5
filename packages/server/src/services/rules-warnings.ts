import { statSync } from 'node:fs';
import { toMessage } from '@codex/base';
import type { RulesReader } from '@codex/execpolicy';
import type { ConfigWarningNotification } from '@codex/protocol';

/** What is wrong with the rules about commands (app-server specification §17.4). */
export interface RulesWarnings {
  /** Of these folders; files are parsed again only when they changed. */
  of(folders: readonly string[]): Promise<ConfigWarningNotification[]>;
}

export function createRulesWarnings(): RulesWarnings {
  let ready: Promise<RulesReader> | undefined;
  const reader = () => (ready ??= import('@codex/execpolicy').then(({ createRulesReader }) => createRulesReader()));
  return {
    async of(folders) {
      // Most homes have no rules: the reader is not even loaded for them.
      if (!ready && folders.every(isMissing)) return [];
      try {
        const { warnings } = await (await reader()).load(folders);
        return warnings.map(({ summary, details, path, range }) => ({ summary, details, path, range }));
      } catch (error) {
        return [{ summary: 'Rules cannot be read; no command will run.', details: toMessage(error) }];
      }
    },
  };
}

/** What cannot be looked at is there: its reader says why it cannot be read. */
function isMissing(folder: string): boolean {
  try {
    return statSync(folder, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

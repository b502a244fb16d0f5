import { toMessage } from '@codex/base';
import type { Loaded } from '@codex/config';
import type { ConfigWarningNotification } from '@codex/protocol';

/** What is wrong with the rules about commands (app-server specification §17.4); nothing while the configuration itself is broken. */
export async function rulesWarnings(loaded: Loaded): Promise<ConfigWarningNotification[]> {
  if (!loaded.ok) return [];
  const { loadRules } = await import('@codex/execpolicy');
  try {
    const { warnings } = await loadRules(loaded.config.rulesFolders);
    return warnings.map(({ summary, details, path, range }) => ({ summary, details, path, range }));
  } catch (error) {
    return [{ summary: 'Rules cannot be read; no command will run.', details: toMessage(error) }];
  }
}

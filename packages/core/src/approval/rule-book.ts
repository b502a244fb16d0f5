import { toMessage, type Clock, type Logger } from '@codex/base';
import {
  amendNetwork,
  amendPrefix,
  createRulesReader,
  type ManagedRule,
  managedRules,
  mergeRules,
  type NetworkAmendment,
  type Rules,
  withNetwork,
  withPrefix,
} from '@codex/execpolicy';

/** The rules about commands as one thread sees them. */
export interface ThreadRules {
  /**
   * What is in force now: the files as they were when the thread began, and what users have allowed since. Rejects with
   * CodexError `config` when a file cannot be read.
   */
  current(): Promise<Rules>;
  /**
   * Allows commands that begin with `prefix` for good: written into the user's rules, then in force in every thread.
   * Rejects with CodexError when it cannot be written; nothing is allowed then.
   */
  allow(prefix: readonly string[]): Promise<void>;
  /** The same for a host that is allowed or denied. */
  amendNetwork(amendment: NetworkAmendment): Promise<void>;
}

/** The rules of all threads of a process (core specification §15.3). */
export interface RuleBook {
  /** Reads the `*.rules` files of these folders, lowest precedence first; `managed` are laid on top. */
  open(folders: readonly string[], managed: readonly ManagedRule[]): ThreadRules;
}

export function createRuleBook(deps: { home: string; clock: Clock; log: Logger }): RuleBook {
  const { home, clock, log } = deps;
  const reader = createRulesReader();
  const amendments: ((rules: Rules) => Rules)[] = [];

  const allow = async (prefix: readonly string[]): Promise<void> => {
    await amendPrefix(home, prefix, { clock });
    const kept = [...prefix];
    amendments.push((rules) => withPrefix(rules, kept));
  };
  const amendHost = async (amendment: NetworkAmendment): Promise<void> => {
    const rule = await amendNetwork(home, amendment, { clock });
    amendments.push((rules) => withNetwork(rules, rule));
  };

  const read = async (folders: readonly string[]): Promise<Rules> => {
    const { rules, warnings } = await reader.load(folders);
    for (const { path, details } of warnings) log.warn({ path, details }, 'a rules file is not in force');
    return rules;
  };

  return {
    open(folders, managed) {
      const prescribed = managedRules(managed);
      // What is allowed while the files are read may be in them already; twice does no harm.
      const since = amendments.length;
      let reading: Promise<Rules> | null = null;
      const files = () =>
        (reading ??= read(folders).catch((error: unknown) => {
          reading = null;
          throw error;
        }));
      files().catch((error: unknown) => log.warn({ err: toMessage(error) }, 'the rules files cannot be read'));
      const amended = async () => amendments.slice(since).reduce((rules, amend) => amend(rules), await files());
      return {
        current: async () => mergeRules(await amended(), prescribed),
        allow,
        amendNetwork: amendHost,
      };
    },
  };
}

import type { PatchFiles } from '@codex/apply-patch';
import type { Config } from '@codex/config';
import { findHooks, type HookHandler } from './hooks-file.ts';

/** How a session began: `startup` also for a fork. */
export type StartSource = 'startup' | 'resume';

/** The hooks of one loaded thread. */
export interface ThreadHooks {
  /** Read when somebody asks for the first time. */
  handlers(): Promise<readonly HookHandler[]>;
  /** How the session began, for who asks first; null for everybody after. */
  takeStart(): StartSource | null;
}

export interface ThreadHooksDeps {
  config: Pick<Config, 'features' | 'hookFiles'>;
  source: StartSource;
  files: Pick<PatchFiles, 'read'>;
  /** Hears what is wrong with the files. */
  warn: (message: string) => void;
}

/** Null, and nothing is read, without the feature. */
export function createThreadHooks({ config, source, files, warn }: ThreadHooksDeps): ThreadHooks | null {
  if (!config.features.codex_hooks) return null;
  let start: StartSource | null = source;
  let found: Promise<readonly HookHandler[]> | undefined;
  const read = async () => {
    const { handlers, warnings } = await findHooks(config.hookFiles, files);
    for (const warning of warnings) warn(warning);
    return handlers;
  };
  return {
    handlers: () => (found ??= read()),
    takeStart() {
      const taken = start;
      start = null;
      return taken;
    },
  };
}

import type { Clock, Ids, Logger } from '@codex/base';
import type { Override } from '@codex/config';

/** What the services of one server are made from. */
export interface ServiceOptions {
  home: string;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  overrides: readonly Override[];
  profile?: string;
  version: string;
  honourApiKeyEnv: boolean;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

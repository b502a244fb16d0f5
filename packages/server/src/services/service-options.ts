import type { Clock, CodexError, Ids, Logger } from '@codex/base';
import type { LoadOptions, Override } from '@codex/config';

/** What the services of one server are made from. */
export interface ServiceOptions {
  home: string;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  overrides: readonly Override[];
  profile?: string;
  /** What else every configuration is read with. */
  configOptions?: Pick<LoadOptions, 'userConfigText' | 'withoutRules'>;
  /** Where an administrator's configuration and requirements are. Default /etc/codex. */
  systemDir?: string;
  version: string;
  honourApiKeyEnv: boolean;
  /** Who signs people in with ChatGPT, and where on this machine they come back to. Default OpenAI, 1455. */
  issuer?: { url?: string; clientId?: string; callbackPort?: number };
  /** Called when a command was refused because its policy cannot be enforced here. */
  onSandboxRefusal?: (why: CodexError) => void;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

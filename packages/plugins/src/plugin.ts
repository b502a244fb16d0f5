import type { PluginAuthPolicy, PluginSummary } from '@codex/protocol';
import type { Contents } from './contents.ts';
import type { Marketplace } from './marketplace.ts';

/** `[plugins]` of the user's config.toml. */
export type PluginTable = Readonly<Record<string, { readonly enabled: boolean }>>;

/** An installed plugin that is switched on. */
export interface LoadedPlugin<Server> extends Contents<Server> {
  readonly key: string;
  readonly name: string;
  readonly description: string | null;
}

/** A plugin as its marketplace offers it. */
export interface OfferedPlugin<Server> extends Contents<Server> {
  readonly marketplace: Marketplace;
  readonly summary: PluginSummary;
  readonly description: string | null;
}

export interface InstalledPlugin {
  readonly key: string;
  readonly authPolicy: PluginAuthPolicy;
  /** Ids of the apps that it brings. */
  readonly apps: readonly string[];
}

/** A change to `[plugins]`: null removes the table. */
export interface PluginSwitch {
  readonly key: string;
  readonly enabled: boolean | null;
}

import { CodexError } from '@codex/base';

/** Names a plugin in config.toml, in mentions and towards clients: `<plugin>@<marketplace>` (skills specification §5). */
export interface PluginKey {
  readonly plugin: string;
  readonly marketplace: string;
}

const NAME = /^[A-Za-z0-9_-]+$/;

/** Throws CodexError `invalidRequest`. Both parts are safe as names of folders. */
export function readPluginKey(text: string): PluginKey {
  const at = text.lastIndexOf('@');
  const key = { plugin: text.slice(0, Math.max(at, 0)), marketplace: text.slice(at + 1) };
  if (key.plugin === '' || key.marketplace === '') {
    throw new CodexError('invalidRequest', `invalid plugin key \`${text}\`; expected <plugin>@<marketplace>`);
  }
  requireName('plugin', key.plugin, ` in \`${text}\``);
  requireName('marketplace', key.marketplace, ` in \`${text}\``);
  return key;
}

/** The key of a plugin of a marketplace. Throws CodexError `invalidRequest` when one of the names cannot be in a key. */
export function pluginKey(plugin: string, marketplace: string): string {
  requireName('plugin', plugin);
  requireName('marketplace', marketplace);
  return `${plugin}@${marketplace}`;
}

/** Throws CodexError `invalidRequest`. */
export function requireName(what: 'plugin' | 'marketplace', name: string, where = ''): void {
  if (NAME.test(name)) return;
  const rule = 'only ASCII letters, digits, `_`, and `-` are allowed';
  throw new CodexError('invalidRequest', `invalid ${what} name: ${rule}${where}`);
}

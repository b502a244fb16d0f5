import { CodexError } from '@codex/base';
import { featureOverride, type Override, parseOverride } from '@codex/config';
import type { Setting } from './arguments.ts';

/** What `-c`, `--enable` and `--disable` mean. Throws CodexError `config` for the first that means nothing. */
export function toOverrides(settings: readonly Setting[]): Override[] {
  return settings.map((setting) => {
    const isConfig = setting.kind === 'config';
    const parsed = isConfig ? parseOverride(setting.text) : featureOverride(setting.name, setting.enabled);
    if (parsed.ok) return parsed.override;
    throw new CodexError('config', isConfig ? `cannot read -c: ${parsed.message}` : parsed.message);
  });
}

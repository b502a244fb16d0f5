import { CodexError, isObject, parseJson } from '@codex/base';
import type { Backend } from './backend.ts';
import { CURATED } from './marketplace.ts';
import { requireName } from './plugin-key.ts';

/** A plugin that the user has, as ChatGPT knows it. */
export interface RemotePlugin {
  readonly name: string;
  readonly enabled: boolean;
}

const TIMEOUT_MS = 30_000;

/** What the user has of the curated marketplace. Throws CodexError in words for `remoteSyncError`. */
export async function fetchRemotePlugins(backend: Backend): Promise<RemotePlugin[]> {
  const { url, status, statusText, body } = await backend.get('plugins/list', {
    purpose: 'to sync remote plugins',
    timeoutMs: TIMEOUT_MS,
  });
  if (status < 200 || status >= 300) {
    const text = `remote plugin sync request to ${url} failed with status ${status} ${statusText}: ${body.slice(0, 2_000)}`;
    throw new CodexError('internal', text);
  }
  const parsed = parseJson(body);
  const problem = parsed.ok ? 'not a list' : parsed.error;
  if (!parsed.ok || !Array.isArray(parsed.value)) {
    throw new CodexError('internal', `failed to parse remote plugin sync response from ${url}: ${problem}`);
  }
  const plugins = parsed.value.map((entry: unknown) => readEntry(entry, url));
  const names = plugins.map(({ name }) => name);
  const double = names.find((name, at) => names.indexOf(name) !== at);
  if (double !== undefined) throw new CodexError('internal', `duplicate remote plugin \`${double}\` in sync response`);
  return plugins;
}

function readEntry(entry: unknown, url: string): RemotePlugin {
  const { name, enabled, marketplace_name: marketplace = CURATED } = isObject(entry) ? entry : {};
  if (typeof name !== 'string' || typeof enabled !== 'boolean' || typeof marketplace !== 'string') {
    const rule = 'an entry needs `name` and `enabled`';
    throw new CodexError('internal', `failed to parse remote plugin sync response from ${url}: ${rule}`);
  }
  if (marketplace !== CURATED) {
    throw new CodexError('internal', `remote marketplace \`${marketplace}\` is not available locally`);
  }
  requireName('plugin', name);
  return { name, enabled };
}

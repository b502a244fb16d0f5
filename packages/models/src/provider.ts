import { CodexError, isObject } from '@codex/base';

/** Where and how to reach models, ready for use (spec core §5). */
export interface Provider {
  readonly id: string;
  /** Display name; `OpenAI` and `azure` have special meaning. */
  readonly name: string;
  /** Null: OpenAI's own, by kind of login. */
  readonly baseUrl: string | null;
  /** Environment variable with the key. */
  readonly envKey: string | null;
  /** Appended to the error when `envKey` is not set. */
  readonly envKeyInstructions: string | null;
  readonly bearerToken: string | null;
  readonly queryParams: Readonly<Record<string, string>>;
  readonly httpHeaders: Readonly<Record<string, string>>;
  /** Header to environment variable; skipped when unset or blank. */
  readonly envHttpHeaders: Readonly<Record<string, string>>;
  readonly requestMaxRetries: number;
  readonly streamMaxRetries: number;
  readonly streamIdleTimeoutMs: number;
  readonly requiresOpenaiAuth: boolean;
  readonly supportsWebsockets: boolean;
}

export type Env = Readonly<Record<string, string | undefined>>;

const RESERVED = ['openai', 'ollama', 'lmstudio'] as const;
const MAX_RETRIES = 100;
const OPENAI_API = 'https://api.openai.com/v1';
const CHATGPT_API = 'https://chatgpt.com/backend-api/codex';

const PLAIN: Provider = {
  id: '',
  name: '',
  baseUrl: null,
  envKey: null,
  envKeyInstructions: null,
  bearerToken: null,
  queryParams: {},
  httpHeaders: {},
  envHttpHeaders: {},
  requestMaxRetries: 4,
  streamMaxRetries: 5,
  streamIdleTimeoutMs: 300_000,
  requiresOpenaiAuth: false,
  supportsWebsockets: false,
};

export interface ProviderSources {
  /** The raw `[model_providers]` table, already merged. */
  table?: unknown;
  /** Config `openai_base_url`. */
  openaiBaseUrl?: string | null;
  env: Env;
  /** Sent as header `version` to the built-in `openai`. */
  version: string;
}

/** The three built-in providers (spec core §5.1). */
export function builtInProviders(sources: Omit<ProviderSources, 'table'>): Record<(typeof RESERVED)[number], Provider> {
  const { env } = sources;
  const local = (id: string, port: number): Provider => ({
    ...PLAIN,
    id,
    name: 'gpt-oss',
    baseUrl: env['CODEX_OSS_BASE_URL']?.trim() || `http://localhost:${env['CODEX_OSS_PORT']?.trim() || port}/v1`,
  });
  return {
    openai: {
      ...PLAIN,
      id: 'openai',
      name: 'OpenAI',
      baseUrl: sources.openaiBaseUrl?.trim() || env['OPENAI_BASE_URL']?.trim() || null,
      httpHeaders: { version: sources.version },
      envHttpHeaders: { 'OpenAI-Organization': 'OPENAI_ORGANIZATION', 'OpenAI-Project': 'OPENAI_PROJECT' },
      requiresOpenaiAuth: true,
    },
    ollama: local('ollama', 11434),
    lmstudio: local('lmstudio', 1234),
  };
}

/** The provider `id`: a built-in one or one of the table. Throws CodexError `config`, naming the key. */
export function resolveProvider(id: string, sources: ProviderSources): Provider {
  const table = checkTable(sources.table);
  const builtIn = builtInProviders(sources);
  if (Object.hasOwn(builtIn, id)) return builtIn[id as keyof typeof builtIn];
  if (id === 'ollama-chat')
    throw new CodexError('config', '`ollama-chat` is no longer supported: use the provider `ollama` instead.');
  if (!Object.hasOwn(table, id)) throw new CodexError('config', `Model provider \`${id}\` not found`);
  return readProvider(id, table[id]);
}

/** Every provider by id. Throws CodexError `config` for the first bad entry. */
export function resolveProviders(sources: ProviderSources): Record<string, Provider> {
  const own = Object.entries(checkTable(sources.table)).map(([id, entry]) => [id, readProvider(id, entry)] as const);
  return { ...builtInProviders(sources), ...Object.fromEntries(own) };
}

/** The error text for built-in ids in `[model_providers]`; null when there are none. */
export function reservedProviderError(ids: readonly string[]): string | null {
  const taken = ids.filter((id) => RESERVED.some((reserved) => reserved === id)).sort();
  if (taken.length === 0) return null;
  const list = taken.map((id) => `\`${id}\``).join(', ');
  return `model_providers contains reserved built-in provider IDs: ${list}. Built-in providers cannot be overridden. Rename your custom provider (for example, \`openai-custom\`).`;
}

/** Whether requests go to Azure, which needs `store` and item ids (spec core §3.1). */
export function isAzure(provider: Provider, baseUrl: string): boolean {
  const url = baseUrl.toLowerCase();
  return (
    provider.name.toLowerCase() === 'azure' ||
    ['openai.azure.', 'cognitiveservices.azure.', 'aoai.azure.', 'azure-api.', 'azurefd.', 'windows.net/openai'].some(
      (mark) => url.includes(mark),
    )
  );
}

/** The base URL without a trailing slash. */
export function baseUrlOf(provider: Provider, loginIsChatgpt: boolean): string {
  const url = provider.baseUrl ?? (loginIsChatgpt ? CHATGPT_API : OPENAI_API);
  return url.replace(/\/+$/, '');
}

function checkTable(table: unknown): Record<string, unknown> {
  if (table === undefined || table === null) return {};
  if (!isObject(table)) throw new CodexError('config', 'model_providers must be a table');
  const reserved = reservedProviderError(Object.keys(table));
  if (reserved) throw new CodexError('config', reserved);
  return table;
}

function readProvider(id: string, entry: unknown): Provider {
  const at = `model_providers.${id}`;
  if (!isObject(entry)) throw new CodexError('config', `${at} must be a table`);
  const wireApi = entry['wire_api'] ?? 'responses';
  if (wireApi === 'chat')
    throw new CodexError(
      'config',
      `${at}.wire_api: \`wire_api = "chat"\` is no longer supported. Set \`wire_api = "responses"\` to talk to this provider.`,
    );
  if (wireApi !== 'responses') throw new CodexError('config', `${at}.wire_api must be "responses"`);
  const name = text(entry, 'name', at);
  if (name === null) throw new CodexError('config', `${at}.name is missing`);
  return {
    id,
    name,
    baseUrl: url(entry, at),
    envKey: text(entry, 'env_key', at),
    envKeyInstructions: text(entry, 'env_key_instructions', at),
    bearerToken: text(entry, 'experimental_bearer_token', at),
    queryParams: texts(entry, 'query_params', at),
    httpHeaders: texts(entry, 'http_headers', at),
    envHttpHeaders: texts(entry, 'env_http_headers', at),
    requestMaxRetries: Math.min(count(entry, 'request_max_retries', at) ?? PLAIN.requestMaxRetries, MAX_RETRIES),
    streamMaxRetries: Math.min(count(entry, 'stream_max_retries', at) ?? PLAIN.streamMaxRetries, MAX_RETRIES),
    streamIdleTimeoutMs: count(entry, 'stream_idle_timeout_ms', at) ?? PLAIN.streamIdleTimeoutMs,
    requiresOpenaiAuth: flag(entry, 'requires_openai_auth', at),
    supportsWebsockets: flag(entry, 'supports_websockets', at),
  };
}

type Table = Record<string, unknown>;

function text(entry: Table, key: string, at: string): string | null {
  const value = entry[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new CodexError('config', `${at}.${key} must be a string`);
  return value;
}

function url(entry: Table, at: string): string | null {
  const value = text(entry, 'base_url', at);
  if (value === null) return null;
  const protocol = URL.canParse(value) ? new URL(value).protocol : null;
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new CodexError('config', `${at}.base_url must be an http or https URL`);
  return value;
}

function texts(entry: Table, key: string, at: string): Record<string, string> {
  const value = entry[key];
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new CodexError('config', `${at}.${key} must be a table`);
  return Object.fromEntries(Object.keys(value).map((name) => [name, text(value, name, `${at}.${key}`) ?? '']));
}

function count(entry: Table, key: string, at: string): number | null {
  const value = typeof entry[key] === 'bigint' ? Number(entry[key]) : entry[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new CodexError('config', `${at}.${key} must be a whole number, 0 or more`);
  return value;
}

function flag(entry: Table, key: string, at: string): boolean {
  const value = entry[key] ?? false;
  if (typeof value !== 'boolean') throw new CodexError('config', `${at}.${key} must be true or false`);
  return value;
}

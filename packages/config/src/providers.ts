import type { Provider } from '@codex/protocol';
import type { Env } from './env.ts';
import { Refusal } from './error.ts';
import type { ProviderToml } from './schema.ts';

/** Built-in providers and the user's own, by id (spec core §5). Built-in ones lack only the `version` header, which the client adds. */
export function resolveProviders(
  own: Readonly<Record<string, ProviderToml>>,
  openaiBaseUrl: string | null,
  env: Env,
): Readonly<Record<string, Provider>> {
  const all = Object.create(null) as Record<string, Provider>;
  for (const [id, table] of Object.entries(own)) all[id] = fromToml(id, table);
  const oss = (port: number) => env['CODEX_OSS_BASE_URL']?.trim() || `http://localhost:${ossPort(env) ?? port}/v1`;
  all['openai'] = {
    ...fromToml('openai', { name: 'OpenAI', requires_openai_auth: true, supports_websockets: true }),
    baseUrl: openaiBaseUrl,
    envHttpHeaders: { 'OpenAI-Organization': 'OPENAI_ORGANIZATION', 'OpenAI-Project': 'OPENAI_PROJECT' },
  };
  all['ollama'] = fromToml('ollama', { name: 'gpt-oss', base_url: oss(11_434) });
  all['lmstudio'] = fromToml('lmstudio', { name: 'gpt-oss', base_url: oss(1234) });
  return all;
}

/** Throws `Refusal` when there is no such provider (spec core §5.3). */
export function checkProvider(id: string, known: Readonly<Record<string, Provider>>): string {
  if (Object.hasOwn(known, id)) return id;
  if (id === 'ollama-chat') {
    throw new Refusal(
      '`ollama-chat` is no longer supported.\nHow to fix: replace `ollama-chat` with `ollama` in `model_provider`, `oss_provider`, or `--local-provider`.\nMore info: https://github.com/openai/codex/discussions/7782',
    );
  }
  throw new Refusal(`Model provider \`${id}\` not found`);
}

function fromToml(id: string, table: ProviderToml): Provider {
  return {
    id,
    name: table.name,
    baseUrl: table.base_url ?? null,
    envKey: table.env_key ?? null,
    envKeyInstructions: table.env_key_instructions ?? null,
    bearerToken: table.experimental_bearer_token ?? null,
    queryParams: table.query_params ?? {},
    httpHeaders: table.http_headers ?? {},
    envHttpHeaders: table.env_http_headers ?? {},
    requestMaxRetries: table.request_max_retries ?? 4,
    streamMaxRetries: table.stream_max_retries ?? 5,
    streamIdleTimeoutMs: table.stream_idle_timeout_ms ?? 300_000,
    requiresOpenaiAuth: table.requires_openai_auth ?? false,
    supportsWebsockets: table.supports_websockets ?? false,
  };
}

function ossPort(env: Env): number | null {
  const port = Number(env['CODEX_OSS_PORT']?.trim() || Number.NaN);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
}

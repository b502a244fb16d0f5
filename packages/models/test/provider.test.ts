import { CodexError } from '@codex/base';
import { describe, expect, test } from 'vitest';
import { builtInProviders, reservedProviderError, resolveProvider, resolveProviders } from '../src/index.ts';

const sources = { env: {}, version: '1.2.3' };
const own = (entry: unknown) => resolveProvider('own', { ...sources, table: { own: entry } });

describe('built-in', () => {
  test('openai by configuration, then environment, then login', () => {
    expect(builtInProviders(sources).openai).toMatchObject({ name: 'OpenAI', baseUrl: null, requiresOpenaiAuth: true });
    const env = { OPENAI_BASE_URL: 'http://env/v1' };
    expect(builtInProviders({ ...sources, env }).openai.baseUrl).toBe('http://env/v1');
    expect(builtInProviders({ ...sources, env, openaiBaseUrl: 'http://conf/v1' }).openai.baseUrl).toBe(
      'http://conf/v1',
    );
  });

  test('local ones by port or address', () => {
    const { ollama, lmstudio } = builtInProviders(sources);
    expect([ollama.baseUrl, lmstudio.baseUrl]).toEqual(['http://localhost:11434/v1', 'http://localhost:1234/v1']);
    expect(builtInProviders({ ...sources, env: { CODEX_OSS_PORT: '99' } }).lmstudio.baseUrl).toBe(
      'http://localhost:99/v1',
    );
    expect(builtInProviders({ ...sources, env: { CODEX_OSS_BASE_URL: 'http://x/v1' } }).ollama.baseUrl).toBe(
      'http://x/v1',
    );
  });
});

describe('own', () => {
  test('defaults and caps', () => {
    expect(own({ name: 'Own', base_url: 'http://h/v1' })).toEqual({
      id: 'own',
      name: 'Own',
      baseUrl: 'http://h/v1',
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
    });
    expect(own({ name: 'O', request_max_retries: 1000, stream_max_retries: 101n })).toMatchObject({
      requestMaxRetries: 100,
      streamMaxRetries: 100,
    });
  });

  test.each([
    [5, 'model_providers.own must be a table'],
    [{}, 'model_providers.own.name is missing'],
    [{ name: 1 }, 'model_providers.own.name must be a string'],
    [{ name: 'n', base_url: 'ftp://x' }, 'model_providers.own.base_url must be an http or https URL'],
    [{ name: 'n', wire_api: 'chat' }, 'wire_api = "responses"'],
    [{ name: 'n', wire_api: 'other' }, 'model_providers.own.wire_api must be "responses"'],
    [{ name: 'n', http_headers: { a: 1 } }, 'model_providers.own.http_headers.a must be a string'],
    [{ name: 'n', query_params: 'x' }, 'model_providers.own.query_params must be a table'],
    [{ name: 'n', stream_max_retries: -1 }, 'model_providers.own.stream_max_retries must be a whole number'],
    [{ name: 'n', requires_openai_auth: 'yes' }, 'model_providers.own.requires_openai_auth must be true or false'],
  ])('%j is refused', (entry, message) => {
    expect(() => own(entry)).toThrow(message);
    expect(() => own(entry)).toThrow(CodexError);
  });

  test('all of them by id', () => {
    const all = resolveProviders({ ...sources, table: { mine: { name: 'Mine' } } });
    expect(Object.keys(all).toSorted()).toEqual(['lmstudio', 'mine', 'ollama', 'openai']);
  });
});

test('unknown, removed and reserved ids', () => {
  expect(() => resolveProvider('nope', sources)).toThrow('Model provider `nope` not found');
  expect(() => resolveProvider('toString', sources)).toThrow('Model provider `toString` not found');
  expect(() => resolveProvider('ollama-chat', sources)).toThrow('no longer supported');
  expect(() => resolveProvider('x', { ...sources, table: { openai: {} } })).toThrow(
    'model_providers contains reserved built-in provider IDs: `openai`. Built-in providers cannot be overridden. ',
  );
  expect(reservedProviderError(['own'])).toBeNull();
  expect(reservedProviderError(['openai', 'lmstudio'])).toContain('`lmstudio`, `openai`');
});

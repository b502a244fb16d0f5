import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Ids, isObject, parseJson, replaceFile, systemCode } from '@codex/base';

export interface StoredTokens {
  readonly clientId: string;
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Milliseconds since the epoch; null when the token does not say. */
  readonly expiresAt: number | null;
  readonly scopes: readonly string[];
}

export interface TokenStore {
  get(name: string, url: string): Promise<StoredTokens | null>;
  set(name: string, url: string, tokens: StoredTokens): Promise<void>;
  /** False when there was nothing to remove. */
  remove(name: string, url: string): Promise<boolean>;
}

type Entries = Record<string, unknown>;

/** Tokens in `<home>/.credentials.json`, readable for the user alone, shared with the reference (mcp specification §5). */
export function createTokenStore(home: string, ids: Ids): TokenStore {
  const file = path.join(home, '.credentials.json');
  let last: Promise<unknown> = Promise.resolve();

  const read = async (): Promise<Entries> => {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return {};
      throw error;
    }
    const parsed = parseJson(text);
    if (!parsed.ok || !isObject(parsed.value)) throw new Error(`${file} is not a JSON object; repair or remove it`);
    return parsed.value;
  };

  const write = async (entries: Entries): Promise<void> => {
    if (Object.keys(entries).length === 0) return rm(file, { force: true });
    await replaceFile(file, JSON.stringify(entries), ids.hex(12), 0o600);
  };

  /** One change at a time, each on top of what the file says then. */
  const change = <T>(edit: (entries: Entries) => T): Promise<T> => {
    const done = last.then(async () => {
      const entries = await read();
      const before = JSON.stringify(entries);
      const result = edit(entries);
      if (JSON.stringify(entries) !== before) await write(entries);
      return result;
    });
    last = done.catch(() => {});
    return done;
  };

  return {
    get: async (name, url) => fromEntry((await read())[keyOf(name, url)], name, url),
    set: (name, url, tokens) =>
      change((entries) => {
        entries[keyOf(name, url)] = toEntry(name, url, tokens);
      }),
    remove: (name, url) =>
      change((entries) => Reflect.has(entries, keyOf(name, url)) && Reflect.deleteProperty(entries, keyOf(name, url))),
  };
}

function keyOf(name: string, url: string): string {
  const text = JSON.stringify({ type: 'http', url, headers: {} });
  return `${name}|${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

function toEntry(name: string, url: string, tokens: StoredTokens): Record<string, unknown> {
  return {
    server_name: name,
    server_url: url,
    client_id: tokens.clientId,
    access_token: tokens.accessToken,
    expires_at: tokens.expiresAt,
    refresh_token: tokens.refreshToken,
    scopes: tokens.scopes,
  };
}

function fromEntry(entry: unknown, name: string, url: string): StoredTokens | null {
  if (!isObject(entry) || entry['server_name'] !== name || entry['server_url'] !== url) return null;
  const { client_id: clientId, access_token: accessToken, refresh_token, expires_at, scopes } = entry;
  if (typeof clientId !== 'string' || typeof accessToken !== 'string') return null;
  return {
    clientId,
    accessToken,
    refreshToken: typeof refresh_token === 'string' ? refresh_token : null,
    expiresAt: typeof expires_at === 'number' ? expires_at : null,
    scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [],
  };
}

import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, CodexError, isObject, parseJson, replaceFile, systemCode, toMessage, withLock } from '@codex/base';
import { NO_KEYRING } from './messages.ts';
import type { Tokens } from './types.ts';

/** The content of auth.json that counts (spec core §21). */
export type Stored = { mode: 'apikey'; key: string } | StoredTokens;

/** `refreshedAt` in milliseconds since the epoch. */
export type StoredTokens = { mode: 'chatgpt'; refreshedAt: number | null } & Tokens;

export interface AuthStore {
  /** Null when there is none. Throws CodexError `auth`, naming the file and what is wrong, never its content. */
  read(): Promise<Stored | null>;
  /** Replaces the login; readable by its owner only. */
  writeApiKey(key: string): Promise<void>;
  /** Replaces the login, or with `renewed` only its tokens. */
  writeTokens(tokens: Tokens, at: number, renewed?: boolean): Promise<void>;
  /** Nothing stored is fine too. */
  remove(): Promise<void>;
  /** Lets one process at a time renew tokens. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/** Longer than a renewal may take. */
const STALE_MS = 60_000;

/** The file `auth.json` in the home folder. It is read every time, so what other programs do to it is seen. */
export function fileStore(home: string, clock: Clock): AuthStore {
  const path = join(home, 'auth.json');
  const readObject = async (): Promise<Record<string, unknown> | null> => {
    let content: string;
    try {
      content = await readFile(path, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw new CodexError('auth', `${path} cannot be read: ${toMessage(error)}`, { cause: error });
    }
    const parsed = parseJson(content);
    // The parser's own message quotes the text, which may hold a key.
    if (!parsed.ok) throw bad(path, 'not valid JSON');
    if (!isObject(parsed.value)) throw bad(path, 'must hold a JSON object');
    return parsed.value;
  };
  const write = (content: object) =>
    replaceFile(path, `${JSON.stringify(content, null, 2)}\n`, randomBytes(6).toString('hex'), 0o600);

  return {
    async read() {
      const content = await readObject();
      return content && parseStored(content, path);
    },
    writeApiKey: (key) => write({ auth_mode: 'apikey', OPENAI_API_KEY: key }),
    async writeTokens(tokens, at, renewed = false) {
      const before = renewed ? ((await readObject()) ?? {}) : {};
      await write({
        ...before,
        auth_mode: 'chatgpt',
        OPENAI_API_KEY: before['OPENAI_API_KEY'] ?? null,
        tokens: {
          ...(isObject(before['tokens']) ? before['tokens'] : {}),
          id_token: tokens.idToken,
          access_token: tokens.accessToken,
          refresh_token: tokens.refreshToken,
          account_id: tokens.accountId,
        },
        last_refresh: new Date(at).toISOString(),
      });
    },
    remove: () => rm(path, { force: true }),
    exclusively: (work) => withLock(`${path}.lock`, { clock, waitMs: STALE_MS, staleMs: STALE_MS }, work),
  };
}

/** A store that forgets with the process. */
export function memoryStore(): AuthStore {
  let stored: Stored | null = null;
  return {
    read: async () => stored,
    writeApiKey: async (key) => {
      stored = { mode: 'apikey', key };
    },
    writeTokens: async (tokens, at) => {
      stored = { mode: 'chatgpt', refreshedAt: at, ...tokens };
    },
    remove: async () => {
      stored = null;
    },
    exclusively: (work) => work(),
  };
}

/** Stands for the keyring that this build does not have. */
export function missingKeyring(): AuthStore {
  const refuse = async (): Promise<never> => {
    throw new CodexError('auth', NO_KEYRING);
  };
  return { read: refuse, writeApiKey: refuse, writeTokens: refuse, remove: refuse, exclusively: refuse };
}

function bad(path: string, what: string): CodexError {
  return new CodexError('auth', `${path}: ${what}. Log in again or remove the file.`);
}

function parseStored(content: Record<string, unknown>, path: string): Stored | null {
  const { auth_mode: mode, OPENAI_API_KEY: key, tokens, last_refresh: refreshed } = content;
  if (isGiven(mode) && mode !== 'apikey' && mode !== 'chatgpt' && mode !== 'chatgptAuthTokens')
    throw bad(path, 'auth_mode must be apikey or chatgpt');
  if (isGiven(key) && typeof key !== 'string') throw bad(path, 'OPENAI_API_KEY must be a string');
  if (mode === 'apikey' && !key) throw bad(path, 'auth_mode is apikey but OPENAI_API_KEY is missing');
  if (typeof key === 'string' && key.trim() !== '' && (!isGiven(mode) || mode === 'apikey'))
    return { mode: 'apikey', key: key.trim() };
  if (!isGiven(tokens)) {
    if (isGiven(mode)) throw bad(path, `auth_mode is ${String(mode)} but tokens are missing`);
    return null;
  }
  if (!isObject(tokens)) throw bad(path, 'tokens must be an object');
  const { access_token: accessToken, id_token: idToken, refresh_token: refreshToken, account_id: accountId } = tokens;
  if (typeof accessToken !== 'string' || accessToken === '') throw bad(path, 'tokens.access_token must be a string');
  if (isGiven(idToken) && typeof idToken !== 'string') throw bad(path, 'tokens.id_token must be a string');
  if (isGiven(refreshToken) && typeof refreshToken !== 'string')
    throw bad(path, 'tokens.refresh_token must be a string');
  if (isGiven(accountId) && typeof accountId !== 'string') throw bad(path, 'tokens.account_id must be a string');
  const at = typeof refreshed === 'string' ? Date.parse(refreshed) : Number.NaN;
  return {
    mode: 'chatgpt',
    accessToken,
    idToken: textOr(idToken, ''),
    refreshToken: textOr(refreshToken, null) || null,
    accountId: textOr(accountId, null),
    refreshedAt: Number.isNaN(at) ? null : at,
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}

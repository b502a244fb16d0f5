import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CodexError, isObject, parseJson, replaceFile, systemCode, toMessage } from '@codex/base';

/** The content of auth.json that counts (spec core §21). */
export type Stored =
  | { mode: 'apikey'; key: string }
  | { mode: 'chatgpt'; accessToken: string; idToken: string; accountId: string | null };

export interface AuthStore {
  /** Null when there is none. Throws CodexError `auth`, naming the file and what is wrong, never its content. */
  read(): Promise<Stored | null>;
  /** Replaces the file, readable by its owner only. */
  writeApiKey(key: string): Promise<void>;
  /** No file is fine too. */
  remove(): Promise<void>;
}

/** The file `auth.json` in the home folder. It is read every time, so what other programs do to it is seen. */
export function fileStore(home: string): AuthStore {
  const path = join(home, 'auth.json');
  return {
    async read() {
      let content: string;
      try {
        content = await readFile(path, 'utf8');
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return null;
        throw new CodexError('auth', `${path} cannot be read: ${toMessage(error)}`, { cause: error });
      }
      return parseStored(content, path);
    },
    writeApiKey(key) {
      const text = `${JSON.stringify({ auth_mode: 'apikey', OPENAI_API_KEY: key }, null, 2)}\n`;
      return replaceFile(path, text, randomBytes(6).toString('hex'), 0o600);
    },
    remove: () => rm(path, { force: true }),
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
    remove: async () => {
      stored = null;
    },
  };
}

function parseStored(content: string, path: string): Stored | null {
  const bad = (what: string) => new CodexError('auth', `${path}: ${what}. Log in again or remove the file.`);
  const parsed = parseJson(content);
  // The parser's own message quotes the text, which may hold a key.
  if (!parsed.ok) throw bad('not valid JSON');
  if (!isObject(parsed.value)) throw bad('must hold a JSON object');
  const { auth_mode: mode, OPENAI_API_KEY: key, tokens } = parsed.value;
  if (isGiven(mode) && mode !== 'apikey' && mode !== 'chatgpt' && mode !== 'chatgptAuthTokens')
    throw bad('auth_mode must be apikey or chatgpt');
  if (isGiven(key) && typeof key !== 'string') throw bad('OPENAI_API_KEY must be a string');
  if (mode === 'apikey' && !key) throw bad('auth_mode is apikey but OPENAI_API_KEY is missing');
  if (typeof key === 'string' && key.trim() !== '' && (!isGiven(mode) || mode === 'apikey'))
    return { mode: 'apikey', key: key.trim() };
  if (!isGiven(tokens)) {
    if (isGiven(mode)) throw bad(`auth_mode is ${String(mode)} but tokens are missing`);
    return null;
  }
  if (!isObject(tokens)) throw bad('tokens must be an object');
  const { access_token: accessToken, id_token: idToken, account_id: accountId } = tokens;
  if (typeof accessToken !== 'string' || accessToken === '') throw bad('tokens.access_token must be a string');
  if (isGiven(idToken) && typeof idToken !== 'string') throw bad('tokens.id_token must be a string');
  if (isGiven(accountId) && typeof accountId !== 'string') throw bad('tokens.account_id must be a string');
  return { mode: 'chatgpt', accessToken, idToken: textOr(idToken, ''), accountId: textOr(accountId, null) };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}

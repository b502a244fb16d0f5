import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, type Logger, systemClock } from '@codex/base';
import { afterEach } from 'vitest';
import { type Auth, type AuthDeps, createAuth } from '../../src/index.ts';
import { http, idToken } from './issuer.ts';

export interface World {
  readonly home: string;
  readonly file: string;
  /** Everything logged, as JSON. */
  readonly logged: string[];
  open: (more?: Partial<AuthDeps>) => Auth;
  store: (content: unknown) => void;
  read: () => { tokens: Record<string, unknown>; [key: string]: unknown };
}

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

/** A home of its own, removed after the test. */
export function world(): World {
  const home = mkdtempSync(join(tmpdir(), 'codex-auth-'));
  cleanups.push(() => rmSync(home, { recursive: true, force: true }));
  const file = join(home, 'auth.json');
  const logged: string[] = [];
  const log: Logger = createLogger({
    wants: () => true,
    write: (level, fields, message) => logged.push(JSON.stringify({ level, message, ...fields })),
  });
  return {
    home,
    file,
    logged,
    open: (more = {}) => createAuth({ home, env: {}, honourEnvKey: false, clock: systemClock, log, http, ...more }),
    store: (content) => writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content)),
    read: () => JSON.parse(readFileSync(file, 'utf8')),
  };
}

/** A stored ChatGPT login as the reference writes it. */
export function chatgptLogin(more: { tokens?: object; [key: string]: unknown } = {}): object {
  const { tokens, ...rest } = more;
  return {
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: {
      id_token: idToken(),
      access_token: 'access-0',
      refresh_token: 'refresh-0',
      account_id: 'acc',
      ...tokens,
    },
    last_refresh: new Date().toISOString(),
    ...rest,
  };
}

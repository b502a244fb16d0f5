import type { Auth, BrowserLogin } from '@codex/auth';
import { type Clock, CodexError, createDeadline, type Ids, toMessage } from '@codex/base';
import type { ServerNotification } from '@codex/protocol';

/** ChatGPT logins that wait for a browser; there is one at a time, and its end is told to everybody (§16.1). */
export interface BrowserLogins {
  /** Ends the one before. Throws CodexErrors for the client. */
  start(originator: string): Promise<{ loginId: string; authUrl: string }>;
  /** False when there is no such login any more. */
  cancel(loginId: string): boolean;
  /** Somebody logged in or out in another way; resolves when its end is told. */
  cancelAll(): Promise<void>;
}

export interface BrowserLoginsDeps {
  auth: () => Promise<Auth>;
  broadcast: (notification: ServerNotification) => void;
  clock: Clock;
  ids: Ids;
  /** Where the browser comes back to. */
  port: number | undefined;
}

const LIMIT_MS = 10 * 60_000;
const CANCELLED = 'Login was not completed';
const REPLACED = 'Login cancelled';

export function createBrowserLogins(deps: BrowserLoginsDeps): BrowserLogins {
  const { clock, ids, broadcast } = deps;
  let active: { loginId: string; login: BrowserLogin; told: Promise<void> } | null = null;

  const follow = async (loginId: string, login: BrowserLogin): Promise<void> => {
    const limit = createDeadline(LIMIT_MS, clock);
    limit.signal.addEventListener('abort', () => login.cancel('Login timed out'));
    let error: string | null = null;
    try {
      await login.completed;
    } catch (cause) {
      error = limit.expired ? toMessage(cause) : `Login server error: ${toMessage(cause)}`;
    }
    limit.clear();
    if (active?.loginId === loginId) active = null;
    broadcast({ method: 'account/login/completed', params: { loginId, success: error === null, error } });
    if (error !== null) return;
    const account = await (await deps.auth()).account().catch(() => null);
    const planType = account?.type === 'chatgpt' ? account.planType : null;
    broadcast({ method: 'account/updated', params: { authMode: 'chatgpt', planType } });
  };

  const end = async (reason: string): Promise<void> => {
    const ending = active;
    active = null;
    ending?.login.cancel(reason);
    await ending?.told;
  };

  return {
    async start(originator) {
      const auth = await deps.auth();
      await end(REPLACED);
      const { port } = deps;
      try {
        const login = await auth.loginInBrowser({ originator, ...(port === undefined ? {} : { port }) });
        const loginId = ids.uuid();
        active = { loginId, login, told: follow(loginId, login) };
        return { loginId, authUrl: login.authUrl };
      } catch (error) {
        if (error instanceof CodexError && error.code === 'invalidRequest') throw error;
        throw new CodexError('internal', `failed to start login server: ${toMessage(error)}`, { cause: error });
      }
    },
    cancel(loginId) {
      if (active?.loginId !== loginId) return false;
      void end(CANCELLED);
      return true;
    },
    cancelAll: () => end(CANCELLED),
  };
}

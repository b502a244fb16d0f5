import { type Clock, type Logger, toMessage } from '@codex/base';
import { accountIdOf } from './claims.ts';
import type { CurrentLogin } from './current-login.ts';
import { OTHER_ACCOUNT } from './messages.ts';
import type { Refreshed } from './refresh.ts';
import type { StoredTokens } from './store.ts';
import type { Credential, ExternalTokens, UnauthorizedOutcome } from './types.ts';

export interface CredentialsDeps {
  current: CurrentLogin;
  refresh: (used: StoredTokens) => Promise<Refreshed>;
  refreshExternal: ((previousAccountId: string) => Promise<ExternalTokens>) | undefined;
  clock: Clock;
  log: Logger;
}

/** Described at `Auth`. */
export interface Credentials {
  get(providerId: string): Promise<Credential>;
  onUnauthorized(used: Credential, refusals: number): Promise<UnauthorizedOutcome>;
  /** Never fails: what is stored may still be good. */
  tryRefresh(used: StoredTokens): Promise<void>;
}

/** Tokens that were renewed longer ago are renewed before they are used. */
const STALE_MS = 8 * 24 * 60 * 60_000;

/** What to send, and what follows when it is refused. */
export function createCredentials(deps: CredentialsDeps): Credentials {
  const { current, refresh, refreshExternal, clock, log } = deps;

  const tryRefresh = async (used: StoredTokens): Promise<void> => {
    try {
      await refresh(used);
    } catch (error) {
      log.warn({ because: toMessage(error) }, 'tokens were not renewed');
    }
  };

  return {
    tryRefresh,

    async get(providerId) {
      let login = await current.find(providerId);
      if (login?.source === 'file' && login.stored.mode === 'chatgpt' && isStale(login.stored, clock.now())) {
        await tryRefresh(login.stored);
        login = await current.find(providerId);
      }
      if (!login) return { kind: 'none' };
      const { stored } = login;
      if (stored.mode === 'apikey') return { kind: 'apiKey', key: stored.key };
      return { kind: 'chatgpt', accessToken: stored.accessToken, accountId: accountIdOf(stored) };
    },

    async onUnauthorized(used, refusals) {
      if (used.kind !== 'chatgpt') return { kind: 'gaveUp', message: null };
      const login = await current.find('');
      // Somebody may have renewed the tokens meanwhile; those of another account would be a surprise.
      if (login?.stored.mode !== 'chatgpt' || accountIdOf(login.stored) !== used.accountId)
        return { kind: 'gaveUp', message: OTHER_ACCOUNT };
      if (login.stored.accessToken !== used.accessToken) return { kind: 'again' };
      if (login.source === 'external') {
        if (refusals > 1 || !refreshExternal) return { kind: 'gaveUp', message: null };
        current.setExternal(await refreshExternal(login.tokens.accountId));
        return { kind: 'again' };
      }
      if (refusals === 1) return { kind: 'again' };
      const outcome = await refresh(login.stored);
      switch (outcome.kind) {
        case 'renewed':
          return { kind: 'again' };
        case 'refused':
          return { kind: 'gaveUp', message: outcome.message };
        case 'failed':
          return { kind: 'passing', message: outcome.message };
      }
    },
  };
}

function isStale({ refreshedAt, refreshToken }: StoredTokens, now: number): boolean {
  return refreshToken !== null && refreshedAt !== null && refreshedAt < now - STALE_MS;
}

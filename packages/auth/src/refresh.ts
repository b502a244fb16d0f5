import { isCodexError, type Logger, toMessage } from '@codex/base';
import { accountIdOf } from './claims.ts';
import { type Answer, ask, type IssuerDeps, readObject, refusalText, statusLine } from './issuer.ts';
import { OTHER_ACCOUNT } from './messages.ts';
import type { AuthStore, Stored, StoredTokens } from './store.ts';

/** What became of tokens: new ones are stored, none will be had without the user, or it may go better next time. */
export type Refreshed = { kind: 'renewed' } | Failed;

type Failed = { kind: 'refused' | 'failed'; message: string };

export interface RefreshDeps extends IssuerDeps {
  /** Of the issuer; `CODEX_REFRESH_TOKEN_URL_OVERRIDE`. */
  tokenUrl: string;
  store: AuthStore;
  log: Logger;
}

const AGAIN = 'Please log out and sign in again.';
const REFUSED = `Your access token could not be refreshed. ${AGAIN}`;
const REASONS: Readonly<Record<string, string>> = {
  refresh_token_expired: `Your access token could not be refreshed because your refresh token has expired. ${AGAIN}`,
  refresh_token_reused: `Your access token could not be refreshed because your refresh token was already used. ${AGAIN}`,
  refresh_token_invalidated: `Your access token could not be refreshed because your refresh token was revoked. ${AGAIN}`,
  invalid_grant: REFUSED,
};
/** A token that ran out by itself was used by nobody. */
const EXPIRED = REASONS['refresh_token_expired'];
/** How long another program, which may not know of the lock, gets to store what it was given for our refresh token. */
const OTHERS_MS = 2_000;
const OTHERS_STEP_MS = 100;

/**
 * Renews stored tokens (spec core §4.6): however many ask at once, and in however many processes, it happens once. `used` are
 * the tokens as they were read. A failure leaves the store as it is. Rejects with a CodexError when the store cannot be
 * read or written.
 */
export function createRefresher(deps: RefreshDeps): (used: StoredTokens) => Promise<Refreshed> {
  let running: Promise<Refreshed> | undefined;
  /** A refresh token that nobody need try again, and why. */
  let dead: { refreshToken: string | null; message: string } | undefined;

  const renew = async (used: StoredTokens): Promise<Refreshed> => {
    if (dead && dead.refreshToken === used.refreshToken) return { kind: 'refused', message: dead.message };
    const outcome = await refreshTokens(deps, used).catch(troubleWithFiles);
    if (outcome.kind === 'refused') dead = { refreshToken: used.refreshToken, message: outcome.message };
    return outcome;
  };

  return (used) => {
    running ??= renew(used).finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** A folder that cannot be written to, a full disk: nothing that another try would make worse. */
function troubleWithFiles(error: unknown): Refreshed {
  if (isCodexError(error)) throw error;
  return { kind: 'failed', message: `Failed to refresh token: ${toMessage(error)}` };
}

/** One process at a time, and only when no other did since `used` was read. */
function refreshTokens(deps: RefreshDeps, used: StoredTokens): Promise<Refreshed> {
  const { store, log } = deps;
  return store.exclusively(async () => {
    const current = await store.read();
    const since = compare(current, used);
    if (since !== 'same' || current?.mode !== 'chatgpt') return outcomeOf(since);
    const { refreshToken } = current;
    if (refreshToken === null) return { kind: 'refused', message: REFUSED };
    const answer = await askForTokens(deps, refreshToken);
    if ('kind' in answer) {
      log.warn({ outcome: answer.kind, because: answer.message }, 'tokens were not renewed');
      return answer.kind === 'failed' || answer.message === EXPIRED ? answer : afterOthers(deps, current, answer);
    }
    const meanwhile = compare(await store.read(), current);
    if (meanwhile !== 'same') return outcomeOf(meanwhile);
    const { id_token: idToken, access_token: accessToken, refresh_token: next } = readObject(answer.text);
    const fresh = {
      idToken: typeof idToken === 'string' ? idToken : current.idToken,
      accessToken: typeof accessToken === 'string' ? accessToken : current.accessToken,
      refreshToken: typeof next === 'string' ? next : refreshToken,
      accountId: current.accountId,
    };
    await store.writeTokens(fresh, deps.clock.now(), true);
    log.info({}, 'tokens were renewed');
    return { kind: 'renewed' };
  });
}

async function askForTokens(deps: RefreshDeps, refreshToken: string): Promise<Answer | Failed> {
  const body = { client_id: deps.address.clientId, grant_type: 'refresh_token', refresh_token: refreshToken };
  let answer: Answer;
  try {
    answer = await ask(deps, deps.tokenUrl, body);
  } catch (error) {
    return { kind: 'failed', message: `Failed to refresh token: ${toMessage(error)}` };
  }
  const { status, text } = answer;
  if (status >= 200 && status < 300) return answer;
  const reason = REASONS[codeOf(text)];
  if (status === 401 || (status === 400 && reason !== undefined))
    return { kind: 'refused', message: reason ?? REFUSED };
  const said = refusalText(text, [refreshToken]);
  return { kind: 'failed', message: `Failed to refresh token: ${statusLine(status)}${said && `: ${said}`}` };
}

/** A refresh token works once: when it was refused, another program may have used it and store the new ones right now. */
async function afterOthers(deps: RefreshDeps, sent: StoredTokens, refused: Failed): Promise<Refreshed> {
  const { store, clock } = deps;
  for (let waited = 0; ; waited += OTHERS_STEP_MS) {
    // What cannot be read may be in the middle of being written.
    const since = compare(await store.read().catch(() => sent), sent);
    if (since === 'renewed') return { kind: 'renewed' };
    if (since === 'other' || waited >= OTHERS_MS) return refused;
    await clock.sleep(OTHERS_STEP_MS);
  }
}

function compare(current: Stored | null, before: StoredTokens): 'same' | 'renewed' | 'other' {
  if (current?.mode !== 'chatgpt' || accountIdOf(current) !== accountIdOf(before)) return 'other';
  const isSame = current.accessToken === before.accessToken && current.refreshToken === before.refreshToken;
  return isSame ? 'same' : 'renewed';
}

function outcomeOf(since: 'same' | 'renewed' | 'other'): Refreshed {
  return since === 'renewed' ? { kind: 'renewed' } : { kind: 'refused', message: OTHER_ACCOUNT };
}

/** `{"error": {"code": …}}`, `{"error": …}` or `{"code": …}` */
function codeOf(text: string): string {
  const { error, code } = readObject(text);
  const nested = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const found = [nested, error, code].find((each) => typeof each === 'string');
  return typeof found === 'string' ? found.toLowerCase() : '';
}

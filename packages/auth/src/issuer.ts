import { STATUS_CODES } from 'node:http';
import { type Clock, createDeadline, isAbort, isObject, parseJson, toMessage } from '@codex/base';
import { readClaims } from './claims.ts';
import type { HttpSend, Tokens } from './types.ts';

/** Who signs people in, and as whom we ask it. */
export interface IssuerAddress {
  readonly url: string;
  readonly clientId: string;
}

export const OPENAI: IssuerAddress = { url: 'https://auth.openai.com', clientId: 'app_EMoamEEZ73f0CkXaXp7hrann' };

export interface IssuerDeps {
  address: IssuerAddress;
  http: HttpSend;
  /** Who asks: `user-agent` and `originator`. */
  headers: () => Readonly<Record<string, string>>;
  clock: Clock;
}

export type Answer = Awaited<ReturnType<HttpSend>>;

const LIMIT_MS = 30_000;
const MAX_TEXT = 500;

/** Posts to the issuer and gives it thirty seconds. Rejects in words for the user, or with the abort reason of `signal`. */
export async function ask(
  deps: Pick<IssuerDeps, 'http' | 'headers' | 'clock'>,
  url: string,
  body: URLSearchParams | object,
  signal?: AbortSignal,
): Promise<Answer> {
  const limit = createDeadline(LIMIT_MS, deps.clock);
  const isForm = body instanceof URLSearchParams;
  try {
    return await deps.http({
      method: 'POST',
      url: new URL(url),
      headers: {
        ...deps.headers(),
        'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
        accept: '*/*',
      },
      body: isForm ? body.toString() : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
    });
  } catch (error) {
    if (isAbort(error) && !limit.expired) throw error;
    const why = limit.expired ? `no answer within ${LIMIT_MS / 1000} s` : toMessage(error);
    throw new Error(`error sending request for url (${url}): ${why}`, { cause: error });
  } finally {
    limit.clear();
  }
}

/** What an authorization code is worth (RFC 6749 §4.1.3). Rejects in words for the user. */
export async function exchangeCode(
  deps: IssuerDeps,
  grant: { code: string; verifier: string; redirectUri: string },
  signal?: AbortSignal,
): Promise<Tokens> {
  const { url, clientId } = deps.address;
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code: grant.code,
    redirect_uri: grant.redirectUri,
    client_id: clientId,
    code_verifier: grant.verifier,
  });
  const answer = await ask(deps, `${url}/oauth/token`, form, signal);
  if (answer.status !== 200) {
    const said = refusalText(answer.text, [grant.code, grant.verifier]);
    throw new Error(`token endpoint returned status ${statusLine(answer.status)}${said && `: ${said}`}`);
  }
  const { id_token: idToken, access_token: accessToken, refresh_token: refreshToken } = readObject(answer.text);
  const claims = typeof idToken === 'string' ? readClaims(idToken) : null;
  if (typeof idToken !== 'string' || claims === null || typeof accessToken !== 'string' || accessToken === '')
    throw new Error('the token endpoint gave no tokens');
  return {
    idToken,
    accessToken,
    refreshToken: typeof refreshToken === 'string' ? refreshToken : null,
    accountId: claims.accountId,
  };
}

/** `401 Unauthorized` */
export function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? '<unknown status code>'}`;
}

/** The object that an answer holds; empty when it holds none. */
export function readObject(text: string): Record<string, unknown> {
  const parsed = parseJson(text);
  return parsed.ok && isObject(parsed.value) ? parsed.value : {};
}

/** What an issuer says of its refusal, without the `secrets` that it was sent. */
export function refusalText(text: string, secrets: readonly (string | null)[]): string {
  const { error, error_description: description } = readObject(text);
  const inner = isObject(error) ? error['message'] : error;
  const said = [description, inner].find((each): each is string => typeof each === 'string') ?? text.trim();
  return secrets
    .filter((secret) => secret !== null && secret !== '')
    .reduce<string>((shown, secret) => shown.replaceAll(secret ?? '', '[secret]'), said)
    .slice(0, MAX_TEXT);
}

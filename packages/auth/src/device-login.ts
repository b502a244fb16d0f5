import { toMessage } from '@codex/base';
import { type Answer, ask, exchangeCode, type IssuerDeps, readObject, statusLine } from './issuer.ts';
import type { DeviceLogin, Tokens } from './types.ts';

const LIMIT_MS = 15 * 60_000;
const DEFAULT_INTERVAL_SECONDS = 5;
const MAX_INTERVAL_SECONDS = 60;

export interface DeviceLoginDeps extends IssuerDeps {
  /** Stores the login. Rejects in words for the user. */
  accept: (tokens: Tokens) => Promise<void>;
}

/** Gets a code for the user to enter on another device. Rejects in words for the user. */
export async function startDeviceLogin(deps: DeviceLoginDeps, signal: AbortSignal): Promise<DeviceLogin> {
  const { url, clientId } = deps.address;
  const accounts = `${url}/api/accounts/deviceauth`;
  const answer = await ask(deps, `${accounts}/usercode`, { client_id: clientId }, signal);
  if (answer.status === 404) {
    throw new Error(
      'device code login is not enabled for this Codex server. Use the browser login or verify the server URL.',
    );
  }
  if (!isSuccess(answer)) throw new Error(`device code request failed with status ${statusLine(answer.status)}`);
  const given = readObject(answer.text);
  const id = given['device_auth_id'];
  const userCode = given['user_code'] ?? given['usercode'];
  if (typeof id !== 'string' || typeof userCode !== 'string' || !/^[\w-]{1,64}$/.test(userCode)) {
    throw new Error('the server gave no device code');
  }
  const poll = { device_auth_id: id, user_code: userCode };
  const finish = async () => {
    const grant = await waitForGrant(deps, `${accounts}/token`, poll, intervalMs(given['interval']), signal);
    const tokens = await exchangeCode(deps, { ...grant, redirectUri: `${url}/deviceauth/callback` }, signal).catch(
      (error: unknown) => {
        throw new Error(`device code exchange failed: ${toMessage(error)}`, { cause: error });
      },
    );
    await deps.accept(tokens);
  };
  const completed = finish();
  completed.catch(() => {});
  return { verificationUrl: `${url}/codex/device`, userCode, completed };
}

async function waitForGrant(
  deps: DeviceLoginDeps,
  url: string,
  poll: object,
  stepMs: number,
  signal: AbortSignal,
): Promise<{ code: string; verifier: string }> {
  const end = deps.clock.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask(deps, url, poll, signal);
    if (isSuccess(answer)) {
      const { authorization_code: code, code_verifier: verifier } = readObject(answer.text);
      if (typeof code === 'string' && typeof verifier === 'string') return { code, verifier };
      throw new Error('the server gave no authorization code');
    }
    if (answer.status !== 403 && answer.status !== 404) {
      throw new Error(`device auth failed with status ${statusLine(answer.status)}`);
    }
    if (deps.clock.now() + stepMs > end) throw new Error('device auth timed out after 15 minutes');
    await deps.clock.sleep(stepMs, signal);
  }
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** Seconds as a number or a text. */
function intervalMs(given: unknown): number {
  const seconds = typeof given === 'string' ? Number(given.trim() || Number.NaN) : given;
  const valid = typeof seconds === 'number' && seconds > 0 ? seconds : DEFAULT_INTERVAL_SECONDS;
  return Math.min(valid, MAX_INTERVAL_SECONDS) * 1000;
}

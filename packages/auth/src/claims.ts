import { isObject, parseJson } from '@codex/base';
import type { PlanType } from '@codex/protocol';
import type { Tokens } from './types.ts';

/** What a ChatGPT token says of its owner; null where it says nothing. The signature is not checked. */
export interface Claims {
  email: string | null;
  planType: PlanType | null;
  accountId: string | null;
}

const PLANS: readonly PlanType[] = ['free', 'go', 'plus', 'pro', 'team', 'business', 'enterprise', 'edu', 'unknown'];

/** Null when the text is no JWT. */
export function readClaims(token: string): Claims | null {
  const parts = token.split('.');
  if (parts.length !== 3 || parts.some((part) => part === '')) return null;
  const payload = parseJson(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
  if (!payload.ok || !isObject(payload.value)) return null;
  const auth = payload.value['https://api.openai.com/auth'];
  const profile = payload.value['https://api.openai.com/profile'];
  const plan = text(auth, 'chatgpt_plan_type');
  return {
    email: text(payload.value, 'email') ?? text(profile, 'email'),
    planType: plan === null ? null : toPlan(plan),
    accountId: text(auth, 'chatgpt_account_id'),
  };
}

/** The account that tokens belong to. */
export function accountIdOf({ accountId, idToken }: Pick<Tokens, 'accountId' | 'idToken'>): string | null {
  return accountId ?? readClaims(idToken)?.accountId ?? null;
}

/** A plan by its name in any case; a plan nobody knows is `unknown`. */
export function toPlan(name: string): PlanType {
  return PLANS.find((plan) => plan === name.toLowerCase()) ?? 'unknown';
}

function text(holder: unknown, name: string): string | null {
  const value = isObject(holder) ? holder[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}

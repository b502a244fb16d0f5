import { z } from 'zod';
import { NoParams, method } from '../define.ts';
import { Account } from '../entities/account.ts';
import { RateLimitSnapshot } from '../entities/usage.ts';
import { named } from '../lazy.ts';

export const CancelLoginAccountParams = named('CancelLoginAccountParams', () => z.object({ loginId: z.string() }));
export type CancelLoginAccountParams = z.infer<ReturnType<typeof CancelLoginAccountParams>>;

export const CancelLoginAccountStatus = named('CancelLoginAccountStatus', () => z.enum(['canceled', 'notFound']));
export type CancelLoginAccountStatus = z.infer<ReturnType<typeof CancelLoginAccountStatus>>;

export const CancelLoginAccountResponse = named('CancelLoginAccountResponse', () =>
  z.object({ status: CancelLoginAccountStatus() }),
);
export type CancelLoginAccountResponse = z.infer<ReturnType<typeof CancelLoginAccountResponse>>;

export const GetAccountParams = named('GetAccountParams', () => z.object({ refreshToken: z.boolean().default(false) }));
export type GetAccountParams = z.infer<ReturnType<typeof GetAccountParams>>;

export const GetAccountRateLimitsResponse = named('GetAccountRateLimitsResponse', () =>
  z.object({
    rateLimits: RateLimitSnapshot(),
    rateLimitsByLimitId: z.record(z.string(), RateLimitSnapshot()).nullable(),
  }),
);
export type GetAccountRateLimitsResponse = z.infer<ReturnType<typeof GetAccountRateLimitsResponse>>;

export const GetAccountResponse = named('GetAccountResponse', () =>
  z.object({ account: Account().nullable(), requiresOpenaiAuth: z.boolean() }),
);
export type GetAccountResponse = z.infer<ReturnType<typeof GetAccountResponse>>;

export const LoginAccountParams = named('LoginAccountParams', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('apiKey'), apiKey: z.string() }),
    z.object({ type: z.literal('chatgpt') }),
    z
      .object({
        type: z.literal('chatgptAuthTokens'),
        accessToken: z.string(),
        chatgptAccountId: z.string(),
        chatgptPlanType: z.string().nullish(),
      })
      .meta({ experimentalVariant: 'account/login/start.chatgptAuthTokens' }),
  ]),
);
export type LoginAccountParams = z.infer<ReturnType<typeof LoginAccountParams>>;

export const LoginAccountResponse = named('LoginAccountResponse', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('apiKey') }),
    z.object({ type: z.literal('chatgpt'), loginId: z.string(), authUrl: z.string() }),
    z.object({ type: z.literal('chatgptAuthTokens') }),
  ]),
);
export type LoginAccountResponse = z.infer<ReturnType<typeof LoginAccountResponse>>;

export const LogoutAccountResponse = named('LogoutAccountResponse', () => z.object({}));
export type LogoutAccountResponse = z.infer<ReturnType<typeof LogoutAccountResponse>>;

export const accountMethods = {
  'account/login/start': method({ doc: 'Starts a login.', params: LoginAccountParams, result: LoginAccountResponse }),
  'account/login/cancel': method({
    doc: 'Cancels a pending login.',
    params: CancelLoginAccountParams,
    result: CancelLoginAccountResponse,
  }),
  'account/logout': method({ doc: 'Forgets the stored credentials.', params: NoParams, result: LogoutAccountResponse }),
  'account/rateLimits/read': method({
    doc: 'Reads the rate limits of the account.',
    params: NoParams,
    result: GetAccountRateLimitsResponse,
  }),
  'account/read': method({
    doc: 'Tells which account is in use.',
    params: GetAccountParams,
    result: GetAccountResponse,
  }),
};

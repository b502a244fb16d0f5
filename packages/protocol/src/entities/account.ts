import { z } from 'zod';
import { PlanType } from './usage.ts';
import { named } from '../lazy.ts';

export const Account = named('Account', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('apiKey') }),
    z.object({ type: z.literal('chatgpt'), email: z.string(), planType: PlanType() }),
  ]),
);
export type Account = z.infer<ReturnType<typeof Account>>;

export const AuthMode = named('AuthMode', () => z.enum(['apikey', 'chatgpt', 'chatgptAuthTokens']));
export type AuthMode = z.infer<ReturnType<typeof AuthMode>>;

export const ForcedLoginMethod = named('ForcedLoginMethod', () => z.enum(['chatgpt', 'api']));
export type ForcedLoginMethod = z.infer<ReturnType<typeof ForcedLoginMethod>>;

import { z } from 'zod';
import { notification } from '../define.ts';
import { AuthMode } from '../entities/account.ts';
import { PlanType, RateLimitSnapshot } from '../entities/usage.ts';
import { named } from '../lazy.ts';

export const AccountLoginCompletedNotification = named('AccountLoginCompletedNotification', () =>
  z.object({ loginId: z.string().nullable(), success: z.boolean(), error: z.string().nullable() }),
);
export type AccountLoginCompletedNotification = z.infer<ReturnType<typeof AccountLoginCompletedNotification>>;

export const AccountRateLimitsUpdatedNotification = named('AccountRateLimitsUpdatedNotification', () =>
  z.object({ rateLimits: RateLimitSnapshot() }),
);
export type AccountRateLimitsUpdatedNotification = z.infer<ReturnType<typeof AccountRateLimitsUpdatedNotification>>;

export const AccountUpdatedNotification = named('AccountUpdatedNotification', () =>
  z.object({ authMode: AuthMode().nullable(), planType: PlanType().nullable() }),
);
export type AccountUpdatedNotification = z.infer<ReturnType<typeof AccountUpdatedNotification>>;

export const accountNotifications = {
  'account/updated': notification({ doc: 'Another account is in use.', params: AccountUpdatedNotification }),
  'account/rateLimits/updated': notification({
    doc: 'The rate limits changed.',
    params: AccountRateLimitsUpdatedNotification,
  }),
  'account/login/completed': notification({ doc: 'A login has ended.', params: AccountLoginCompletedNotification }),
};

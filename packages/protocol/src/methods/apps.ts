import { z } from 'zod';
import { method } from '../define.ts';
import { AppInfo } from '../entities/app.ts';
import { named } from '../lazy.ts';
import { u32 } from '../scalar.ts';

export const AppsListParams = named('AppsListParams', () =>
  z.object({
    cursor: z.string().nullish(),
    limit: u32().nullish(),
    threadId: z.string().nullish(),
    forceRefetch: z.boolean().optional(),
  }),
);
export type AppsListParams = z.infer<ReturnType<typeof AppsListParams>>;

export const AppsListResponse = named('AppsListResponse', () =>
  z.object({ data: z.array(AppInfo()), nextCursor: z.string().nullable() }),
);
export type AppsListResponse = z.infer<ReturnType<typeof AppsListResponse>>;

export const appsMethods = {
  'app/list': method({ doc: 'Lists apps and connectors.', params: AppsListParams, result: AppsListResponse }),
};

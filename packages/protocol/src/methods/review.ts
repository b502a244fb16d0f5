import { z } from 'zod';
import { method } from '../define.ts';
import { Turn } from '../entities/turn.ts';
import { named } from '../lazy.ts';

export const ReviewDelivery = named('ReviewDelivery', () => z.enum(['inline', 'detached']));
export type ReviewDelivery = z.infer<ReturnType<typeof ReviewDelivery>>;

export const ReviewTarget = named('ReviewTarget', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('uncommittedChanges') }),
    z.object({ type: z.literal('baseBranch'), branch: z.string() }),
    z.object({ type: z.literal('commit'), sha: z.string(), title: z.string().nullish() }),
    z.object({ type: z.literal('custom'), instructions: z.string() }),
  ]),
);
export type ReviewTarget = z.infer<ReturnType<typeof ReviewTarget>>;

export const ReviewStartParams = named('ReviewStartParams', () =>
  z.object({ threadId: z.string(), target: ReviewTarget(), delivery: ReviewDelivery().nullish() }),
);
export type ReviewStartParams = z.infer<ReturnType<typeof ReviewStartParams>>;

export const ReviewStartResponse = named('ReviewStartResponse', () =>
  z.object({ turn: Turn(), reviewThreadId: z.string() }),
);
export type ReviewStartResponse = z.infer<ReturnType<typeof ReviewStartResponse>>;

export const reviewMethods = {
  'review/start': method({
    doc: 'Starts a code review, in the thread itself or in a new one.',
    params: ReviewStartParams,
    result: ReviewStartResponse,
  }),
};

import { z } from 'zod';
import { method } from '../define.ts';
import { Turn } from '../entities/turn.ts';
import { lazy } from '../lazy.ts';

export const ReviewDelivery = lazy(() => z.enum(['inline', 'detached']));
export type ReviewDelivery = z.infer<ReturnType<typeof ReviewDelivery>>;

export const ReviewTarget = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('uncommittedChanges') }),
    z.object({ type: z.literal('baseBranch'), branch: z.string() }),
    z.object({ type: z.literal('commit'), sha: z.string(), title: z.string().nullish() }),
    z.object({ type: z.literal('custom'), instructions: z.string() }),
  ]),
);
export type ReviewTarget = z.infer<ReturnType<typeof ReviewTarget>>;

export const ReviewStartParams = lazy(() =>
  z.object({ delivery: ReviewDelivery().nullish(), target: ReviewTarget(), threadId: z.string() }),
);
export type ReviewStartParams = z.infer<ReturnType<typeof ReviewStartParams>>;

export const ReviewStartResponse = lazy(() => z.object({ reviewThreadId: z.string(), turn: Turn() }));
export type ReviewStartResponse = z.infer<ReturnType<typeof ReviewStartResponse>>;

export const reviewMethods = {
  'review/start': method({
    doc: 'Starts a code review, in the thread itself or in a new one.',
    params: ReviewStartParams,
    result: ReviewStartResponse,
  }),
};

import { z } from 'zod';
import { method } from '../define.ts';
import { lazy } from '../lazy.ts';

export const FeedbackUploadParams = lazy(() =>
  z.object({
    classification: z.string(),
    extraLogFiles: z.array(z.string()).nullish(),
    includeLogs: z.boolean(),
    reason: z.string().nullish(),
    threadId: z.string().nullish(),
  }),
);
export type FeedbackUploadParams = z.infer<ReturnType<typeof FeedbackUploadParams>>;

export const FeedbackUploadResponse = lazy(() => z.object({ threadId: z.string() }));
export type FeedbackUploadResponse = z.infer<ReturnType<typeof FeedbackUploadResponse>>;

export const feedbackMethods = {
  'feedback/upload': method({
    doc: 'Sends feedback, with logs if wanted.',
    params: FeedbackUploadParams,
    result: FeedbackUploadResponse,
  }),
};

import { z } from 'zod';
import { method } from '../define.ts';
import { named } from '../lazy.ts';
import { PathText } from '../scalar.ts';

export const FeedbackUploadParams = named('FeedbackUploadParams', () =>
  z.object({
    classification: z.string(),
    reason: z.string().nullish(),
    threadId: z.string().nullish(),
    includeLogs: z.boolean(),
    extraLogFiles: z.array(PathText()).nullish(),
  }),
);
export type FeedbackUploadParams = z.infer<ReturnType<typeof FeedbackUploadParams>>;

export const FeedbackUploadResponse = named('FeedbackUploadResponse', () => z.object({ threadId: z.string() }));
export type FeedbackUploadResponse = z.infer<ReturnType<typeof FeedbackUploadResponse>>;

export const feedbackMethods = {
  'feedback/upload': method({
    doc: 'Sends feedback, with logs if wanted.',
    params: FeedbackUploadParams,
    result: FeedbackUploadResponse,
  }),
};

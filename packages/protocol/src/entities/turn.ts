import { z } from 'zod';
import { ThreadItem } from './item.ts';
import { lazy } from '../lazy.ts';
import { u16 } from '../scalar.ts';

export const CodexErrorInfo = lazy(() =>
  z.union([
    z.enum([
      'contextWindowExceeded',
      'usageLimitExceeded',
      'serverOverloaded',
      'internalServerError',
      'unauthorized',
      'badRequest',
      'threadRollbackFailed',
      'sandboxError',
      'other',
    ]),
    z.object({ httpConnectionFailed: z.object({ httpStatusCode: u16().nullable() }) }),
    z.object({ responseStreamConnectionFailed: z.object({ httpStatusCode: u16().nullable() }) }),
    z.object({ responseStreamDisconnected: z.object({ httpStatusCode: u16().nullable() }) }),
    z.object({ responseTooManyFailedAttempts: z.object({ httpStatusCode: u16().nullable() }) }),
  ]),
);
export type CodexErrorInfo = z.infer<ReturnType<typeof CodexErrorInfo>>;

export const TurnError = lazy(() =>
  z.object({
    additionalDetails: z.string().nullable(),
    codexErrorInfo: CodexErrorInfo().nullable(),
    message: z.string(),
  }),
);
export type TurnError = z.infer<ReturnType<typeof TurnError>>;

export const TurnStatus = lazy(() => z.enum(['completed', 'interrupted', 'failed', 'inProgress']));
export type TurnStatus = z.infer<ReturnType<typeof TurnStatus>>;

export const Turn = lazy(() =>
  z.object({ error: TurnError().nullable(), id: z.string(), items: z.array(ThreadItem()), status: TurnStatus() }),
);
export type Turn = z.infer<ReturnType<typeof Turn>>;

export const TurnPlanStepStatus = lazy(() => z.enum(['pending', 'inProgress', 'completed']));
export type TurnPlanStepStatus = z.infer<ReturnType<typeof TurnPlanStepStatus>>;

export const TurnPlanStep = lazy(() => z.object({ status: TurnPlanStepStatus(), step: z.string() }));
export type TurnPlanStep = z.infer<ReturnType<typeof TurnPlanStep>>;

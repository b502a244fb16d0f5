import { z } from 'zod';
import { ThreadItem } from './item.ts';
import { named } from '../lazy.ts';
import { u16 } from '../scalar.ts';

export const CodexErrorInfo = named('CodexErrorInfo', () =>
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

export const TurnError = named('TurnError', () =>
  z.object({
    message: z.string(),
    codexErrorInfo: CodexErrorInfo().nullable(),
    additionalDetails: z.string().nullable(),
  }),
);
export type TurnError = z.infer<ReturnType<typeof TurnError>>;

export const TurnStatus = named('TurnStatus', () => z.enum(['completed', 'interrupted', 'failed', 'inProgress']));
export type TurnStatus = z.infer<ReturnType<typeof TurnStatus>>;

export const Turn = named('Turn', () =>
  z.object({ id: z.string(), items: z.array(ThreadItem()), status: TurnStatus(), error: TurnError().nullable() }),
);
export type Turn = z.infer<ReturnType<typeof Turn>>;

export const TurnPlanStepStatus = named('TurnPlanStepStatus', () => z.enum(['pending', 'inProgress', 'completed']));
export type TurnPlanStepStatus = z.infer<ReturnType<typeof TurnPlanStepStatus>>;

export const TurnPlanStep = named('TurnPlanStep', () => z.object({ step: z.string(), status: TurnPlanStepStatus() }));
export type TurnPlanStep = z.infer<ReturnType<typeof TurnPlanStep>>;

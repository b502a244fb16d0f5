import { z } from 'zod';
import { method } from '../define.ts';
import { ApprovalsReviewer, AskForApproval, SandboxPolicy } from '../entities/policy.ts';
import {
  CollaborationMode,
  Personality,
  ReasoningEffort,
  ReasoningSummary,
  ServiceTier,
} from '../entities/settings.ts';
import { Turn } from '../entities/turn.ts';
import { UserInput } from '../entities/user-input.ts';
import { lazy } from '../lazy.ts';

export const TurnInterruptParams = lazy(() => z.object({ threadId: z.string(), turnId: z.string() }));
export type TurnInterruptParams = z.infer<ReturnType<typeof TurnInterruptParams>>;

export const TurnInterruptResponse = lazy(() => z.object({}));
export type TurnInterruptResponse = z.infer<ReturnType<typeof TurnInterruptResponse>>;

export const TurnStartParams = lazy(() =>
  z.object({
    approvalPolicy: AskForApproval().nullish(),
    approvalsReviewer: ApprovalsReviewer().nullish(),
    collaborationMode: CollaborationMode().nullish(),
    cwd: z.string().nullish(),
    effort: ReasoningEffort().nullish(),
    input: z.array(UserInput()),
    model: z.string().nullish(),
    outputSchema: z.unknown().optional(),
    personality: Personality().nullish(),
    sandboxPolicy: SandboxPolicy().nullish(),
    serviceTier: ServiceTier().nullish(),
    summary: ReasoningSummary().nullish(),
    threadId: z.string(),
  }),
);
export type TurnStartParams = z.infer<ReturnType<typeof TurnStartParams>>;

export const TurnStartResponse = lazy(() => z.object({ turn: Turn() }));
export type TurnStartResponse = z.infer<ReturnType<typeof TurnStartResponse>>;

export const TurnSteerParams = lazy(() =>
  z.object({ expectedTurnId: z.string(), input: z.array(UserInput()), threadId: z.string() }),
);
export type TurnSteerParams = z.infer<ReturnType<typeof TurnSteerParams>>;

export const TurnSteerResponse = lazy(() => z.object({ turnId: z.string() }));
export type TurnSteerResponse = z.infer<ReturnType<typeof TurnSteerResponse>>;

export const turnMethods = {
  'turn/start': method({
    doc: 'Starts a turn on a loaded thread, or joins its input to the running turn.',
    params: TurnStartParams,
    result: TurnStartResponse,
    experimentalFields: { collaborationMode: 'turn/start.collaborationMode' },
  }),
  'turn/steer': method({ doc: 'Adds input to the running turn.', params: TurnSteerParams, result: TurnSteerResponse }),
  'turn/interrupt': method({
    doc: 'Interrupts the running turn.',
    params: TurnInterruptParams,
    result: TurnInterruptResponse,
  }),
};

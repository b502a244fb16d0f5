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
import { named } from '../lazy.ts';
import { PathText } from '../scalar.ts';

export const TurnInterruptParams = named('TurnInterruptParams', () =>
  z.object({ threadId: z.string(), turnId: z.string() }),
);
export type TurnInterruptParams = z.infer<ReturnType<typeof TurnInterruptParams>>;

export const TurnInterruptResponse = named('TurnInterruptResponse', () => z.object({}));
export type TurnInterruptResponse = z.infer<ReturnType<typeof TurnInterruptResponse>>;

export const TurnStartParams = named('TurnStartParams', () =>
  z.object({
    threadId: z.string(),
    input: z.array(UserInput()),
    cwd: PathText().nullish(),
    approvalPolicy: AskForApproval().nullish(),
    approvalsReviewer: ApprovalsReviewer().nullish(),
    sandboxPolicy: SandboxPolicy().nullish(),
    model: z.string().nullish(),
    serviceTier: ServiceTier().nullish(),
    effort: ReasoningEffort().nullish(),
    summary: ReasoningSummary().nullish(),
    personality: Personality().nullish(),
    outputSchema: z.unknown().optional(),
    collaborationMode: CollaborationMode().nullish(),
  }),
);
export type TurnStartParams = z.infer<ReturnType<typeof TurnStartParams>>;

export const TurnStartResponse = named('TurnStartResponse', () => z.object({ turn: Turn() }));
export type TurnStartResponse = z.infer<ReturnType<typeof TurnStartResponse>>;

export const TurnSteerParams = named('TurnSteerParams', () =>
  z.object({ threadId: z.string(), input: z.array(UserInput()), expectedTurnId: z.string() }),
);
export type TurnSteerParams = z.infer<ReturnType<typeof TurnSteerParams>>;

export const TurnSteerResponse = named('TurnSteerResponse', () => z.object({ turnId: z.string() }));
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

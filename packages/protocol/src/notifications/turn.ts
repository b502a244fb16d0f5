import { z } from 'zod';
import { notification } from '../define.ts';
import { Turn, TurnError, TurnPlanStep } from '../entities/turn.ts';
import { named } from '../lazy.ts';

export const ErrorNotification = named('ErrorNotification', () =>
  z.object({ error: TurnError(), willRetry: z.boolean(), threadId: z.string(), turnId: z.string() }),
);
export type ErrorNotification = z.infer<ReturnType<typeof ErrorNotification>>;

export const ModelRerouteReason = named('ModelRerouteReason', () => z.literal('highRiskCyberActivity'));
export type ModelRerouteReason = z.infer<ReturnType<typeof ModelRerouteReason>>;

export const ModelReroutedNotification = named('ModelReroutedNotification', () =>
  z.object({
    threadId: z.string(),
    turnId: z.string(),
    fromModel: z.string(),
    toModel: z.string(),
    reason: ModelRerouteReason(),
  }),
);
export type ModelReroutedNotification = z.infer<ReturnType<typeof ModelReroutedNotification>>;

export const TurnCompletedNotification = named('TurnCompletedNotification', () =>
  z.object({ threadId: z.string(), turn: Turn() }),
);
export type TurnCompletedNotification = z.infer<ReturnType<typeof TurnCompletedNotification>>;

export const TurnDiffUpdatedNotification = named('TurnDiffUpdatedNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string(), diff: z.string() }),
);
export type TurnDiffUpdatedNotification = z.infer<ReturnType<typeof TurnDiffUpdatedNotification>>;

export const TurnPlanUpdatedNotification = named('TurnPlanUpdatedNotification', () =>
  z.object({
    threadId: z.string(),
    turnId: z.string(),
    explanation: z.string().nullable(),
    plan: z.array(TurnPlanStep()),
  }),
);
export type TurnPlanUpdatedNotification = z.infer<ReturnType<typeof TurnPlanUpdatedNotification>>;

export const TurnStartedNotification = named('TurnStartedNotification', () =>
  z.object({ threadId: z.string(), turn: Turn() }),
);
export type TurnStartedNotification = z.infer<ReturnType<typeof TurnStartedNotification>>;

export const turnNotifications = {
  error: notification({
    doc: 'Something went wrong in a turn; willRetry tells whether the turn goes on.',
    params: ErrorNotification,
  }),
  'turn/started': notification({ doc: 'A turn has begun.', params: TurnStartedNotification }),
  'turn/completed': notification({ doc: 'A turn has ended; its status says how.', params: TurnCompletedNotification }),
  'turn/diff/updated': notification({
    doc: "The combined diff of the turn's patches changed.",
    params: TurnDiffUpdatedNotification,
  }),
  'turn/plan/updated': notification({ doc: "The model's plan changed.", params: TurnPlanUpdatedNotification }),
  'model/rerouted': notification({
    doc: 'Another model than the requested one answers.',
    params: ModelReroutedNotification,
  }),
};

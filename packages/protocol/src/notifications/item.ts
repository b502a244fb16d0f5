import { z } from 'zod';
import { notification } from '../define.ts';
import { ThreadItem } from '../entities/item.ts';
import { ResponseItem } from '../entities/response-item.ts';
import { named } from '../lazy.ts';
import { i64, u8 } from '../scalar.ts';

export const AgentMessageDeltaNotification = named('AgentMessageDeltaNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string(), itemId: z.string(), delta: z.string() }),
);
export type AgentMessageDeltaNotification = z.infer<ReturnType<typeof AgentMessageDeltaNotification>>;

export const CommandExecutionOutputDeltaNotification = named('CommandExecutionOutputDeltaNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string(), itemId: z.string(), delta: z.string() }),
);
export type CommandExecutionOutputDeltaNotification = z.infer<
  ReturnType<typeof CommandExecutionOutputDeltaNotification>
>;

export const FileChangeOutputDeltaNotification = named('FileChangeOutputDeltaNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string(), itemId: z.string(), delta: z.string() }),
);
export type FileChangeOutputDeltaNotification = z.infer<ReturnType<typeof FileChangeOutputDeltaNotification>>;

export const GuardianRiskLevel = named('GuardianRiskLevel', () => z.enum(['low', 'medium', 'high']));
export type GuardianRiskLevel = z.infer<ReturnType<typeof GuardianRiskLevel>>;

export const GuardianApprovalReviewStatus = named('GuardianApprovalReviewStatus', () =>
  z.enum(['inProgress', 'approved', 'denied', 'aborted']),
);
export type GuardianApprovalReviewStatus = z.infer<ReturnType<typeof GuardianApprovalReviewStatus>>;

export const GuardianApprovalReview = named('GuardianApprovalReview', () =>
  z.object({
    status: GuardianApprovalReviewStatus(),
    riskScore: u8().nullable(),
    riskLevel: GuardianRiskLevel().nullable(),
    rationale: z.string().nullable(),
  }),
);
export type GuardianApprovalReview = z.infer<ReturnType<typeof GuardianApprovalReview>>;

export const ItemCompletedNotification = named('ItemCompletedNotification', () =>
  z.object({ item: ThreadItem(), threadId: z.string(), turnId: z.string() }),
);
export type ItemCompletedNotification = z.infer<ReturnType<typeof ItemCompletedNotification>>;

export const ItemGuardianApprovalReviewCompletedNotification = named(
  'ItemGuardianApprovalReviewCompletedNotification',
  () =>
    z.object({
      threadId: z.string(),
      turnId: z.string(),
      targetItemId: z.string(),
      review: GuardianApprovalReview(),
      action: z.unknown(),
    }),
);
export type ItemGuardianApprovalReviewCompletedNotification = z.infer<
  ReturnType<typeof ItemGuardianApprovalReviewCompletedNotification>
>;

export const ItemGuardianApprovalReviewStartedNotification = named(
  'ItemGuardianApprovalReviewStartedNotification',
  () =>
    z.object({
      threadId: z.string(),
      turnId: z.string(),
      targetItemId: z.string(),
      review: GuardianApprovalReview(),
      action: z.unknown(),
    }),
);
export type ItemGuardianApprovalReviewStartedNotification = z.infer<
  ReturnType<typeof ItemGuardianApprovalReviewStartedNotification>
>;

export const ItemStartedNotification = named('ItemStartedNotification', () =>
  z.object({ item: ThreadItem(), threadId: z.string(), turnId: z.string() }),
);
export type ItemStartedNotification = z.infer<ReturnType<typeof ItemStartedNotification>>;

export const McpToolCallProgressNotification = named('McpToolCallProgressNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string(), itemId: z.string(), message: z.string() }),
);
export type McpToolCallProgressNotification = z.infer<ReturnType<typeof McpToolCallProgressNotification>>;

export const PlanDeltaNotification = named('PlanDeltaNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string(), itemId: z.string(), delta: z.string() }),
);
export type PlanDeltaNotification = z.infer<ReturnType<typeof PlanDeltaNotification>>;

export const RawResponseItemCompletedNotification = named('RawResponseItemCompletedNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string(), item: ResponseItem() }),
);
export type RawResponseItemCompletedNotification = z.infer<ReturnType<typeof RawResponseItemCompletedNotification>>;

export const ReasoningSummaryPartAddedNotification = named('ReasoningSummaryPartAddedNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string(), itemId: z.string(), summaryIndex: i64() }),
);
export type ReasoningSummaryPartAddedNotification = z.infer<ReturnType<typeof ReasoningSummaryPartAddedNotification>>;

export const ReasoningSummaryTextDeltaNotification = named('ReasoningSummaryTextDeltaNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string(), itemId: z.string(), delta: z.string(), summaryIndex: i64() }),
);
export type ReasoningSummaryTextDeltaNotification = z.infer<ReturnType<typeof ReasoningSummaryTextDeltaNotification>>;

export const ReasoningTextDeltaNotification = named('ReasoningTextDeltaNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string(), itemId: z.string(), delta: z.string(), contentIndex: i64() }),
);
export type ReasoningTextDeltaNotification = z.infer<ReturnType<typeof ReasoningTextDeltaNotification>>;

export const TerminalInteractionNotification = named('TerminalInteractionNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string(), itemId: z.string(), processId: z.string(), stdin: z.string() }),
);
export type TerminalInteractionNotification = z.infer<ReturnType<typeof TerminalInteractionNotification>>;

export const itemNotifications = {
  'item/started': notification({ doc: 'An item has begun.', params: ItemStartedNotification }),
  'item/autoApprovalReview/started': notification({
    doc: 'An automatic reviewer looks at an approval.',
    params: ItemGuardianApprovalReviewStartedNotification,
  }),
  'item/autoApprovalReview/completed': notification({
    doc: 'The automatic reviewer has decided.',
    params: ItemGuardianApprovalReviewCompletedNotification,
  }),
  'item/completed': notification({
    doc: 'An item has ended; its content is final.',
    params: ItemCompletedNotification,
  }),
  'item/agentMessage/delta': notification({
    doc: 'More text of an agent message.',
    params: AgentMessageDeltaNotification,
  }),
  'item/plan/delta': notification({ doc: 'More text of a plan.', params: PlanDeltaNotification }),
  'item/commandExecution/outputDelta': notification({
    doc: 'More output of a command.',
    params: CommandExecutionOutputDeltaNotification,
  }),
  'item/commandExecution/terminalInteraction': notification({
    doc: 'Something was typed into a running command.',
    params: TerminalInteractionNotification,
  }),
  'item/fileChange/outputDelta': notification({
    doc: 'Output of a patch being applied.',
    params: FileChangeOutputDeltaNotification,
  }),
  'item/mcpToolCall/progress': notification({
    doc: 'An MCP tool reports progress.',
    params: McpToolCallProgressNotification,
  }),
  'item/reasoning/summaryTextDelta': notification({
    doc: 'More text of a reasoning summary.',
    params: ReasoningSummaryTextDeltaNotification,
  }),
  'item/reasoning/summaryPartAdded': notification({
    doc: 'A new part of a reasoning summary begins.',
    params: ReasoningSummaryPartAddedNotification,
  }),
  'item/reasoning/textDelta': notification({ doc: 'More raw reasoning text.', params: ReasoningTextDeltaNotification }),
  'rawResponseItem/completed': notification({
    doc: "An item of the model's own history, for clients that asked for them.",
    params: RawResponseItemCompletedNotification,
  }),
};

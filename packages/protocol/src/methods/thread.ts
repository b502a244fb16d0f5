import { z } from 'zod';
import { method } from '../define.ts';
import { ApprovalsReviewer, AskForApproval, SandboxMode, SandboxPolicy } from '../entities/policy.ts';
import { ResponseItem } from '../entities/response-item.ts';
import { DynamicToolSpec, Personality, ReasoningEffort, ServiceTier } from '../entities/settings.ts';
import { Thread } from '../entities/thread.ts';
import { lazy } from '../lazy.ts';
import { u32, u64 } from '../scalar.ts';

export const ThreadArchiveParams = lazy(() => z.object({ threadId: z.string() }));
export type ThreadArchiveParams = z.infer<ReturnType<typeof ThreadArchiveParams>>;

export const ThreadArchiveResponse = lazy(() => z.object({}));
export type ThreadArchiveResponse = z.infer<ReturnType<typeof ThreadArchiveResponse>>;

export const ThreadBackgroundTerminalsCleanParams = lazy(() => z.object({ threadId: z.string() }));
export type ThreadBackgroundTerminalsCleanParams = z.infer<ReturnType<typeof ThreadBackgroundTerminalsCleanParams>>;

export const ThreadBackgroundTerminalsCleanResponse = lazy(() => z.object({}));
export type ThreadBackgroundTerminalsCleanResponse = z.infer<ReturnType<typeof ThreadBackgroundTerminalsCleanResponse>>;

export const ThreadCompactStartParams = lazy(() => z.object({ threadId: z.string() }));
export type ThreadCompactStartParams = z.infer<ReturnType<typeof ThreadCompactStartParams>>;

export const ThreadCompactStartResponse = lazy(() => z.object({}));
export type ThreadCompactStartResponse = z.infer<ReturnType<typeof ThreadCompactStartResponse>>;

export const ThreadDecrementElicitationParams = lazy(() => z.object({ threadId: z.string() }));
export type ThreadDecrementElicitationParams = z.infer<ReturnType<typeof ThreadDecrementElicitationParams>>;

export const ThreadDecrementElicitationResponse = lazy(() => z.object({ count: u64(), paused: z.boolean() }));
export type ThreadDecrementElicitationResponse = z.infer<ReturnType<typeof ThreadDecrementElicitationResponse>>;

export const ThreadForkParams = lazy(() =>
  z.object({
    approvalPolicy: AskForApproval().nullish(),
    approvalsReviewer: ApprovalsReviewer().nullish(),
    baseInstructions: z.string().nullish(),
    config: z.record(z.string(), z.unknown()).nullish(),
    cwd: z.string().nullish(),
    developerInstructions: z.string().nullish(),
    ephemeral: z.boolean().optional(),
    model: z.string().nullish(),
    modelProvider: z.string().nullish(),
    path: z.string().nullish(),
    persistExtendedHistory: z.boolean().default(false),
    sandbox: SandboxMode().nullish(),
    serviceTier: ServiceTier().nullish(),
    threadId: z.string(),
  }),
);
export type ThreadForkParams = z.infer<ReturnType<typeof ThreadForkParams>>;

export const ThreadForkResponse = lazy(() =>
  z.object({
    approvalPolicy: AskForApproval(),
    approvalsReviewer: ApprovalsReviewer(),
    cwd: z.string(),
    model: z.string(),
    modelProvider: z.string(),
    reasoningEffort: ReasoningEffort().nullable(),
    sandbox: SandboxPolicy(),
    serviceTier: ServiceTier().nullable(),
    thread: Thread(),
  }),
);
export type ThreadForkResponse = z.infer<ReturnType<typeof ThreadForkResponse>>;

export const ThreadIncrementElicitationParams = lazy(() => z.object({ threadId: z.string() }));
export type ThreadIncrementElicitationParams = z.infer<ReturnType<typeof ThreadIncrementElicitationParams>>;

export const ThreadIncrementElicitationResponse = lazy(() => z.object({ count: u64(), paused: z.boolean() }));
export type ThreadIncrementElicitationResponse = z.infer<ReturnType<typeof ThreadIncrementElicitationResponse>>;

export const ThreadSortKey = lazy(() => z.enum(['created_at', 'updated_at']));
export type ThreadSortKey = z.infer<ReturnType<typeof ThreadSortKey>>;

export const ThreadSourceKind = lazy(() =>
  z.enum([
    'cli',
    'vscode',
    'exec',
    'appServer',
    'subAgent',
    'subAgentReview',
    'subAgentCompact',
    'subAgentThreadSpawn',
    'subAgentOther',
    'unknown',
  ]),
);
export type ThreadSourceKind = z.infer<ReturnType<typeof ThreadSourceKind>>;

export const ThreadListParams = lazy(() =>
  z.object({
    archived: z.boolean().nullish(),
    cursor: z.string().nullish(),
    cwd: z.string().nullish(),
    limit: u32().nullish(),
    modelProviders: z.array(z.string()).nullish(),
    searchTerm: z.string().nullish(),
    sortKey: ThreadSortKey().nullish(),
    sourceKinds: z.array(ThreadSourceKind()).nullish(),
  }),
);
export type ThreadListParams = z.infer<ReturnType<typeof ThreadListParams>>;

export const ThreadListResponse = lazy(() => z.object({ data: z.array(Thread()), nextCursor: z.string().nullable() }));
export type ThreadListResponse = z.infer<ReturnType<typeof ThreadListResponse>>;

export const ThreadLoadedListParams = lazy(() => z.object({ cursor: z.string().nullish(), limit: u32().nullish() }));
export type ThreadLoadedListParams = z.infer<ReturnType<typeof ThreadLoadedListParams>>;

export const ThreadLoadedListResponse = lazy(() =>
  z.object({ data: z.array(z.string()), nextCursor: z.string().nullable() }),
);
export type ThreadLoadedListResponse = z.infer<ReturnType<typeof ThreadLoadedListResponse>>;

export const ThreadMetadataGitInfoUpdateParams = lazy(() =>
  z.object({ branch: z.string().nullish(), originUrl: z.string().nullish(), sha: z.string().nullish() }),
);
export type ThreadMetadataGitInfoUpdateParams = z.infer<ReturnType<typeof ThreadMetadataGitInfoUpdateParams>>;

export const ThreadMetadataUpdateParams = lazy(() =>
  z.object({ gitInfo: ThreadMetadataGitInfoUpdateParams().nullish(), threadId: z.string() }),
);
export type ThreadMetadataUpdateParams = z.infer<ReturnType<typeof ThreadMetadataUpdateParams>>;

export const ThreadMetadataUpdateResponse = lazy(() => z.object({ thread: Thread() }));
export type ThreadMetadataUpdateResponse = z.infer<ReturnType<typeof ThreadMetadataUpdateResponse>>;

export const ThreadReadParams = lazy(() =>
  z.object({ includeTurns: z.boolean().default(false), threadId: z.string() }),
);
export type ThreadReadParams = z.infer<ReturnType<typeof ThreadReadParams>>;

export const ThreadReadResponse = lazy(() => z.object({ thread: Thread() }));
export type ThreadReadResponse = z.infer<ReturnType<typeof ThreadReadResponse>>;

export const ThreadResumeParams = lazy(() =>
  z.object({
    approvalPolicy: AskForApproval().nullish(),
    approvalsReviewer: ApprovalsReviewer().nullish(),
    baseInstructions: z.string().nullish(),
    config: z.record(z.string(), z.unknown()).nullish(),
    cwd: z.string().nullish(),
    developerInstructions: z.string().nullish(),
    history: z.array(ResponseItem()).nullish(),
    model: z.string().nullish(),
    modelProvider: z.string().nullish(),
    path: z.string().nullish(),
    persistExtendedHistory: z.boolean().default(false),
    personality: Personality().nullish(),
    sandbox: SandboxMode().nullish(),
    serviceTier: ServiceTier().nullish(),
    threadId: z.string(),
  }),
);
export type ThreadResumeParams = z.infer<ReturnType<typeof ThreadResumeParams>>;

export const ThreadResumeResponse = lazy(() =>
  z.object({
    approvalPolicy: AskForApproval(),
    approvalsReviewer: ApprovalsReviewer(),
    cwd: z.string(),
    model: z.string(),
    modelProvider: z.string(),
    reasoningEffort: ReasoningEffort().nullable(),
    sandbox: SandboxPolicy(),
    serviceTier: ServiceTier().nullable(),
    thread: Thread(),
  }),
);
export type ThreadResumeResponse = z.infer<ReturnType<typeof ThreadResumeResponse>>;

export const ThreadRollbackParams = lazy(() => z.object({ numTurns: u32(), threadId: z.string() }));
export type ThreadRollbackParams = z.infer<ReturnType<typeof ThreadRollbackParams>>;

export const ThreadRollbackResponse = lazy(() => z.object({ thread: Thread() }));
export type ThreadRollbackResponse = z.infer<ReturnType<typeof ThreadRollbackResponse>>;

export const ThreadSetNameParams = lazy(() => z.object({ name: z.string(), threadId: z.string() }));
export type ThreadSetNameParams = z.infer<ReturnType<typeof ThreadSetNameParams>>;

export const ThreadSetNameResponse = lazy(() => z.object({}));
export type ThreadSetNameResponse = z.infer<ReturnType<typeof ThreadSetNameResponse>>;

export const ThreadStartParams = lazy(() =>
  z.object({
    approvalPolicy: AskForApproval().nullish(),
    approvalsReviewer: ApprovalsReviewer().nullish(),
    baseInstructions: z.string().nullish(),
    config: z.record(z.string(), z.unknown()).nullish(),
    cwd: z.string().nullish(),
    developerInstructions: z.string().nullish(),
    dynamicTools: z.array(DynamicToolSpec()).nullish(),
    ephemeral: z.boolean().nullish(),
    experimentalRawEvents: z.boolean().default(false),
    mockExperimentalField: z.string().nullish(),
    model: z.string().nullish(),
    modelProvider: z.string().nullish(),
    persistExtendedHistory: z.boolean().default(false),
    personality: Personality().nullish(),
    sandbox: SandboxMode().nullish(),
    serviceName: z.string().nullish(),
    serviceTier: ServiceTier().nullish(),
  }),
);
export type ThreadStartParams = z.infer<ReturnType<typeof ThreadStartParams>>;

export const ThreadStartResponse = lazy(() =>
  z.object({
    approvalPolicy: AskForApproval(),
    approvalsReviewer: ApprovalsReviewer(),
    cwd: z.string(),
    model: z.string(),
    modelProvider: z.string(),
    reasoningEffort: ReasoningEffort().nullable(),
    sandbox: SandboxPolicy(),
    serviceTier: ServiceTier().nullable(),
    thread: Thread(),
  }),
);
export type ThreadStartResponse = z.infer<ReturnType<typeof ThreadStartResponse>>;

export const ThreadUnarchiveParams = lazy(() => z.object({ threadId: z.string() }));
export type ThreadUnarchiveParams = z.infer<ReturnType<typeof ThreadUnarchiveParams>>;

export const ThreadUnarchiveResponse = lazy(() => z.object({ thread: Thread() }));
export type ThreadUnarchiveResponse = z.infer<ReturnType<typeof ThreadUnarchiveResponse>>;

export const ThreadUnsubscribeParams = lazy(() => z.object({ threadId: z.string() }));
export type ThreadUnsubscribeParams = z.infer<ReturnType<typeof ThreadUnsubscribeParams>>;

export const ThreadUnsubscribeStatus = lazy(() => z.enum(['notLoaded', 'notSubscribed', 'unsubscribed']));
export type ThreadUnsubscribeStatus = z.infer<ReturnType<typeof ThreadUnsubscribeStatus>>;

export const ThreadUnsubscribeResponse = lazy(() => z.object({ status: ThreadUnsubscribeStatus() }));
export type ThreadUnsubscribeResponse = z.infer<ReturnType<typeof ThreadUnsubscribeResponse>>;

export const threadMethods = {
  'thread/start': method({
    doc: 'Creates a thread with the given settings and subscribes the caller to it.',
    params: ThreadStartParams,
    result: ThreadStartResponse,
    experimentalFields: {
      dynamicTools: 'thread/start.dynamicTools',
      mockExperimentalField: 'thread/start.mockExperimentalField',
      experimentalRawEvents: 'thread/start.experimentalRawEvents',
      persistExtendedHistory: 'thread/start.persistFullHistory',
    },
  }),
  'thread/resume': method({
    doc: 'Loads a stored thread, or joins a loaded one, and subscribes the caller to it.',
    params: ThreadResumeParams,
    result: ThreadResumeResponse,
    experimentalFields: {
      history: 'thread/resume.history',
      path: 'thread/resume.path',
      persistExtendedHistory: 'thread/resume.persistFullHistory',
    },
  }),
  'thread/fork': method({
    doc: 'Copies the history of a thread into a new one.',
    params: ThreadForkParams,
    result: ThreadForkResponse,
    experimentalFields: { path: 'thread/fork.path', persistExtendedHistory: 'thread/fork.persistFullHistory' },
  }),
  'thread/archive': method({
    doc: 'Closes a thread and moves its file to the archive.',
    params: ThreadArchiveParams,
    result: ThreadArchiveResponse,
  }),
  'thread/unsubscribe': method({
    doc: "Ends the caller's subscription; the last one to leave closes the thread.",
    params: ThreadUnsubscribeParams,
    result: ThreadUnsubscribeResponse,
  }),
  'thread/increment_elicitation': method({
    doc: 'Stops the clocks of running tools while the client asks a human something out of band.',
    params: ThreadIncrementElicitationParams,
    result: ThreadIncrementElicitationResponse,
    experimental: true,
  }),
  'thread/decrement_elicitation': method({
    doc: 'Takes back one increment; at zero the clocks run again.',
    params: ThreadDecrementElicitationParams,
    result: ThreadDecrementElicitationResponse,
    experimental: true,
  }),
  'thread/name/set': method({
    doc: 'Gives a thread a name.',
    params: ThreadSetNameParams,
    result: ThreadSetNameResponse,
  }),
  'thread/metadata/update': method({
    doc: 'Changes the stored git facts of a thread.',
    params: ThreadMetadataUpdateParams,
    result: ThreadMetadataUpdateResponse,
  }),
  'thread/unarchive': method({
    doc: "Moves an archived thread's file back among the sessions.",
    params: ThreadUnarchiveParams,
    result: ThreadUnarchiveResponse,
  }),
  'thread/compact/start': method({
    doc: "Starts a turn that replaces the model's history by a summary.",
    params: ThreadCompactStartParams,
    result: ThreadCompactStartResponse,
  }),
  'thread/backgroundTerminals/clean': method({
    doc: 'Ends the terminal sessions that a thread left running.',
    params: ThreadBackgroundTerminalsCleanParams,
    result: ThreadBackgroundTerminalsCleanResponse,
    experimental: true,
  }),
  'thread/rollback': method({
    doc: "Drops the last turns from a thread's history; files on disk stay as they are.",
    params: ThreadRollbackParams,
    result: ThreadRollbackResponse,
  }),
  'thread/list': method({
    doc: 'Lists stored threads, newest first, page by page.',
    params: ThreadListParams,
    result: ThreadListResponse,
  }),
  'thread/loaded/list': method({
    doc: 'Lists the ids of the threads in memory.',
    params: ThreadLoadedListParams,
    result: ThreadLoadedListResponse,
  }),
  'thread/read': method({
    doc: 'Reads a thread without loading or subscribing to it.',
    params: ThreadReadParams,
    result: ThreadReadResponse,
  }),
};

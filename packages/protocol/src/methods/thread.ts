import { z } from 'zod';
import { method } from '../define.ts';
import { ApprovalsReviewer, AskForApproval, SandboxMode, SandboxPolicy } from '../entities/policy.ts';
import { ResponseItem } from '../entities/response-item.ts';
import { DynamicToolSpec, Personality, ReasoningEffort, ServiceTier } from '../entities/settings.ts';
import { Thread } from '../entities/thread.ts';
import { named } from '../lazy.ts';
import { PathText, u32, u64 } from '../scalar.ts';

export const ThreadArchiveParams = named('ThreadArchiveParams', () => z.object({ threadId: z.string() }));
export type ThreadArchiveParams = z.infer<ReturnType<typeof ThreadArchiveParams>>;

export const ThreadArchiveResponse = named('ThreadArchiveResponse', () => z.object({}));
export type ThreadArchiveResponse = z.infer<ReturnType<typeof ThreadArchiveResponse>>;

export const ThreadBackgroundTerminalsCleanParams = named('ThreadBackgroundTerminalsCleanParams', () =>
  z.object({ threadId: z.string() }),
);
export type ThreadBackgroundTerminalsCleanParams = z.infer<ReturnType<typeof ThreadBackgroundTerminalsCleanParams>>;

export const ThreadBackgroundTerminalsCleanResponse = named('ThreadBackgroundTerminalsCleanResponse', () =>
  z.object({}),
);
export type ThreadBackgroundTerminalsCleanResponse = z.infer<ReturnType<typeof ThreadBackgroundTerminalsCleanResponse>>;

export const ThreadCompactStartParams = named('ThreadCompactStartParams', () => z.object({ threadId: z.string() }));
export type ThreadCompactStartParams = z.infer<ReturnType<typeof ThreadCompactStartParams>>;

export const ThreadCompactStartResponse = named('ThreadCompactStartResponse', () => z.object({}));
export type ThreadCompactStartResponse = z.infer<ReturnType<typeof ThreadCompactStartResponse>>;

export const ThreadDecrementElicitationParams = named('ThreadDecrementElicitationParams', () =>
  z.object({ threadId: z.string() }),
);
export type ThreadDecrementElicitationParams = z.infer<ReturnType<typeof ThreadDecrementElicitationParams>>;

export const ThreadDecrementElicitationResponse = named('ThreadDecrementElicitationResponse', () =>
  z.object({ count: u64(), paused: z.boolean() }),
);
export type ThreadDecrementElicitationResponse = z.infer<ReturnType<typeof ThreadDecrementElicitationResponse>>;

export const ThreadForkParams = named('ThreadForkParams', () =>
  z.object({
    threadId: z.string(),
    path: PathText().nullish(),
    model: z.string().nullish(),
    modelProvider: z.string().nullish(),
    serviceTier: ServiceTier().nullish(),
    cwd: z.string().nullish(),
    approvalPolicy: AskForApproval().nullish(),
    approvalsReviewer: ApprovalsReviewer().nullish(),
    sandbox: SandboxMode().nullish(),
    config: z.record(z.string(), z.unknown()).nullish(),
    baseInstructions: z.string().nullish(),
    developerInstructions: z.string().nullish(),
    ephemeral: z.boolean().optional(),
    persistExtendedHistory: z.boolean().default(false),
  }),
);
export type ThreadForkParams = z.infer<ReturnType<typeof ThreadForkParams>>;

export const ThreadForkResponse = named('ThreadForkResponse', () =>
  z.object({
    thread: Thread(),
    model: z.string(),
    modelProvider: z.string(),
    serviceTier: ServiceTier().nullable(),
    cwd: z.string(),
    approvalPolicy: AskForApproval(),
    approvalsReviewer: ApprovalsReviewer(),
    sandbox: SandboxPolicy(),
    reasoningEffort: ReasoningEffort().nullable(),
  }),
);
export type ThreadForkResponse = z.infer<ReturnType<typeof ThreadForkResponse>>;

export const ThreadIncrementElicitationParams = named('ThreadIncrementElicitationParams', () =>
  z.object({ threadId: z.string() }),
);
export type ThreadIncrementElicitationParams = z.infer<ReturnType<typeof ThreadIncrementElicitationParams>>;

export const ThreadIncrementElicitationResponse = named('ThreadIncrementElicitationResponse', () =>
  z.object({ count: u64(), paused: z.boolean() }),
);
export type ThreadIncrementElicitationResponse = z.infer<ReturnType<typeof ThreadIncrementElicitationResponse>>;

export const ThreadSortKey = named('ThreadSortKey', () => z.enum(['created_at', 'updated_at']));
export type ThreadSortKey = z.infer<ReturnType<typeof ThreadSortKey>>;

export const ThreadSourceKind = named('ThreadSourceKind', () =>
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

export const ThreadListParams = named('ThreadListParams', () =>
  z.object({
    cursor: z.string().nullish(),
    limit: u32().nullish(),
    sortKey: ThreadSortKey().nullish(),
    modelProviders: z.array(z.string()).nullish(),
    sourceKinds: z.array(ThreadSourceKind()).nullish(),
    archived: z.boolean().nullish(),
    cwd: z.string().nullish(),
    searchTerm: z.string().nullish(),
  }),
);
export type ThreadListParams = z.infer<ReturnType<typeof ThreadListParams>>;

export const ThreadListResponse = named('ThreadListResponse', () =>
  z.object({ data: z.array(Thread()), nextCursor: z.string().nullable() }),
);
export type ThreadListResponse = z.infer<ReturnType<typeof ThreadListResponse>>;

export const ThreadLoadedListParams = named('ThreadLoadedListParams', () =>
  z.object({ cursor: z.string().nullish(), limit: u32().nullish() }),
);
export type ThreadLoadedListParams = z.infer<ReturnType<typeof ThreadLoadedListParams>>;

export const ThreadLoadedListResponse = named('ThreadLoadedListResponse', () =>
  z.object({ data: z.array(z.string()), nextCursor: z.string().nullable() }),
);
export type ThreadLoadedListResponse = z.infer<ReturnType<typeof ThreadLoadedListResponse>>;

export const ThreadMetadataGitInfoUpdateParams = named('ThreadMetadataGitInfoUpdateParams', () =>
  z.object({ sha: z.string().nullish(), branch: z.string().nullish(), originUrl: z.string().nullish() }),
);
export type ThreadMetadataGitInfoUpdateParams = z.infer<ReturnType<typeof ThreadMetadataGitInfoUpdateParams>>;

export const ThreadMetadataUpdateParams = named('ThreadMetadataUpdateParams', () =>
  z.object({ threadId: z.string(), gitInfo: ThreadMetadataGitInfoUpdateParams().nullish() }),
);
export type ThreadMetadataUpdateParams = z.infer<ReturnType<typeof ThreadMetadataUpdateParams>>;

export const ThreadMetadataUpdateResponse = named('ThreadMetadataUpdateResponse', () => z.object({ thread: Thread() }));
export type ThreadMetadataUpdateResponse = z.infer<ReturnType<typeof ThreadMetadataUpdateResponse>>;

export const ThreadReadParams = named('ThreadReadParams', () =>
  z.object({ threadId: z.string(), includeTurns: z.boolean().default(false) }),
);
export type ThreadReadParams = z.infer<ReturnType<typeof ThreadReadParams>>;

export const ThreadReadResponse = named('ThreadReadResponse', () => z.object({ thread: Thread() }));
export type ThreadReadResponse = z.infer<ReturnType<typeof ThreadReadResponse>>;

export const ThreadResumeParams = named('ThreadResumeParams', () =>
  z.object({
    threadId: z.string(),
    history: z.array(ResponseItem()).nullish(),
    path: PathText().nullish(),
    model: z.string().nullish(),
    modelProvider: z.string().nullish(),
    serviceTier: ServiceTier().nullish(),
    cwd: z.string().nullish(),
    approvalPolicy: AskForApproval().nullish(),
    approvalsReviewer: ApprovalsReviewer().nullish(),
    sandbox: SandboxMode().nullish(),
    config: z.record(z.string(), z.unknown()).nullish(),
    baseInstructions: z.string().nullish(),
    developerInstructions: z.string().nullish(),
    personality: Personality().nullish(),
    persistExtendedHistory: z.boolean().default(false),
  }),
);
export type ThreadResumeParams = z.infer<ReturnType<typeof ThreadResumeParams>>;

export const ThreadResumeResponse = named('ThreadResumeResponse', () =>
  z.object({
    thread: Thread(),
    model: z.string(),
    modelProvider: z.string(),
    serviceTier: ServiceTier().nullable(),
    cwd: z.string(),
    approvalPolicy: AskForApproval(),
    approvalsReviewer: ApprovalsReviewer(),
    sandbox: SandboxPolicy(),
    reasoningEffort: ReasoningEffort().nullable(),
  }),
);
export type ThreadResumeResponse = z.infer<ReturnType<typeof ThreadResumeResponse>>;

export const ThreadRollbackParams = named('ThreadRollbackParams', () =>
  z.object({ threadId: z.string(), numTurns: u32() }),
);
export type ThreadRollbackParams = z.infer<ReturnType<typeof ThreadRollbackParams>>;

export const ThreadRollbackResponse = named('ThreadRollbackResponse', () => z.object({ thread: Thread() }));
export type ThreadRollbackResponse = z.infer<ReturnType<typeof ThreadRollbackResponse>>;

export const ThreadSetNameParams = named('ThreadSetNameParams', () =>
  z.object({ threadId: z.string(), name: z.string() }),
);
export type ThreadSetNameParams = z.infer<ReturnType<typeof ThreadSetNameParams>>;

export const ThreadSetNameResponse = named('ThreadSetNameResponse', () => z.object({}));
export type ThreadSetNameResponse = z.infer<ReturnType<typeof ThreadSetNameResponse>>;

export const ThreadStartParams = named('ThreadStartParams', () =>
  z.object({
    model: z.string().nullish(),
    modelProvider: z.string().nullish(),
    serviceTier: ServiceTier().nullish(),
    cwd: z.string().nullish(),
    approvalPolicy: AskForApproval().nullish(),
    approvalsReviewer: ApprovalsReviewer().nullish(),
    sandbox: SandboxMode().nullish(),
    config: z.record(z.string(), z.unknown()).nullish(),
    serviceName: z.string().nullish(),
    baseInstructions: z.string().nullish(),
    developerInstructions: z.string().nullish(),
    personality: Personality().nullish(),
    ephemeral: z.boolean().nullish(),
    dynamicTools: z.array(DynamicToolSpec()).nullish(),
    mockExperimentalField: z.string().nullish(),
    experimentalRawEvents: z.boolean().default(false),
    persistExtendedHistory: z.boolean().default(false),
  }),
);
export type ThreadStartParams = z.infer<ReturnType<typeof ThreadStartParams>>;

export const ThreadStartResponse = named('ThreadStartResponse', () =>
  z.object({
    thread: Thread(),
    model: z.string(),
    modelProvider: z.string(),
    serviceTier: ServiceTier().nullable(),
    cwd: z.string(),
    approvalPolicy: AskForApproval(),
    approvalsReviewer: ApprovalsReviewer(),
    sandbox: SandboxPolicy(),
    reasoningEffort: ReasoningEffort().nullable(),
  }),
);
export type ThreadStartResponse = z.infer<ReturnType<typeof ThreadStartResponse>>;

export const ThreadUnarchiveParams = named('ThreadUnarchiveParams', () => z.object({ threadId: z.string() }));
export type ThreadUnarchiveParams = z.infer<ReturnType<typeof ThreadUnarchiveParams>>;

export const ThreadUnarchiveResponse = named('ThreadUnarchiveResponse', () => z.object({ thread: Thread() }));
export type ThreadUnarchiveResponse = z.infer<ReturnType<typeof ThreadUnarchiveResponse>>;

export const ThreadUnsubscribeParams = named('ThreadUnsubscribeParams', () => z.object({ threadId: z.string() }));
export type ThreadUnsubscribeParams = z.infer<ReturnType<typeof ThreadUnsubscribeParams>>;

export const ThreadUnsubscribeStatus = named('ThreadUnsubscribeStatus', () =>
  z.enum(['notLoaded', 'notSubscribed', 'unsubscribed']),
);
export type ThreadUnsubscribeStatus = z.infer<ReturnType<typeof ThreadUnsubscribeStatus>>;

export const ThreadUnsubscribeResponse = named('ThreadUnsubscribeResponse', () =>
  z.object({ status: ThreadUnsubscribeStatus() }),
);
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

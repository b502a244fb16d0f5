import { z } from 'zod';
import { notification } from '../define.ts';
import { AppInfo } from '../entities/app.ts';
import { FuzzyFileSearchResult } from '../entities/search.ts';
import { WindowsSandboxSetupMode } from '../entities/windows.ts';
import { lazy } from '../lazy.ts';
import { i64, u64 } from '../scalar.ts';

export const AppListUpdatedNotification = lazy(() => z.object({ data: z.array(AppInfo()) }));
export type AppListUpdatedNotification = z.infer<ReturnType<typeof AppListUpdatedNotification>>;

export const CommandExecOutputStream = lazy(() => z.enum(['stdout', 'stderr']));
export type CommandExecOutputStream = z.infer<ReturnType<typeof CommandExecOutputStream>>;

export const CommandExecOutputDeltaNotification = lazy(() =>
  z.object({
    capReached: z.boolean(),
    deltaBase64: z.string(),
    processId: z.string(),
    stream: CommandExecOutputStream(),
  }),
);
export type CommandExecOutputDeltaNotification = z.infer<ReturnType<typeof CommandExecOutputDeltaNotification>>;

export const TextPosition = lazy(() => z.object({ column: u64(), line: u64() }));
export type TextPosition = z.infer<ReturnType<typeof TextPosition>>;

export const TextRange = lazy(() => z.object({ end: TextPosition(), start: TextPosition() }));
export type TextRange = z.infer<ReturnType<typeof TextRange>>;

export const ConfigWarningNotification = lazy(() =>
  z.object({
    details: z.string().nullish(),
    path: z.string().nullish(),
    range: TextRange().nullish(),
    summary: z.string(),
  }),
);
export type ConfigWarningNotification = z.infer<ReturnType<typeof ConfigWarningNotification>>;

export const DeprecationNoticeNotification = lazy(() =>
  z.object({ details: z.string().nullable(), summary: z.string() }),
);
export type DeprecationNoticeNotification = z.infer<ReturnType<typeof DeprecationNoticeNotification>>;

export const FuzzyFileSearchSessionCompletedNotification = lazy(() => z.object({ sessionId: z.string() }));
export type FuzzyFileSearchSessionCompletedNotification = z.infer<
  ReturnType<typeof FuzzyFileSearchSessionCompletedNotification>
>;

export const FuzzyFileSearchSessionUpdatedNotification = lazy(() =>
  z.object({ files: z.array(FuzzyFileSearchResult()), query: z.string(), sessionId: z.string() }),
);
export type FuzzyFileSearchSessionUpdatedNotification = z.infer<
  ReturnType<typeof FuzzyFileSearchSessionUpdatedNotification>
>;

export const HookOutputEntryKind = lazy(() => z.enum(['warning', 'stop', 'feedback', 'context', 'error']));
export type HookOutputEntryKind = z.infer<ReturnType<typeof HookOutputEntryKind>>;

export const HookOutputEntry = lazy(() => z.object({ kind: HookOutputEntryKind(), text: z.string() }));
export type HookOutputEntry = z.infer<ReturnType<typeof HookOutputEntry>>;

export const HookEventName = lazy(() => z.enum(['sessionStart', 'stop']));
export type HookEventName = z.infer<ReturnType<typeof HookEventName>>;

export const HookExecutionMode = lazy(() => z.enum(['sync', 'async']));
export type HookExecutionMode = z.infer<ReturnType<typeof HookExecutionMode>>;

export const HookHandlerType = lazy(() => z.enum(['command', 'prompt', 'agent']));
export type HookHandlerType = z.infer<ReturnType<typeof HookHandlerType>>;

export const HookScope = lazy(() => z.enum(['thread', 'turn']));
export type HookScope = z.infer<ReturnType<typeof HookScope>>;

export const HookRunStatus = lazy(() => z.enum(['running', 'completed', 'failed', 'blocked', 'stopped']));
export type HookRunStatus = z.infer<ReturnType<typeof HookRunStatus>>;

export const HookRunSummary = lazy(() =>
  z.object({
    completedAt: i64().nullable(),
    displayOrder: i64(),
    durationMs: i64().nullable(),
    entries: z.array(HookOutputEntry()),
    eventName: HookEventName(),
    executionMode: HookExecutionMode(),
    handlerType: HookHandlerType(),
    id: z.string(),
    scope: HookScope(),
    sourcePath: z.string(),
    startedAt: i64(),
    status: HookRunStatus(),
    statusMessage: z.string().nullable(),
  }),
);
export type HookRunSummary = z.infer<ReturnType<typeof HookRunSummary>>;

export const HookCompletedNotification = lazy(() =>
  z.object({ run: HookRunSummary(), threadId: z.string(), turnId: z.string().nullable() }),
);
export type HookCompletedNotification = z.infer<ReturnType<typeof HookCompletedNotification>>;

export const HookStartedNotification = lazy(() =>
  z.object({ run: HookRunSummary(), threadId: z.string(), turnId: z.string().nullable() }),
);
export type HookStartedNotification = z.infer<ReturnType<typeof HookStartedNotification>>;

export const McpServerOauthLoginCompletedNotification = lazy(() =>
  z.object({ error: z.string().nullish(), name: z.string(), success: z.boolean() }),
);
export type McpServerOauthLoginCompletedNotification = z.infer<
  ReturnType<typeof McpServerOauthLoginCompletedNotification>
>;

export const SkillsChangedNotification = lazy(() => z.object({}));
export type SkillsChangedNotification = z.infer<ReturnType<typeof SkillsChangedNotification>>;

export const WindowsSandboxSetupCompletedNotification = lazy(() =>
  z.object({ error: z.string().nullable(), mode: WindowsSandboxSetupMode(), success: z.boolean() }),
);
export type WindowsSandboxSetupCompletedNotification = z.infer<
  ReturnType<typeof WindowsSandboxSetupCompletedNotification>
>;

export const WindowsWorldWritableWarningNotification = lazy(() =>
  z.object({ extraCount: u64(), failedScan: z.boolean(), samplePaths: z.array(z.string()) }),
);
export type WindowsWorldWritableWarningNotification = z.infer<
  ReturnType<typeof WindowsWorldWritableWarningNotification>
>;

export const miscNotifications = {
  'skills/changed': notification({
    doc: 'Watched skill files changed; ask for the list again.',
    params: SkillsChangedNotification,
  }),
  'hook/started': notification({ doc: 'A hook was started.', params: HookStartedNotification }),
  'hook/completed': notification({ doc: 'A hook has ended.', params: HookCompletedNotification }),
  'command/exec/outputDelta': notification({
    doc: 'Output of a command the client runs.',
    params: CommandExecOutputDeltaNotification,
  }),
  'mcpServer/oauthLogin/completed': notification({
    doc: 'The OAuth login of an MCP server has ended.',
    params: McpServerOauthLoginCompletedNotification,
  }),
  'app/list/updated': notification({ doc: 'The list of apps changed.', params: AppListUpdatedNotification }),
  deprecationNotice: notification({ doc: 'A deprecated feature is in use.', params: DeprecationNoticeNotification }),
  configWarning: notification({
    doc: 'Something in the configuration needs attention.',
    params: ConfigWarningNotification,
  }),
  'fuzzyFileSearch/sessionUpdated': notification({
    doc: 'Results for the query of a file search.',
    params: FuzzyFileSearchSessionUpdatedNotification,
  }),
  'fuzzyFileSearch/sessionCompleted': notification({
    doc: 'A file search has nothing more to report.',
    params: FuzzyFileSearchSessionCompletedNotification,
  }),
  'windows/worldWritableWarning': notification({
    doc: 'Folders that everybody may write were found.',
    params: WindowsWorldWritableWarningNotification,
  }),
  'windowsSandbox/setupCompleted': notification({
    doc: 'The set-up of the Windows sandbox has ended.',
    params: WindowsSandboxSetupCompletedNotification,
  }),
};

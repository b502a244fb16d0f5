import { z } from 'zod';
import { notification } from '../define.ts';
import { AppInfo } from '../entities/app.ts';
import { FuzzyFileSearchResult } from '../entities/search.ts';
import { WindowsSandboxSetupMode } from '../entities/windows.ts';
import { named } from '../lazy.ts';
import { i64, usize } from '../scalar.ts';

export const AppListUpdatedNotification = named('AppListUpdatedNotification', () =>
  z.object({ data: z.array(AppInfo()) }),
);
export type AppListUpdatedNotification = z.infer<ReturnType<typeof AppListUpdatedNotification>>;

export const CommandExecOutputStream = named('CommandExecOutputStream', () => z.enum(['stdout', 'stderr']));
export type CommandExecOutputStream = z.infer<ReturnType<typeof CommandExecOutputStream>>;

export const CommandExecOutputDeltaNotification = named('CommandExecOutputDeltaNotification', () =>
  z.object({
    processId: z.string(),
    stream: CommandExecOutputStream(),
    deltaBase64: z.string(),
    capReached: z.boolean(),
  }),
);
export type CommandExecOutputDeltaNotification = z.infer<ReturnType<typeof CommandExecOutputDeltaNotification>>;

export const TextPosition = named('TextPosition', () => z.object({ line: usize(), column: usize() }));
export type TextPosition = z.infer<ReturnType<typeof TextPosition>>;

export const TextRange = named('TextRange', () => z.object({ start: TextPosition(), end: TextPosition() }));
export type TextRange = z.infer<ReturnType<typeof TextRange>>;

export const ConfigWarningNotification = named('ConfigWarningNotification', () =>
  z.object({
    summary: z.string(),
    details: z.string().nullish(),
    path: z.string().nullish(),
    range: TextRange().nullish(),
  }),
);
export type ConfigWarningNotification = z.infer<ReturnType<typeof ConfigWarningNotification>>;

export const DeprecationNoticeNotification = named('DeprecationNoticeNotification', () =>
  z.object({ summary: z.string(), details: z.string().nullable() }),
);
export type DeprecationNoticeNotification = z.infer<ReturnType<typeof DeprecationNoticeNotification>>;

export const FuzzyFileSearchSessionCompletedNotification = named('FuzzyFileSearchSessionCompletedNotification', () =>
  z.object({ sessionId: z.string() }),
);
export type FuzzyFileSearchSessionCompletedNotification = z.infer<
  ReturnType<typeof FuzzyFileSearchSessionCompletedNotification>
>;

export const FuzzyFileSearchSessionUpdatedNotification = named('FuzzyFileSearchSessionUpdatedNotification', () =>
  z.object({ sessionId: z.string(), query: z.string(), files: z.array(FuzzyFileSearchResult()) }),
);
export type FuzzyFileSearchSessionUpdatedNotification = z.infer<
  ReturnType<typeof FuzzyFileSearchSessionUpdatedNotification>
>;

export const HookOutputEntryKind = named('HookOutputEntryKind', () =>
  z.enum(['warning', 'stop', 'feedback', 'context', 'error']),
);
export type HookOutputEntryKind = z.infer<ReturnType<typeof HookOutputEntryKind>>;

export const HookOutputEntry = named('HookOutputEntry', () =>
  z.object({ kind: HookOutputEntryKind(), text: z.string() }),
);
export type HookOutputEntry = z.infer<ReturnType<typeof HookOutputEntry>>;

export const HookEventName = named('HookEventName', () => z.enum(['sessionStart', 'stop']));
export type HookEventName = z.infer<ReturnType<typeof HookEventName>>;

export const HookExecutionMode = named('HookExecutionMode', () => z.enum(['sync', 'async']));
export type HookExecutionMode = z.infer<ReturnType<typeof HookExecutionMode>>;

export const HookHandlerType = named('HookHandlerType', () => z.enum(['command', 'prompt', 'agent']));
export type HookHandlerType = z.infer<ReturnType<typeof HookHandlerType>>;

export const HookScope = named('HookScope', () => z.enum(['thread', 'turn']));
export type HookScope = z.infer<ReturnType<typeof HookScope>>;

export const HookRunStatus = named('HookRunStatus', () =>
  z.enum(['running', 'completed', 'failed', 'blocked', 'stopped']),
);
export type HookRunStatus = z.infer<ReturnType<typeof HookRunStatus>>;

export const HookRunSummary = named('HookRunSummary', () =>
  z.object({
    id: z.string(),
    eventName: HookEventName(),
    handlerType: HookHandlerType(),
    executionMode: HookExecutionMode(),
    scope: HookScope(),
    sourcePath: z.string(),
    displayOrder: i64(),
    status: HookRunStatus(),
    statusMessage: z.string().nullable(),
    startedAt: i64(),
    completedAt: i64().nullable(),
    durationMs: i64().nullable(),
    entries: z.array(HookOutputEntry()),
  }),
);
export type HookRunSummary = z.infer<ReturnType<typeof HookRunSummary>>;

export const HookCompletedNotification = named('HookCompletedNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string().nullable(), run: HookRunSummary() }),
);
export type HookCompletedNotification = z.infer<ReturnType<typeof HookCompletedNotification>>;

export const HookStartedNotification = named('HookStartedNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string().nullable(), run: HookRunSummary() }),
);
export type HookStartedNotification = z.infer<ReturnType<typeof HookStartedNotification>>;

export const McpServerOauthLoginCompletedNotification = named('McpServerOauthLoginCompletedNotification', () =>
  z.object({ name: z.string(), success: z.boolean(), error: z.string().nullish() }),
);
export type McpServerOauthLoginCompletedNotification = z.infer<
  ReturnType<typeof McpServerOauthLoginCompletedNotification>
>;

export const SkillsChangedNotification = named('SkillsChangedNotification', () => z.object({}));
export type SkillsChangedNotification = z.infer<ReturnType<typeof SkillsChangedNotification>>;

export const WindowsSandboxSetupCompletedNotification = named('WindowsSandboxSetupCompletedNotification', () =>
  z.object({ mode: WindowsSandboxSetupMode(), success: z.boolean(), error: z.string().nullable() }),
);
export type WindowsSandboxSetupCompletedNotification = z.infer<
  ReturnType<typeof WindowsSandboxSetupCompletedNotification>
>;

export const WindowsWorldWritableWarningNotification = named('WindowsWorldWritableWarningNotification', () =>
  z.object({ samplePaths: z.array(z.string()), extraCount: usize(), failedScan: z.boolean() }),
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

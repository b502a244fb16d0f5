import { z } from 'zod';
import { MessagePhase, ReasoningEffort } from './settings.ts';
import { UserInput } from './user-input.ts';
import { lazy } from '../lazy.ts';
import { i32, i64 } from '../scalar.ts';

export const CollabAgentStatus = lazy(() =>
  z.enum(['pendingInit', 'running', 'interrupted', 'completed', 'errored', 'shutdown', 'notFound']),
);
export type CollabAgentStatus = z.infer<ReturnType<typeof CollabAgentStatus>>;

export const CollabAgentState = lazy(() => z.object({ message: z.string().nullable(), status: CollabAgentStatus() }));
export type CollabAgentState = z.infer<ReturnType<typeof CollabAgentState>>;

export const CollabAgentTool = lazy(() => z.enum(['spawnAgent', 'sendInput', 'resumeAgent', 'wait', 'closeAgent']));
export type CollabAgentTool = z.infer<ReturnType<typeof CollabAgentTool>>;

export const CollabAgentToolCallStatus = lazy(() => z.enum(['inProgress', 'completed', 'failed']));
export type CollabAgentToolCallStatus = z.infer<ReturnType<typeof CollabAgentToolCallStatus>>;

export const CommandAction = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('read'), command: z.string(), name: z.string(), path: z.string() }),
    z.object({ type: z.literal('listFiles'), command: z.string(), path: z.string().nullable() }),
    z.object({
      type: z.literal('search'),
      command: z.string(),
      path: z.string().nullable(),
      query: z.string().nullable(),
    }),
    z.object({ type: z.literal('unknown'), command: z.string() }),
  ]),
);
export type CommandAction = z.infer<ReturnType<typeof CommandAction>>;

export const CommandExecutionStatus = lazy(() => z.enum(['inProgress', 'completed', 'failed', 'declined']));
export type CommandExecutionStatus = z.infer<ReturnType<typeof CommandExecutionStatus>>;

export const DynamicToolCallOutputContentItem = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('inputText'), text: z.string() }),
    z.object({ type: z.literal('inputImage'), imageUrl: z.string() }),
  ]),
);
export type DynamicToolCallOutputContentItem = z.infer<ReturnType<typeof DynamicToolCallOutputContentItem>>;

export const DynamicToolCallStatus = lazy(() => z.enum(['inProgress', 'completed', 'failed']));
export type DynamicToolCallStatus = z.infer<ReturnType<typeof DynamicToolCallStatus>>;

export const PatchChangeKind = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('add') }),
    z.object({ type: z.literal('delete') }),
    z.object({ type: z.literal('update'), move_path: z.string().nullable() }),
  ]),
);
export type PatchChangeKind = z.infer<ReturnType<typeof PatchChangeKind>>;

export const FileUpdateChange = lazy(() => z.object({ diff: z.string(), kind: PatchChangeKind(), path: z.string() }));
export type FileUpdateChange = z.infer<ReturnType<typeof FileUpdateChange>>;

export const McpToolCallError = lazy(() => z.object({ message: z.string() }));
export type McpToolCallError = z.infer<ReturnType<typeof McpToolCallError>>;

export const McpToolCallResult = lazy(() =>
  z.object({ content: z.array(z.unknown()), structuredContent: z.unknown() }),
);
export type McpToolCallResult = z.infer<ReturnType<typeof McpToolCallResult>>;

export const McpToolCallStatus = lazy(() => z.enum(['inProgress', 'completed', 'failed']));
export type McpToolCallStatus = z.infer<ReturnType<typeof McpToolCallStatus>>;

export const PatchApplyStatus = lazy(() => z.enum(['inProgress', 'completed', 'failed', 'declined']));
export type PatchApplyStatus = z.infer<ReturnType<typeof PatchApplyStatus>>;

export const WebSearchAction = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('search'), queries: z.array(z.string()).nullable(), query: z.string().nullable() }),
    z.object({ type: z.literal('openPage'), url: z.string().nullable() }),
    z.object({ type: z.literal('findInPage'), pattern: z.string().nullable(), url: z.string().nullable() }),
    z.object({ type: z.literal('other') }),
  ]),
);
export type WebSearchAction = z.infer<ReturnType<typeof WebSearchAction>>;

export const ThreadItem = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('userMessage'), content: z.array(UserInput()), id: z.string() }),
    z.object({ type: z.literal('agentMessage'), id: z.string(), phase: MessagePhase().nullable(), text: z.string() }),
    z.object({ type: z.literal('plan'), id: z.string(), text: z.string() }),
    z.object({
      type: z.literal('reasoning'),
      content: z.array(z.string()),
      id: z.string(),
      summary: z.array(z.string()),
    }),
    z.object({
      type: z.literal('commandExecution'),
      aggregatedOutput: z.string().nullable(),
      command: z.string(),
      commandActions: z.array(CommandAction()),
      cwd: z.string(),
      durationMs: i64().nullable(),
      exitCode: i32().nullable(),
      id: z.string(),
      processId: z.string().nullable(),
      status: CommandExecutionStatus(),
    }),
    z.object({
      type: z.literal('fileChange'),
      changes: z.array(FileUpdateChange()),
      id: z.string(),
      status: PatchApplyStatus(),
    }),
    z.object({
      type: z.literal('mcpToolCall'),
      arguments: z.unknown(),
      durationMs: i64().nullable(),
      error: McpToolCallError().nullable(),
      id: z.string(),
      result: McpToolCallResult().nullable(),
      server: z.string(),
      status: McpToolCallStatus(),
      tool: z.string(),
    }),
    z.object({
      type: z.literal('dynamicToolCall'),
      arguments: z.unknown(),
      contentItems: z.array(DynamicToolCallOutputContentItem()).nullable(),
      durationMs: i64().nullable(),
      id: z.string(),
      status: DynamicToolCallStatus(),
      success: z.boolean().nullable(),
      tool: z.string(),
    }),
    z.object({
      type: z.literal('collabAgentToolCall'),
      agentsStates: z.record(z.string(), CollabAgentState()),
      id: z.string(),
      model: z.string().nullable(),
      prompt: z.string().nullable(),
      reasoningEffort: ReasoningEffort().nullable(),
      receiverThreadIds: z.array(z.string()),
      senderThreadId: z.string(),
      status: CollabAgentToolCallStatus(),
      tool: CollabAgentTool(),
    }),
    z.object({ type: z.literal('webSearch'), action: WebSearchAction().nullable(), id: z.string(), query: z.string() }),
    z.object({ type: z.literal('imageView'), id: z.string(), path: z.string() }),
    z.object({
      type: z.literal('imageGeneration'),
      id: z.string(),
      result: z.string(),
      revisedPrompt: z.string().nullable(),
      status: z.string(),
    }),
    z.object({ type: z.literal('enteredReviewMode'), id: z.string(), review: z.string() }),
    z.object({ type: z.literal('exitedReviewMode'), id: z.string(), review: z.string() }),
    z.object({ type: z.literal('contextCompaction'), id: z.string() }),
  ]),
);
export type ThreadItem = z.infer<ReturnType<typeof ThreadItem>>;

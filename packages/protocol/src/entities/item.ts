import { z } from 'zod';
import { MessagePhase, ReasoningEffort } from './settings.ts';
import { UserInput } from './user-input.ts';
import { named } from '../lazy.ts';
import { i32, i64 } from '../scalar.ts';

export const CollabAgentStatus = named('CollabAgentStatus', () =>
  z.enum(['pendingInit', 'running', 'interrupted', 'completed', 'errored', 'shutdown', 'notFound']),
);
export type CollabAgentStatus = z.infer<ReturnType<typeof CollabAgentStatus>>;

export const CollabAgentState = named('CollabAgentState', () =>
  z.object({ status: CollabAgentStatus(), message: z.string().nullable() }),
);
export type CollabAgentState = z.infer<ReturnType<typeof CollabAgentState>>;

export const CollabAgentTool = named('CollabAgentTool', () =>
  z.enum(['spawnAgent', 'sendInput', 'resumeAgent', 'wait', 'closeAgent']),
);
export type CollabAgentTool = z.infer<ReturnType<typeof CollabAgentTool>>;

export const CollabAgentToolCallStatus = named('CollabAgentToolCallStatus', () =>
  z.enum(['inProgress', 'completed', 'failed']),
);
export type CollabAgentToolCallStatus = z.infer<ReturnType<typeof CollabAgentToolCallStatus>>;

export const CommandAction = named('CommandAction', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('read'), command: z.string(), name: z.string(), path: z.string() }),
    z.object({ type: z.literal('listFiles'), command: z.string(), path: z.string().nullable() }),
    z.object({
      type: z.literal('search'),
      command: z.string(),
      query: z.string().nullable(),
      path: z.string().nullable(),
    }),
    z.object({ type: z.literal('unknown'), command: z.string() }),
  ]),
);
export type CommandAction = z.infer<ReturnType<typeof CommandAction>>;

export const CommandExecutionStatus = named('CommandExecutionStatus', () =>
  z.enum(['inProgress', 'completed', 'failed', 'declined']),
);
export type CommandExecutionStatus = z.infer<ReturnType<typeof CommandExecutionStatus>>;

export const DynamicToolCallOutputContentItem = named('DynamicToolCallOutputContentItem', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('inputText'), text: z.string() }),
    z.object({ type: z.literal('inputImage'), imageUrl: z.string() }),
  ]),
);
export type DynamicToolCallOutputContentItem = z.infer<ReturnType<typeof DynamicToolCallOutputContentItem>>;

export const DynamicToolCallStatus = named('DynamicToolCallStatus', () =>
  z.enum(['inProgress', 'completed', 'failed']),
);
export type DynamicToolCallStatus = z.infer<ReturnType<typeof DynamicToolCallStatus>>;

export const PatchChangeKind = named('PatchChangeKind', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('add') }),
    z.object({ type: z.literal('delete') }),
    z.object({ type: z.literal('update'), move_path: z.string().nullable() }),
  ]),
);
export type PatchChangeKind = z.infer<ReturnType<typeof PatchChangeKind>>;

export const FileUpdateChange = named('FileUpdateChange', () =>
  z.object({ path: z.string(), kind: PatchChangeKind(), diff: z.string() }),
);
export type FileUpdateChange = z.infer<ReturnType<typeof FileUpdateChange>>;

export const McpToolCallError = named('McpToolCallError', () => z.object({ message: z.string() }));
export type McpToolCallError = z.infer<ReturnType<typeof McpToolCallError>>;

export const McpToolCallResult = named('McpToolCallResult', () =>
  z.object({ content: z.array(z.unknown()), structuredContent: z.unknown() }),
);
export type McpToolCallResult = z.infer<ReturnType<typeof McpToolCallResult>>;

export const McpToolCallStatus = named('McpToolCallStatus', () => z.enum(['inProgress', 'completed', 'failed']));
export type McpToolCallStatus = z.infer<ReturnType<typeof McpToolCallStatus>>;

export const PatchApplyStatus = named('PatchApplyStatus', () =>
  z.enum(['inProgress', 'completed', 'failed', 'declined']),
);
export type PatchApplyStatus = z.infer<ReturnType<typeof PatchApplyStatus>>;

export const WebSearchAction = named('WebSearchAction', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('search'), query: z.string().nullable(), queries: z.array(z.string()).nullable() }),
    z.object({ type: z.literal('openPage'), url: z.string().nullable() }),
    z.object({ type: z.literal('findInPage'), url: z.string().nullable(), pattern: z.string().nullable() }),
    z.object({ type: z.literal('other') }),
  ]),
);
export type WebSearchAction = z.infer<ReturnType<typeof WebSearchAction>>;

export const ThreadItem = named('ThreadItem', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('userMessage'), id: z.string(), content: z.array(UserInput()) }),
    z.object({ type: z.literal('agentMessage'), id: z.string(), text: z.string(), phase: MessagePhase().nullable() }),
    z.object({ type: z.literal('plan'), id: z.string(), text: z.string() }),
    z.object({
      type: z.literal('reasoning'),
      id: z.string(),
      summary: z.array(z.string()),
      content: z.array(z.string()),
    }),
    z.object({
      type: z.literal('commandExecution'),
      id: z.string(),
      command: z.string(),
      cwd: z.string(),
      processId: z.string().nullable(),
      status: CommandExecutionStatus(),
      commandActions: z.array(CommandAction()),
      aggregatedOutput: z.string().nullable(),
      exitCode: i32().nullable(),
      durationMs: i64().nullable(),
    }),
    z.object({
      type: z.literal('fileChange'),
      id: z.string(),
      changes: z.array(FileUpdateChange()),
      status: PatchApplyStatus(),
    }),
    z.object({
      type: z.literal('mcpToolCall'),
      id: z.string(),
      server: z.string(),
      tool: z.string(),
      status: McpToolCallStatus(),
      arguments: z.unknown(),
      result: McpToolCallResult().nullable(),
      error: McpToolCallError().nullable(),
      durationMs: i64().nullable(),
    }),
    z.object({
      type: z.literal('dynamicToolCall'),
      id: z.string(),
      tool: z.string(),
      arguments: z.unknown(),
      status: DynamicToolCallStatus(),
      contentItems: z.array(DynamicToolCallOutputContentItem()).nullable(),
      success: z.boolean().nullable(),
      durationMs: i64().nullable(),
    }),
    z.object({
      type: z.literal('collabAgentToolCall'),
      id: z.string(),
      tool: CollabAgentTool(),
      status: CollabAgentToolCallStatus(),
      senderThreadId: z.string(),
      receiverThreadIds: z.array(z.string()),
      prompt: z.string().nullable(),
      model: z.string().nullable(),
      reasoningEffort: ReasoningEffort().nullable(),
      agentsStates: z.record(z.string(), CollabAgentState()),
    }),
    z.object({ type: z.literal('webSearch'), id: z.string(), query: z.string(), action: WebSearchAction().nullable() }),
    z.object({ type: z.literal('imageView'), id: z.string(), path: z.string() }),
    z.object({
      type: z.literal('imageGeneration'),
      id: z.string(),
      status: z.string(),
      revisedPrompt: z.string().nullable(),
      result: z.string(),
    }),
    z.object({ type: z.literal('enteredReviewMode'), id: z.string(), review: z.string() }),
    z.object({ type: z.literal('exitedReviewMode'), id: z.string(), review: z.string() }),
    z.object({ type: z.literal('contextCompaction'), id: z.string() }),
  ]),
);
export type ThreadItem = z.infer<ReturnType<typeof ThreadItem>>;

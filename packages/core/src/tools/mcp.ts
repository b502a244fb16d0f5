import { isObject, parseJson, toMessage } from '@codex/base';
import type { ActivePlugin, Config } from '@codex/config';
import { type Mcp, type McpCallResult, type McpTool, modelSchema } from '@codex/mcp-client';
import type { FunctionCallOutput, ThreadItem } from '@codex/protocol';
import { toolOrigin } from '../context/plugins.ts';
import { appToolPolicy } from './app-policy.ts';
import { approveMcpCall } from './approve-mcp-call.ts';
import { answerElicitation } from './mcp-elicitation.ts';
import { functionSpec, type Tool, type TurnContextForTools } from './tool.ts';

export type McpItem = Extract<ThreadItem, { type: 'mcpToolCall' }>;

/** A tool of an MCP server (core specification §13.2). */
export function mcpTool(mcp: Mcp, tool: McpTool): Tool {
  const { server, info, qualified } = tool;
  return {
    names: [qualified],
    parallel: false,
    spec: ({ config }) =>
      isOffered(tool, config)
        ? functionSpec(qualified, described(tool, config.activePlugins), modelSchema(info.inputSchema))
        : null,
    async run(call, context) {
      if (!isOffered(tool, context.config)) return { output: `unsupported call: ${qualified}` };
      const parsed = call.input.trim() === '' ? { ok: true as const, value: undefined } : parseJson(call.input);
      if (!parsed.ok) return { output: said(`err: ${parsed.error}`) };
      const args = parsed.value;
      return withItem(context, { id: call.callId, server, tool: info.name, arguments: args ?? null }, async (open) => {
        const approval = await approveMcpCall(tool, call.callId, context);
        if (!approval.approved) {
          return { failure: approval.message, output: said(approval.message), stopTurn: approval.stopTurn };
        }
        const result = await mcp.call(tool, args, {
          signal: context.signal,
          pauses: (pause) => context.session.pauses.watch(pause),
          onProgress: (text) => open.delta({ kind: 'mcpProgress', text }),
          onElicit: (asked) => answerElicitation(server, asked, context),
        });
        return { result, output: modelOutput(result, context.model.inputModalities.includes('image')) };
      });
    },
  };
}

/** A tool of an app may be switched off; those of other servers are left out where the server is asked for them. */
function isOffered({ connector, info }: McpTool, { apps }: Config): boolean {
  return !connector || appToolPolicy(apps, connector, info).offered;
}

function described(tool: McpTool, plugins: readonly ActivePlugin[]): string {
  const { description } = tool.info;
  const origin = toolOrigin(tool, plugins);
  const text = description?.trim() ?? '';
  if (origin === '') return description ?? '';
  return text === '' ? origin : `${text}${text.endsWith('.') ? '' : '.'} ${origin}`;
}

/** What came of a call: a result, or why there is none. */
type Outcome =
  | { result: McpCallResult; output: FunctionCallOutput }
  | { failure: string; output: FunctionCallOutput; stopTurn?: boolean };

/** Runs a call as an item that begins and ends with it. Whatever the server does wrong goes to the model. */
export async function withItem(
  { scope, session, signal }: TurnContextForTools,
  call: Pick<McpItem, 'id' | 'server' | 'tool' | 'arguments'>,
  run: (open: ReturnType<TurnContextForTools['scope']['start']>) => Promise<Outcome>,
): Promise<{ output: FunctionCallOutput; stopTurn?: boolean }> {
  const item: McpItem = {
    type: 'mcpToolCall',
    ...call,
    status: 'inProgress',
    result: null,
    error: null,
    durationMs: null,
  };
  const open = scope.start(item);
  const startedAt = session.clock.now();
  let outcome: Outcome;
  try {
    outcome = await run(open);
  } catch (error) {
    signal.throwIfAborted();
    const failure = `tool call failed for \`${call.server}/${call.tool}\`\n\nCaused by:\n    ${toMessage(error)}`;
    outcome = { failure, output: `tool call error: ${failure}` };
  }
  const durationMs = Math.round(session.clock.now() - startedAt);
  if ('failure' in outcome) {
    open.complete({ ...item, status: 'failed', error: { message: outcome.failure }, durationMs });
    return { output: outcome.output, ...(outcome.stopTurn ? { stopTurn: true } : {}) };
  }
  const { content = [], structuredContent, isError } = outcome.result;
  open.complete({
    ...item,
    status: isError ? 'failed' : 'completed',
    result: { content: content as never[], structuredContent: (structuredContent ?? null) as never },
    durationMs,
  });
  return { output: outcome.output };
}

function said(text: string): string {
  return JSON.stringify([{ type: 'text', text }]);
}

/** Structure as JSON, else the content: as parts when an image is among it, else as JSON. */
function modelOutput({ content = [], structuredContent }: McpCallResult, takesImages: boolean): FunctionCallOutput {
  if (structuredContent !== undefined && structuredContent !== null) return JSON.stringify(structuredContent);
  if (!content.some(isImage)) return JSON.stringify(content);
  return content.map((block) => {
    if (!isImage(block)) return { type: 'input_text', text: textOf(block) };
    if (!takesImages)
      return { type: 'input_text', text: '(an image, left out: the model in use takes no image input)' };
    return { type: 'input_image', image_url: `data:${block.mimeType};base64,${block.data}` };
  });
}

function isImage(block: unknown): block is { data: string; mimeType: string } {
  if (!isObject(block) || block['type'] !== 'image') return false;
  return typeof block['data'] === 'string' && typeof block['mimeType'] === 'string';
}

function textOf(block: unknown): string {
  return isObject(block) && typeof block['text'] === 'string' ? block['text'] : JSON.stringify(block);
}

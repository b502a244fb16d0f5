import { parseJson } from '@codex/base';
import {
  type DynamicToolCallOutputContentItem,
  type DynamicToolSpec,
  type FunctionCallOutput,
  RPC_CODES,
  type RpcErrorBody,
  type ThreadItem,
} from '@codex/protocol';
import { functionSpec, text, type Tool } from './tool.ts';

/** A tool that the client brought: calls go to it as `item/tool/call` (app-server specification §15.3). */
export function dynamicTool(spec: DynamicToolSpec): Tool {
  const { name } = spec;
  return {
    names: [name],
    parallel: false,
    spec: () =>
      spec.deferLoading
        ? null
        : functionSpec(name, spec.description, { type: 'object', properties: {}, ...(spec.inputSchema as object) }),
    async run(call, { scope, session, signal }) {
      const parsed = parseJson(call.input);
      if (!parsed.ok) return text(`failed to parse function arguments: ${parsed.error}`);
      const item: Extract<ThreadItem, { type: 'dynamicToolCall' }> = {
        type: 'dynamicToolCall',
        id: call.callId,
        tool: name,
        arguments: parsed.value,
        status: 'inProgress',
        contentItems: null,
        success: null,
        durationMs: null,
      };
      const open = scope.start(item);
      const startedAt = session.clock.now();
      const answer = await scope.ask(
        'item/tool/call',
        { callId: call.callId, tool: name, arguments: parsed.value },
        signal,
      );
      const { contentItems, success } = answer.ok ? answer.result : failure(answer.error);
      open.complete({
        ...item,
        status: success ? 'completed' : 'failed',
        contentItems,
        success,
        durationMs: Math.round(session.clock.now() - startedAt),
      });
      return { output: modelOutput(contentItems) };
    },
  };
}

/** What the server could not read it reports as wrong params. */
function failure({ code }: RpcErrorBody): { contentItems: DynamicToolCallOutputContentItem[]; success: boolean } {
  const isUnreadable = code === RPC_CODES.invalidParams;
  const message = isUnreadable ? 'dynamic tool response was invalid' : 'dynamic tool request failed';
  return { contentItems: [{ type: 'inputText', text: message }], success: false };
}

/** A single text goes as a string, anything else as parts. */
function modelOutput(items: readonly DynamicToolCallOutputContentItem[]): FunctionCallOutput {
  const [only] = items;
  if (items.length === 1 && only?.type === 'inputText') return only.text;
  return items.map((item) =>
    item.type === 'inputText'
      ? { type: 'input_text', text: item.text }
      : { type: 'input_image', image_url: item.imageUrl },
  );
}

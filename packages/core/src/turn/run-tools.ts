import { isAbort, toMessage } from '@codex/base';
import type { ResponseItem } from '@codex/protocol';
import { fitOutput } from '../context/truncate.ts';
import type { ToolBox } from '../tools/registry.ts';
import type { ToolCall, ToolResult, TurnContextForTools } from '../tools/tool.ts';

const SHELL_FAMILY = new Set(['shell', 'container.exec', 'local_shell', 'shell_command', 'unified_exec']);

export interface ToolRun {
  readonly count: number;
  /** The model has begun to write a call. */
  announce(name: string): void;
  /** Starts a call as soon as the model has made it; exclusive tools wait for all before them. */
  dispatch(call: ToolCall): void;
  /** The outputs in the order of the calls, once all are there; `stop` when the user wants the turn to end. */
  results(): Promise<{ items: ResponseItem[]; stop: boolean }>;
}

/** Runs the calls of one model response, side by side where their tools allow it (core specification §10.5). */
export function createToolRun(context: TurnContextForTools, tools: ToolBox): ToolRun {
  const { session, model, signal } = context;
  const runs: Promise<{ call: ToolCall; result: ToolResult }>[] = [];
  let exclusive: Promise<unknown> = Promise.resolve();
  let shared: Promise<unknown>[] = [];

  const runOne = async (call: ToolCall): Promise<ToolResult> => {
    const tool = tools.find(call.name);
    if (!tool) {
      return { output: `unsupported ${call.kind === 'custom' ? 'custom tool call' : 'call'}: ${call.name}` };
    }
    const startedAt = session.clock.now();
    const aborted = () => abortedText(call.name, session.clock.now() - startedAt);
    try {
      signal.throwIfAborted();
      const result = await tool.run(call, context);
      return result.stopTurn ? { ...result, output: aborted() } : result;
    } catch (error) {
      if (signal.aborted || isAbort(error)) return { output: aborted() };
      session.log.error({ tool: call.name, callId: call.callId, err: toMessage(error) }, 'a tool failed unexpectedly');
      return { output: `${call.name} failed: ${toMessage(error)}` };
    }
  };

  return {
    get count() {
      return runs.length;
    },
    announce: (name) => tools.find(name)?.prepare?.(context),
    dispatch(call) {
      const parallel = tools.find(call.name)?.parallel ?? true;
      const before = parallel ? exclusive : Promise.all([exclusive, ...shared]);
      const run = before.then(() => runOne(call));
      if (parallel) shared.push(run);
      else {
        exclusive = run;
        shared = [];
      }
      runs.push(run.then((result) => ({ call, result })));
    },
    async results() {
      const done = await Promise.all(runs);
      const items = done.flatMap(({ call, result }): ResponseItem[] => [
        ...(result.before ?? []),
        {
          type: call.kind === 'custom' ? 'custom_tool_call_output' : 'function_call_output',
          call_id: call.callId,
          output: fitOutput(result.output, model.truncationPolicy),
        },
      ]);
      return { items, stop: done.some(({ result }) => result.stopTurn) };
    },
  };
}

function abortedText(tool: string, ms: number): string {
  const seconds = Math.max(0.1, ms / 1000).toFixed(1);
  return SHELL_FAMILY.has(tool)
    ? `Wall time: ${seconds} seconds\naborted by user`
    : `aborted by user after ${seconds}s`;
}

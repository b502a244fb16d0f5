import { type FailureKind, mergeRateLimits, type ModelEvent, type ModelRequest, type Models } from '@codex/models';
import type {
  RateLimitSnapshot,
  ResponseItem,
  ThreadItem,
  TokenUsageBreakdown,
  TurnError,
  WebSearchAction,
} from '@codex/protocol';
import type { OpenItem, TurnScope } from '@codex/timeline';
import type { Ids } from '@codex/base';
import { historyItem } from '../context/request-input.ts';
import type { ToolCall } from '../tools/tool.ts';
import { hideCitations, withoutCitations } from './citations.ts';
import { openPlanMessage } from './plan-message.ts';
import { splitPlan } from './plan-text.ts';

export interface SampleDeps {
  models: Models;
  scope: TurnScope;
  ids: Ids;
  showRawReasoning: boolean;
  /** In plan mode a proposed plan is an item of its own. */
  planMode: boolean;
  /** As last told. */
  rateLimits(): RateLimitSnapshot | null;
  /** A call has begun whose arguments are still to come. */
  onCallBegun(name: string): void;
  onCall(call: ToolCall): void;
  /** Another model answers than the one that was asked. */
  onReroute(model: string): void;
}

export type Sample =
  | {
      ok: true;
      usage: TokenUsageBreakdown | null;
      reasoningIncluded: boolean;
      turnState: string | undefined;
      lastMessage: string | null;
    }
  | { ok: false; kind: FailureKind; error: TurnError };

/**
 * One model call: its events become items as they come, its items enter the history as they are done, and its calls
 * are handed on at once. Rejects only with the abort reason.
 */
export async function sample(request: ModelRequest, signal: AbortSignal, deps: SampleDeps): Promise<Sample> {
  const { scope, ids } = deps;
  const open = new Map<string, OpenItem>();
  let lastMessage: string | null = null;
  let outcome: Sample | null = null;

  const start = (item: ThreadItem): OpenItem => {
    if (item.type !== 'agentMessage') return scope.start(item);
    return hideCitations(deps.planMode ? openPlanMessage(scope, item) : scope.start(item));
  };

  const begin = (item: ResponseItem): void => {
    const id = itemId(item);
    if (id === null || open.has(id)) return;
    const shown = shownItem(item, id, 'begun', deps);
    if (shown) open.set(id, start(shown));
  };

  const finish = (item: ResponseItem): void => {
    const id = itemId(item) ?? ids.uuid();
    const shown = shownItem(item, id, 'done', deps);
    if (shown) {
      const started = open.get(id) ?? start(emptied(shown));
      started.complete(shown);
      open.delete(id);
      if (shown.type === 'agentMessage' && shown.text) {
        lastMessage = deps.planMode ? splitPlan(shown.text).text : shown.text;
      }
    }
    scope.appendContext([historyItem(item)]);
    const call = toolCall(item, id);
    if (call) deps.onCall(call);
  };

  const sink = (event: ModelEvent): void => {
    switch (event.type) {
      case 'textDelta':
        open.get(event.itemId)?.delta({ kind: 'text', text: event.delta });
        return;
      case 'summaryPart':
        open.get(event.itemId)?.delta({ kind: 'reasoningSummaryPart', index: event.index });
        return;
      case 'summaryDelta':
        open.get(event.itemId)?.delta({ kind: 'reasoningSummary', index: event.index, text: event.delta });
        return;
      case 'reasoningDelta':
        if (!deps.showRawReasoning) return;
        open.get(event.itemId)?.delta({ kind: 'reasoningText', index: event.index, text: event.delta });
        return;
      case 'itemAdded':
        begin(event.item);
        if (event.item.type === 'function_call') deps.onCallBegun(event.item.name);
        return;
      case 'itemDone':
        finish(event.item);
        return;
      case 'rateLimits':
        scope.usage(null, mergeRateLimits(deps.rateLimits(), event.snapshot));
        return;
      case 'rerouted':
        deps.onReroute(event.model);
        return;
      case 'retrying':
        // What the lost attempt left half said stays as it stands.
        for (const item of open.values()) item.abandon();
        open.clear();
        scope.retrying(event.error, event.attempt);
        return;
      case 'completed':
        outcome = {
          ok: true,
          usage: event.usage,
          reasoningIncluded: event.reasoningIncluded,
          turnState: event.turnState,
          lastMessage,
        };
        return;
      case 'failed':
        outcome = { ok: false, kind: event.kind, error: event.error };
        return;
      case 'created':
        return;
    }
  };
  await deps.models.run(request, signal, sink);
  return (
    outcome ?? {
      ok: false,
      kind: 'stream',
      error: { message: 'the model call ended without a result', codexErrorInfo: 'other', additionalDetails: null },
    }
  );
}

function itemId(item: ResponseItem): string | null {
  return 'id' in item && item.id ? item.id : null;
}

/** The item a client sees for a model's item; null for those that only tools show. */
function shownItem(item: ResponseItem, id: string, stage: 'begun' | 'done', deps: SampleDeps): ThreadItem | null {
  const done = stage === 'done';
  switch (item.type) {
    case 'message': {
      if (item.role !== 'assistant') return null;
      const text = item.content.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
      return { type: 'agentMessage', id, text: done ? withoutCitations(text) : '', phase: item.phase ?? null };
    }
    case 'reasoning': {
      const summary = item.summary.map((part) => part.text);
      const content = deps.showRawReasoning ? (item.content ?? []).map((part) => part.text) : [];
      return { type: 'reasoning', id, summary: done ? summary : [], content: done ? content : [] };
    }
    case 'web_search_call': {
      const action = done ? searchAction(item.action) : ({ type: 'other' } as const);
      return { type: 'webSearch', id, query: done ? searchQuery(item.action) : '', action };
    }
    default:
      return null;
  }
}

/** The form in which an item starts that was never announced. */
function emptied(item: ThreadItem): ThreadItem {
  switch (item.type) {
    case 'agentMessage':
      return { ...item, text: '' };
    case 'reasoning':
      return { ...item, summary: [], content: [] };
    case 'webSearch':
      return { ...item, query: '', action: { type: 'other' } };
    default:
      return item;
  }
}

type RawAction = Extract<ResponseItem, { type: 'web_search_call' }>['action'];

function searchAction(action: RawAction): WebSearchAction {
  switch (action?.type) {
    case 'search':
      return { type: 'search', query: action.query ?? null, queries: action.queries ?? null };
    case 'open_page':
      return { type: 'openPage', url: action.url ?? null };
    case 'find_in_page':
      return { type: 'findInPage', url: action.url ?? null, pattern: action.pattern ?? null };
    default:
      return { type: 'other' };
  }
}

function searchQuery(action: RawAction): string {
  return action?.query ?? action?.queries?.[0] ?? action?.url ?? '';
}

function toolCall(item: ResponseItem, id: string): ToolCall | null {
  switch (item.type) {
    case 'function_call': {
      // None of our tools lies in a namespace: what is meant is another one.
      const name = item.namespace ? `${item.namespace}:${item.name}` : item.name;
      return { kind: 'function', callId: item.call_id, name, input: item.arguments };
    }
    case 'custom_tool_call':
      return { kind: 'custom', callId: item.call_id, name: item.name, input: item.input };
    case 'local_shell_call': {
      const { command, timeout_ms, working_directory } = item.action;
      const input = JSON.stringify({ command, timeout_ms, workdir: working_directory });
      return { kind: 'localShell', callId: item.call_id ?? id, name: 'local_shell', input };
    }
    default:
      return null;
  }
}

import { autoCompactLimit, mergeRateLimits, type ModelEvent, type ModelRecord, usableWindow } from '@codex/models';
import type { ResponseItem, TokenUsageBreakdown, TurnError } from '@codex/protocol';
import type { TurnContext, TurnScope } from '@codex/timeline';
import { COMPACT_PROMPT, compactedHistory } from '../context/compact.ts';
import { requestInput } from '../context/request-input.ts';
import { estimateHistory, usedTokens } from '../context/tokens.ts';
import { resolveModel } from './resolve-model.ts';
import type { TurnRun } from './turn-run.ts';
import { freshContext } from './tell-context.ts';
import { turnHeaders } from './turn-context.ts';
import { addUsage, fullWindow, recounted } from './usage.ts';

const ACCURACY_WARNING =
  'The conversation was summarised to make room. Long threads and repeated summaries cost accuracy; a new thread for a new task works better.';

/**
 * Before a turn: compacts when the window is full. A model with a larger window than the one that comes now still
 * reads all of it, so it writes the summary (core specification §9.1). Null when there was nothing to do or it is done.
 */
export async function compactAhead(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<TurnError | null> {
  if (!isFull(run, record)) return null;
  const model = run.timeline.context.reference?.model ?? run.settings.model;
  if (model !== run.settings.model) {
    const before = await resolveModel(run, model);
    if (before.ok && (before.record.contextWindow ?? 0) > (record.contextWindow ?? 0)) {
      return compact({ ...run, settings: { ...run.settings, model } }, before.record, scope);
    }
  }
  return compact(run, record, scope);
}

/** Between two model calls of a turn. The model is told everything again, ahead of the message it is working on. */
export async function compactWithin(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<TurnError | null> {
  return isFull(run, record) ? compact(run, record, scope, await freshContext(run, record)) : null;
}

function isFull(run: TurnRun, record: ModelRecord): boolean {
  const { state, context } = run.timeline;
  const limit = autoCompactLimit(record);
  return limit !== null && usedTokens(state.usage, context.items, run.session.reasoningIncluded) >= limit;
}

/**
 * Has the model write a summary and puts it in the place of the history, together with what the user said (core
 * specification §9.2). When that fails everything stays as it was. Rejects only with the abort reason.
 */
export async function compact(
  run: TurnRun,
  record: ModelRecord,
  scope: TurnScope,
  fresh?: { context: TurnContext; items: ResponseItem[] },
): Promise<TurnError | null> {
  const { timeline, session } = run;
  const item = scope.start({ type: 'contextCompaction', id: session.ids.uuid() });
  const summary = await summarise(run, record, scope);
  if (!summary.ok) return summary.error;
  const compaction = compactedHistory(timeline.context.items, summary.text, fresh?.items);
  item.complete({ type: 'contextCompaction', id: item.id });
  scope.compacted(compaction);
  if (fresh) scope.context(fresh.context);
  const left = estimateHistory(session.header.baseInstructions, timeline.context.items);
  scope.usage(recounted(timeline.state.usage, left, usableWindow(record)), null);
  timeline.notice('warning', ACCURACY_WARNING);
  return null;
}

type Summary = { ok: true; text: string } | { ok: false; error: TurnError };

/** The newest part of the history that fits the window gets summarised. */
async function summarise(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<Summary> {
  const { items } = run.timeline.context;
  let left = 0;
  // Twice as many with every attempt: a model refuses a large request only after it was sent.
  for (let more = 1; ; more *= 2) {
    const answer = await ask(run, record, scope, items.slice(left));
    if (answer.ok) {
      if (left > 0) {
        run.timeline.notice(
          'warning',
          `The oldest ${left} items of the history did not fit and are not in the summary.`,
        );
      }
      return answer;
    }
    if (answer.error.codexErrorInfo !== 'contextWindowExceeded') return answer;
    if (left >= items.length - 1) {
      const window = usableWindow(record);
      if (window !== null) scope.usage(fullWindow(run.timeline.state.usage, window), null);
      return answer;
    }
    left = Math.min(items.length - 1, left + more);
  }
}

async function ask(
  run: TurnRun,
  record: ModelRecord,
  scope: TurnScope,
  history: readonly ResponseItem[],
): Promise<Summary> {
  const { settings, config, session, timeline, models, signal } = run;
  const images = record.inputModalities.includes('image');
  const prompt = config.compactPrompt ?? COMPACT_PROMPT;
  let text = '';
  let usage: TokenUsageBreakdown | null = null;
  let error: TurnError | null = { message: NO_RESULT, codexErrorInfo: 'other', additionalDetails: null };

  const sink = (event: ModelEvent): void => {
    switch (event.type) {
      case 'itemDone':
        if (event.item.type === 'message' && event.item.role === 'assistant') {
          text = event.item.content.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
        }
        return;
      case 'rateLimits':
        scope.usage(null, mergeRateLimits(timeline.state.rateLimits, event.snapshot));
        return;
      case 'rerouted':
        scope.rerouted(settings.model, event.model);
        return;
      case 'retrying':
        scope.retrying(event.error, event.attempt);
        return;
      case 'completed':
        ({ usage } = event);
        error = null;
        return;
      case 'failed':
        ({ error } = event);
        return;
      default:
        // Nobody is shown a summary as it comes.
        return;
    }
  };
  await models.run(
    {
      model: settings.model,
      record,
      instructions: session.header.baseInstructions,
      input: [
        ...requestInput(history, { images }),
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt }] },
      ],
      tools: [],
      parallelToolCalls: false,
      effort: settings.effort,
      summary: settings.summary,
      verbosity: config.modelVerbosity,
      outputSchema: null,
      serviceTier: settings.serviceTier,
      threadId: session.header.id,
      turnId: run.turnId,
      headers: turnHeaders(run),
    },
    signal,
    sink,
  );
  if (error) return { ok: false, error };
  if (usage) scope.usage(addUsage(timeline.state.usage, usage, usableWindow(record)), null);
  return { ok: true, text };
}

const NO_RESULT = 'the model call ended without a result';

import { autoCompactLimit, type ModelRecord, usableWindow } from '@codex/models';
import type { ResponseItem, TurnError } from '@codex/protocol';
import type { TurnContext, TurnScope } from '@codex/timeline';
import { compactedHistory, placeContext } from '../context/compact.ts';
import { estimateHistory, usedTokens } from '../context/tokens.ts';
import { type Compaction, compactThroughProvider } from './provider-compaction.ts';
import { resolveModel } from './resolve-model.ts';
import { summarise } from './summarise.ts';
import { freshContext } from './tell-context.ts';
import type { TurnRun } from './turn-run.ts';
import { recounted } from './usage.ts';

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
 * Puts a shorter history in the place of the model's: what the provider made of it, or a summary the model writes
 * together with what the user said (core specification §9). When that fails everything stays as it was. Rejects only
 * with the abort reason.
 */
export async function compact(
  run: TurnRun,
  record: ModelRecord,
  scope: TurnScope,
  fresh?: { context: TurnContext; items: ResponseItem[] },
): Promise<TurnError | null> {
  const { timeline, session, models } = run;
  const item = scope.start({ type: 'contextCompaction', id: session.ids.uuid() });
  const short = await (models.compact
    ? compactThroughProvider(run, record, models.compact)
    : compactBySummary(run, record, scope));
  if (!short.ok) return short.error;
  const { message, replacement } = short.compaction;
  item.complete({ type: 'contextCompaction', id: item.id });
  scope.compacted({ message, replacement: fresh ? placeContext(replacement, fresh.items) : replacement });
  if (fresh) scope.context(fresh.context);
  const left = estimateHistory(session.header.baseInstructions, timeline.context.items);
  scope.usage(recounted(timeline.state.usage, left, usableWindow(record)), null);
  if (!models.compact) timeline.notice('warning', ACCURACY_WARNING);
  return null;
}

async function compactBySummary(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<Compaction> {
  const summary = await summarise(run, record, scope);
  return summary.ok ? { ok: true, compaction: compactedHistory(run.timeline.context.items, summary.text) } : summary;
}

import { type FailureKind, mergeRateLimits, type ModelEvent, type ModelRecord, usableWindow } from '@codex/models';
import type { ResponseItem, TokenUsageBreakdown, TurnError } from '@codex/protocol';
import type { TurnScope } from '@codex/timeline';
import { COMPACT_PROMPT } from '../context/compact.ts';
import { refuseNewestImage } from '../context/refused-images.ts';
import { modelRequest } from './model-request.ts';
import { tellReroute } from './tell-reroute.ts';
import type { TurnRun } from './turn-run.ts';
import { addUsage, fullWindow } from './usage.ts';

export type Summary = { ok: true; text: string } | { ok: false; kind: FailureKind; error: TurnError };

/** Has the model summarise the newest part of the history that fits its window (core specification §9.2). */
export async function summarise(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<Summary> {
  const { items } = run.timeline.context;
  let left = 0;
  let more = 1;
  for (;;) {
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
    if (answer.kind === 'invalidImage' && refuseNewestImage(items, run.session.refusedImages) !== 'none') continue;
    if (answer.kind !== 'contextWindow') return answer;
    if (left >= items.length - 1) {
      const window = usableWindow(record);
      if (window !== null) scope.usage(fullWindow(run.timeline.state.usage, window), null);
      return answer;
    }
    // Twice as many with every attempt: a model refuses a large request only after it was sent.
    left = Math.min(items.length - 1, left + more);
    more *= 2;
  }
}

async function ask(
  run: TurnRun,
  record: ModelRecord,
  scope: TurnScope,
  history: readonly ResponseItem[],
): Promise<Summary> {
  const { config, timeline, models, signal } = run;
  const prompt = config.compactPrompt ?? COMPACT_PROMPT;
  let text = '';
  let usage: TokenUsageBreakdown | null = null;
  let failure: Extract<Summary, { ok: false }> | null = NO_RESULT;

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
        tellReroute(run, scope, event.model);
        return;
      case 'retrying':
        scope.retrying(event.error, event.attempt);
        return;
      case 'completed':
        ({ usage } = event);
        failure = null;
        return;
      case 'failed':
        failure = { ok: false, kind: event.kind, error: event.error };
        return;
      default:
        // Nobody is shown a summary as it comes.
        return;
    }
  };
  const request = modelRequest(run, record, history);
  await models.run(
    {
      ...request,
      input: [...request.input, { type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt }] }],
      tools: [],
      parallelToolCalls: false,
    },
    signal,
    sink,
  );
  if (failure) return failure;
  if (usage) scope.usage(addUsage(timeline.state.usage, usage, usableWindow(record)), null);
  return { ok: true, text };
}

const NO_RESULT: Extract<Summary, { ok: false }> = {
  ok: false,
  kind: 'stream',
  error: { message: 'the model call ended without a result', codexErrorInfo: 'other', additionalDetails: null },
};

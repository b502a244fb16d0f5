import { toMessage } from '@codex/base';
import { applyOverrides, fallbackWarning, type ModelRecord } from '@codex/models';
import type { TurnError } from '@codex/protocol';
import type { TurnRun } from './turn-run.ts';

export type ResolvedModel = { ok: true; record: ModelRecord } | { ok: false; error: TurnError };

/** What is known about a model, with the configuration's word above the catalogue's. */
export async function resolveModel(run: TurnRun, model: string): Promise<ResolvedModel> {
  const { config } = run;
  try {
    const { record, fallback } = await run.models.resolve(model);
    if (fallback) run.timeline.notice('warning', fallbackWarning(model));
    return {
      ok: true,
      record: applyOverrides(record, {
        contextWindow: config.modelContextWindow,
        autoCompactTokenLimit: config.modelAutoCompactTokenLimit,
        toolOutputTokenLimit: config.toolOutputTokenLimit,
        supportsReasoningSummaries: config.modelSupportsReasoningSummaries,
        baseInstructions: config.baseInstructions,
        personality: config.features.personality,
      }),
    };
  } catch (error) {
    return { ok: false, error: { message: toMessage(error), codexErrorInfo: 'badRequest', additionalDetails: null } };
  }
}

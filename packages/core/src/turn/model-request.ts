import type { ModelRecord, ModelRequest } from '@codex/models';
import type { ResponseItem } from '@codex/protocol';
import { requestInput } from '../context/request-input.ts';
import { patchToolKind } from '../tools/apply-patch.ts';
import { turnHeaders } from './turn-context.ts';
import type { TurnRun } from './turn-run.ts';

type PlainRequest = ModelRequest & { input: readonly ResponseItem[] };

/** What the model calls of a turn have in common (core specification §3.1). */
export function modelRequest(run: TurnRun, record: ModelRecord, history: readonly ResponseItem[]): PlainRequest {
  const { settings, config, session } = run;
  const images = record.inputModalities.includes('image');
  const plainResults = patchToolKind({ model: record, config }) === 'freeform';
  return {
    model: settings.model,
    record,
    instructions: session.header.baseInstructions,
    // A repeated attempt sends the same again, whatever the lost one had already said.
    input: requestInput(history, { images, plainResults, refused: session.refusedImages }),
    tools: run.tools.specs({ config, settings, model: record, depth: session.agents.depth }),
    parallelToolCalls: record.supportsParallelToolCalls,
    effort: settings.effort,
    summary: settings.summary,
    verbosity: config.modelVerbosity,
    outputSchema: null,
    serviceTier: settings.serviceTier,
    threadId: session.header.id,
    turnId: run.turnId,
    headers: turnHeaders(run),
  };
}

import { type ModelRecord, usableWindow } from '@codex/models';
import type { TurnError } from '@codex/protocol';
import type { CompactionRecord } from '@codex/timeline';
import { keptOfAnswer, withoutNewestOutputs } from '../context/compact.ts';
import { refuseNewestImage } from '../context/refused-images.ts';
import { historyItem } from '../context/request-input.ts';
import { modelRequest } from './model-request.ts';
import { agentHeaders } from './turn-context.ts';
import type { TurnRun } from './turn-run.ts';

/** A compaction that can take the place of the history, or why there is none. */
export type Compaction = { ok: true; compaction: CompactionRecord } | { ok: false; error: TurnError };

/** Has the provider make a shorter history of the model's (core specification §9.4). */
export async function compactThroughProvider(
  run: TurnRun,
  record: ModelRecord,
  compact: NonNullable<TurnRun['models']['compact']>,
): Promise<Compaction> {
  const { session, timeline, signal } = run;
  const window = usableWindow(record);
  const { items } = timeline.context;
  const history = window === null ? items : withoutNewestOutputs(items, session.header.baseInstructions, window);
  for (;;) {
    const answer = await compact({ ...modelRequest(run, record, history), headers: agentHeaders(session) }, signal);
    if (answer.ok) {
      const replacement = keptOfAnswer(answer.items).map(historyItem);
      if (replacement.length) return { ok: true, compaction: { message: '', replacement } };
      return failed({ message: 'the answer keeps nothing', codexErrorInfo: 'other', additionalDetails: null });
    }
    if (answer.kind === 'invalidImage' && refuseNewestImage(history, session.refusedImages) !== 'none') continue;
    return failed(answer.error);
  }
}

function failed(error: TurnError): Compaction {
  return { ok: false, error: { ...error, message: `Error running remote compact task: ${error.message}` } };
}

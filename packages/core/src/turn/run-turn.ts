import { isAbort, toMessage } from '@codex/base';
import { type ModelRecord, usableWindow } from '@codex/models';
import type { TurnError } from '@codex/protocol';
import type { TurnScope } from '@codex/timeline';
import { effectiveMode } from '../settings.ts';
import type { ReviewRequest } from '../thread-types.ts';
import { compact, compactAhead } from './compact.ts';
import { type LoopEnd, modelLoop } from './model-loop.ts';
import { notify } from './notify.ts';
import { resolveModel } from './resolve-model.ts';
import { startHooks } from './turn-hooks.ts';
import { addPendingInput, tellContext } from './tell-context.ts';
import { review } from './review.ts';
import type { TurnRun } from './turn-run.ts';

const ABORTED_NOTE = `<turn_aborted>
The user interrupted this turn on purpose. Commands that were running may have done part of their work, and terminal sessions may still be running. Look at the state of things before going on.
</turn_aborted>`;

/** Runs a turn to its end. Never rejects: whatever happens ends the turn with a status. */
export async function runTurn(run: TurnRun): Promise<void> {
  const { timeline, session, signal, turnId } = run;
  const resolved = await resolveModel(run, run.settings.model);
  const record = resolved.ok ? resolved.record : null;
  const scope = timeline.beginTurn({
    id: turnId,
    modelContextWindow: record && usableWindow(record),
    mode: effectiveMode(run.settings).mode,
  });
  // Registered before anybody else's: what the interrupt tears down must not show as a change of status.
  signal.addEventListener('abort', () => scope.holdStatus(), { once: true });
  try {
    if (!resolved.ok || !record) {
      await addPendingInput(run, scope);
      scope.end('failed', resolved.ok ? internalError('the model is unknown') : resolved.error);
      return;
    }
    signal.throwIfAborted();
    // They start while the model is told of other things.
    void run.mcp.ready(signal).catch(() => {});
    let end = await begin(run, record, scope);
    // Nothing is awaited between this look and the end, so no input can slip in between.
    while (!end.error && run.steering.pending) end = await modelLoop(run, record, scope);
    if (end.error) {
      await addPendingInput(run, scope);
      scope.end('failed', end.error);
    } else {
      scope.end('completed');
      if (run.kind === 'regular') notify(run, end.lastMessage);
    }
  } catch (error) {
    if (signal.aborted || isAbort(error)) {
      await addPendingInput(run, scope);
      scope.appendContext([{ type: 'message', role: 'user', content: [{ type: 'input_text', text: ABORTED_NOTE }] }]);
      scope.end('interrupted');
      return;
    }
    session.log.error({ turnId, err: error }, 'a turn failed unexpectedly');
    scope.end('failed', internalError(toMessage(error)));
  }
}

function begin(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<LoopEnd> {
  if (run.review) return reviewFirst(run, record, scope, run.review);
  return run.kind === 'compaction' ? compactFirst(run, record, scope) : answer(run, record, scope);
}

/** Input that came meanwhile is answered by the same turn, with what the review found at hand. */
async function reviewFirst(
  run: TurnRun,
  record: ModelRecord,
  scope: TurnScope,
  request: ReviewRequest,
): Promise<LoopEnd> {
  const end = await review(run, scope, request);
  return end.error || !run.steering.pending ? end : goOn(run, record, scope);
}

async function answer(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<LoopEnd> {
  const failed = await compactAhead(run, record, scope);
  if (failed) return { error: failed, lastMessage: null };
  return goOn(run, record, scope);
}

/** A compaction at the user's request; input that came meanwhile is answered by the same turn. */
async function compactFirst(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<LoopEnd> {
  const failed = await compact(run, record, scope);
  if (failed || !run.steering.pending) return { error: failed, lastMessage: null };
  return goOn(run, record, scope);
}

async function goOn(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<LoopEnd> {
  await tellContext(run, record, scope);
  await addPendingInput(run, scope);
  scope.repeatUsage();
  if ((await startHooks(run, record, scope)) === 'stop') return { error: null, lastMessage: null };
  await mcpServers(run);
  return modelLoop(run, record, scope);
}

/** Waits until they are there. Of one that failed the user is told, once for each reason. */
async function mcpServers({ mcp, signal, session, timeline }: TurnRun): Promise<void> {
  for (const state of (await mcp.ready(signal)).values()) {
    if (state.status !== 'failed' || session.toldFailures.has(state.error)) continue;
    session.toldFailures.add(state.error);
    timeline.notice('warning', state.error);
  }
}

function internalError(message: string): TurnError {
  return { message, codexErrorInfo: 'other', additionalDetails: null };
}

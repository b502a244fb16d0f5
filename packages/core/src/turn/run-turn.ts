import { isAbort, toMessage } from '@codex/base';
import type { Config } from '@codex/config';
import { type ModelRecord, type Models, usableWindow } from '@codex/models';
import type { TurnError, UserInput } from '@codex/protocol';
import type { Timeline, TurnScope } from '@codex/timeline';
import { effectiveMode } from '../settings.ts';
import type { ThreadSession } from '../session.ts';
import type { ThreadSettings } from '../thread-types.ts';
import type { ToolBox } from '../tools/registry.ts';
import { compact, compactAhead } from './compact.ts';
import { type LoopEnd, modelLoop } from './model-loop.ts';
import { notify } from './notify.ts';
import { resolveModel } from './resolve-model.ts';
import type { Steering } from './steering.ts';
import { addPendingInput, tellContext } from './tell-context.ts';

/** One turn with everything it needs; the settings are a snapshot that nobody changes. */
export interface TurnRun {
  turnId: string;
  /** A regular turn answers its input; a compaction has none. */
  kind: 'regular' | 'compaction';
  /** Also waits in `steering`, in front of what comes later. */
  input: UserInput[];
  outputSchema: unknown;
  clientName: string | null;
  settings: ThreadSettings;
  config: Config;
  models: Models;
  session: ThreadSession;
  timeline: Timeline;
  tools: ToolBox;
  steering: Steering;
  signal: AbortSignal;
  userInstructions(): Promise<string | null>;
}

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
    const end = run.kind === 'compaction' ? await compactFirst(run, record, scope) : await answer(run, record, scope);
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
  let end: LoopEnd;
  do end = await modelLoop(run, record, scope);
  while (!end.error && run.steering.pending);
  return end;
}

function internalError(message: string): TurnError {
  return { message, codexErrorInfo: 'other', additionalDetails: null };
}

import { type ModelRecord, usableWindow } from '@codex/models';
import type { TurnError } from '@codex/protocol';
import type { TurnScope } from '@codex/timeline';
import { refuseNewestImage } from '../context/refused-images.ts';
import { effectiveMode } from '../settings.ts';
import type { TurnContextForTools } from '../tools/tool.ts';
import { compactWithin } from './compact.ts';
import { modelRequest } from './model-request.ts';
import type { TurnRun } from './turn-run.ts';
import { createToolRun } from './run-tools.ts';
import { sample } from './sample.ts';
import { addPendingInput } from './tell-context.ts';
import { tellReroute } from './tell-reroute.ts';
import { stopHooks } from './turn-hooks.ts';
import { turnDiffFor } from './turn-diff.ts';
import { addUsage, fullWindow } from './usage.ts';

/** How the model came to its end. */
export interface LoopEnd {
  error: TurnError | null;
  lastMessage: string | null;
}

/** Calls the model and its tools in turn until it has nothing more to do. */
export async function modelLoop(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<LoopEnd> {
  const { settings, config, session, timeline, models, steering, signal } = run;
  const context: TurnContextForTools = {
    scope,
    signal,
    settings,
    config,
    model: record,
    models,
    session,
    turnDiff: turnDiffFor(scope, session.files, settings.cwd),
    history: () => timeline.context.items,
  };
  let turnState: string | undefined;
  let lastMessage: string | null = null;
  let hookRounds = 0;

  for (;;) {
    await addPendingInput(run, scope);
    scope.appendContext(session.agents.drainNotices());
    const calls = createToolRun(context, run.tools);
    const answer = await sample(
      {
        ...modelRequest(run, record, timeline.context.items),
        outputSchema: run.outputSchema,
        ...(turnState === undefined ? {} : { turnState }),
      },
      signal,
      {
        models,
        scope,
        ids: session.ids,
        showRawReasoning: config.showRawAgentReasoning,
        planMode: effectiveMode(settings).mode === 'plan',
        rateLimits: () => timeline.state.rateLimits,
        onCallBegun: (name) => calls.announce(name),
        onCall: (call) => calls.dispatch(call),
        onReroute: (model) => tellReroute(run, scope, model),
      },
    ).catch(async (error: unknown) => {
      // What the model had called before the interrupt still gets its outputs into the history.
      scope.appendContext((await calls.results()).items);
      throw error;
    });
    if (answer.ok && answer.usage) {
      session.reasoningIncluded = answer.reasoningIncluded;
      scope.usage(addUsage(timeline.state.usage, answer.usage, usableWindow(record)), null);
    }
    const outputs = await calls.results();
    scope.appendContext(outputs.items);
    signal.throwIfAborted();
    if (!answer.ok && answer.kind === 'invalidImage') {
      if (refuseNewestImage(timeline.context.items, session.refusedImages) === 'retry') continue;
      return { error: INVALID_IMAGE, lastMessage };
    }
    if (!answer.ok) {
      const window = usableWindow(record);
      if (answer.error.codexErrorInfo === 'contextWindowExceeded' && window !== null) {
        scope.usage(fullWindow(timeline.state.usage, window), null);
      }
      return { error: answer.error, lastMessage };
    }
    if (outputs.stop) {
      session.log.info({ turnId: run.turnId }, 'the user cancelled the turn from an approval');
      throw new StopTurn();
    }
    turnState = answer.turnState ?? turnState;
    lastMessage = answer.lastMessage ?? lastMessage;
    if (!calls.count && !steering.pending) {
      const next = await stopHooks(run, record, scope, { rounds: hookRounds, lastMessage });
      if (next === 'goOn') hookRounds += 1;
      else if (!steering.pending) return { error: null, lastMessage };
    }
    const failed = await compactWithin(run, record, scope);
    if (failed) return { error: failed, lastMessage };
  }
}

const INVALID_IMAGE: TurnError = {
  message: 'Invalid image in your last message. Please remove it and try again.',
  codexErrorInfo: 'badRequest',
  additionalDetails: null,
};

/** The user answered a question with "cancel": the turn ends as interrupted. */
class StopTurn extends Error {
  override readonly name = 'AbortError';
}

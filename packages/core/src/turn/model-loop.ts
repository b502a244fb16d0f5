import { type ModelRecord, usableWindow } from '@codex/models';
import type { TurnError } from '@codex/protocol';
import type { TurnScope } from '@codex/timeline';
import { requestInput } from '../context/request-input.ts';
import { effectiveMode } from '../settings.ts';
import type { TurnContextForTools } from '../tools/tool.ts';
import { compactWithin } from './compact.ts';
import type { TurnRun } from './turn-run.ts';
import { createToolRun } from './run-tools.ts';
import { sample } from './sample.ts';
import { addPendingInput } from './tell-context.ts';
import { turnHeaders } from './turn-context.ts';
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
  const tools = run.tools.specs({ config, settings, model: record, depth: session.agents.depth });
  const images = record.inputModalities.includes('image');
  const headers = turnHeaders(run);
  let turnState: string | undefined;
  let lastMessage: string | null = null;

  for (;;) {
    await addPendingInput(run, scope);
    scope.appendContext(session.agents.drainNotices());
    const calls = createToolRun(context, run.tools);
    const answer = await sample(
      {
        model: settings.model,
        record,
        instructions: session.header.baseInstructions,
        // A repeated attempt sends the same again, whatever the lost one had already said.
        input: requestInput(timeline.context.items, { images }),
        tools,
        parallelToolCalls: record.supportsParallelToolCalls,
        effort: settings.effort,
        summary: settings.summary,
        verbosity: config.modelVerbosity,
        outputSchema: run.outputSchema,
        serviceTier: settings.serviceTier,
        threadId: session.header.id,
        turnId: run.turnId,
        headers,
        ...(turnState === undefined ? {} : { turnState }),
      },
      signal,
      {
        models,
        scope,
        ids: session.ids,
        showRawReasoning: config.showRawAgentReasoning,
        hideReasoning: config.hideAgentReasoning,
        planMode: effectiveMode(settings).mode === 'plan',
        rateLimits: () => timeline.state.rateLimits,
        onCall: (call) => calls.dispatch(call),
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
    if (!calls.count && !steering.pending) return { error: null, lastMessage };
    const failed = await compactWithin(run, record, scope);
    if (failed) return { error: failed, lastMessage };
  }
}

/** The user answered a question with "cancel": the turn ends as interrupted. */
class StopTurn extends Error {
  override readonly name = 'AbortError';
}

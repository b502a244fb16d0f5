import { isAbort, toMessage } from '@codex/base';
import type { Config } from '@codex/config';
import {
  applyOverrides as overrideRecord,
  fallbackWarning,
  instructionsFor,
  type ModelRecord,
  type Models,
  personalityText,
  usableWindow,
} from '@codex/models';
import type { ResponseItem, TurnError, UserInput } from '@codex/protocol';
import { resolvePolicy } from '@codex/sandbox';
import type { Timeline, TurnScope } from '@codex/timeline';
import { type AssembleFacts, contextUpdate, initialContext } from '../context/assemble.ts';
import { requestInput } from '../context/request-input.ts';
import { userMessage } from '../context/user-input.ts';
import { effectiveMode } from '../settings.ts';
import type { ThreadSession } from '../session.ts';
import type { ThreadSettings } from '../thread-types.ts';
import type { ToolBox } from '../tools/registry.ts';
import type { TurnContextForTools } from '../tools/tool.ts';
import { createToolRun } from './run-tools.ts';
import { sample } from './sample.ts';
import type { Steering } from './steering.ts';
import { turnContext, turnMetadata } from './turn-context.ts';
import { turnDiffFor } from './turn-diff.ts';
import { addUsage, fullWindow } from './usage.ts';

/** One turn with everything it needs; the settings are a snapshot that nobody changes. */
export interface TurnRun {
  turnId: string;
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
  const resolved = await resolveModel(run);
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
      scope.end('failed', resolved.ok ? internalError('the model is unknown') : resolved.error);
      return;
    }
    signal.throwIfAborted();
    await tellContext(run, record, scope);
    await addUserInput(run, scope, run.input);
    scope.repeatUsage();
    let end: LoopEnd;
    do end = await loop(run, record, scope);
    while (!end.error && run.steering.pending);
    if (end.error) {
      await keepPendingInput(run, scope);
      scope.end('failed', end.error);
    } else {
      scope.end('completed');
      notify(run, end.lastMessage);
    }
  } catch (error) {
    if (signal.aborted || isAbort(error)) {
      await keepPendingInput(run, scope);
      scope.appendContext([{ type: 'message', role: 'user', content: [{ type: 'input_text', text: ABORTED_NOTE }] }]);
      scope.end('interrupted');
      return;
    }
    session.log.error({ turnId, err: error }, 'a turn failed unexpectedly');
    scope.end('failed', internalError(toMessage(error)));
  }
}

interface LoopEnd {
  error: TurnError | null;
  lastMessage: string | null;
}

async function loop(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<LoopEnd> {
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
  const headers = {
    'x-codex-turn-metadata': turnMetadata(run.turnId, settings, process.platform),
    ...(session.agents.depth > 0 ? { 'x-openai-subagent': 'collab_spawn' } : {}),
  };
  let turnState: string | undefined;
  let lastMessage: string | null = null;

  for (;;) {
    for (const input of steering.drain()) await addUserInput(run, scope, input);
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
    if (answer.ok && answer.usage)
      scope.usage(addUsage(timeline.state.usage, answer.usage, usableWindow(record)), null);
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
      run.session.log.info({ turnId: run.turnId }, 'the user cancelled the turn from an approval');
      throw new StopTurn();
    }
    turnState = answer.turnState ?? turnState;
    lastMessage = answer.lastMessage ?? lastMessage;
    if (!calls.count && !steering.pending) return { error: null, lastMessage };
  }
}

/** The user answered a question with "cancel": the turn ends as interrupted. */
class StopTurn extends Error {
  override readonly name = 'AbortError';
}

async function resolveModel(
  run: TurnRun,
): Promise<{ ok: true; record: ModelRecord } | { ok: false; error: TurnError }> {
  const { config, settings } = run;
  try {
    const { record, fallback } = await run.models.resolve(settings.model);
    if (fallback) run.timeline.notice('warning', fallbackWarning(settings.model));
    return {
      ok: true,
      record: overrideRecord(record, {
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

/** Tells the model everything at first, and later what changed since it was last told (core specification §7). */
async function tellContext(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<void> {
  const { settings, session, timeline } = run;
  const { reference } = timeline.context;
  const context = turnContext(settings, record, {
    now: session.clock.now(),
    userInstructions: reference ? reference.userInstructions : await run.userInstructions(),
    outputSchema: run.outputSchema,
  });
  const facts: AssembleFacts = {
    shell: session.shell.name,
    writableRoots: resolvePolicy(settings.sandboxPolicy, settings.cwd, session.env).writableRoots.map((r) => r.root),
    approvedPrefixes: [],
    subagents: session.agents.open(),
    modelInstructions: instructionsFor(record, settings.personality),
    personalityText: (personality) => personalityText(record, personality),
    personalityBakedIn: session.header.baseInstructions === instructionsFor(record, settings.personality),
  };
  scope.appendContext(reference ? contextUpdate(reference, context, facts) : initialContext(context, facts));
  scope.context(context);
}

async function addUserInput(run: TurnRun, scope: TurnScope, input: UserInput[]): Promise<void> {
  const message: ResponseItem = await userMessage(input, run.session.files);
  scope.appendContext([message]);
  scope.add({ type: 'userMessage', id: run.session.ids.uuid(), content: input });
}

/** What the user said while the turn came to its end is not lost: the next turn's model sees it. */
async function keepPendingInput(run: TurnRun, scope: TurnScope): Promise<void> {
  for (const input of run.steering.drain()) await addUserInput(run, scope, input);
}

/** The program of `notify` learns of every completed turn (core specification §20.1); nobody waits for it. */
function notify(run: TurnRun, lastMessage: string | null): void {
  const { config, session, settings } = run;
  if (!config.notify?.length) return;
  const texts = run.input.map((item) => (item.type === 'text' ? item.text : null)).filter((text) => text !== null);
  const payload = JSON.stringify({
    type: 'agent-turn-complete',
    'thread-id': session.header.id,
    'turn-id': run.turnId,
    cwd: settings.cwd,
    ...(run.clientName === null ? {} : { client: run.clientName }),
    'input-messages': texts,
    'last-assistant-message': lastMessage,
  });
  const env = Object.fromEntries(
    Object.entries(session.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  session.runner
    .run(
      { argv: [...config.notify, payload], cwd: settings.cwd, env, policy: { type: 'dangerFullAccess' } },
      { timeoutMs: 60_000, maxBytes: 4096 },
    )
    .catch((error: unknown) => session.log.warn({ err: toMessage(error) }, 'the notify program could not be run'));
}

function internalError(message: string): TurnError {
  return { message, codexErrorInfo: 'other', additionalDetails: null };
}

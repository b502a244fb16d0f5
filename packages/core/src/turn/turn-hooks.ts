import { toMessage } from '@codex/base';
import type { ModelRecord } from '@codex/models';
import type { HookRunSummary } from '@codex/protocol';
import { childEnv, shellArgv } from '@codex/sandbox';
import type { TurnScope } from '@codex/timeline';
import { truncateMiddle } from '../context/truncate.ts';
import { type HookExit, type HookVerdict, readStart, readStop } from '../hooks/hook-output.ts';
import type { HookHandler } from '../hooks/hooks-file.ts';
import { addPendingInput } from './tell-context.ts';
import type { TurnRun } from './turn-run.ts';

const MAX_OUTPUT_BYTES = 256 * 1024;
/** So often a turn goes on for its Stop hooks: a hook that is never content shall not spend money for ever. */
const MAX_STOP_ROUNDS = 50;
const NAMES = {
  sessionStart: { id: 'session-start', wire: 'SessionStart', scope: 'thread' },
  stop: { id: 'stop', wire: 'Stop', scope: 'turn' },
} as const;

/** Hooks of the session's start, in its first turn; `stop` when the model shall not be called. */
export async function startHooks(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<'goOn' | 'stop'> {
  const { hooks } = run.session;
  const source = hooks?.takeStart();
  if (!hooks || !source) return 'goOn';
  const handlers = (await hooks.handlers()).filter(
    ({ event, matcher }) => event === 'sessionStart' && (matcher?.test(source) ?? true),
  );
  const verdicts = await runHooks(run, scope, handlers, { source }, readStart);
  if (await isStopped(run, scope, verdicts)) return 'stop';
  tell(scope, record, verdicts);
  return 'goOn';
}

/**
 * Hooks of the moment when the model has nothing more to do; `goOn` when one of them told it why it shall. `rounds` says
 * how often it went on for a hook already.
 */
export async function stopHooks(
  run: TurnRun,
  record: ModelRecord,
  scope: TurnScope,
  { rounds, lastMessage }: { rounds: number; lastMessage: string | null },
): Promise<'goOn' | 'end'> {
  const { hooks } = run.session;
  if (!hooks) return 'end';
  const handlers = (await hooks.handlers()).filter(({ event }) => event === 'stop');
  const facts = { stop_hook_active: rounds > 0, last_assistant_message: lastMessage };
  const verdicts = await runHooks(run, scope, handlers, facts, readStop);
  if (await isStopped(run, scope, verdicts)) return 'end';
  if (!verdicts.some(({ status }) => status === 'blocked')) return 'end';
  if (rounds === MAX_STOP_ROUNDS) {
    run.timeline.notice('warning', `Stop hooks made this turn go on ${rounds} times; it ends now all the same.`);
    return 'end';
  }
  tell(scope, record, verdicts);
  return 'goOn';
}

/** Input that came meanwhile waits in the history: nothing goes to the model any more. */
async function isStopped(run: TurnRun, scope: TurnScope, verdicts: readonly HookVerdict[]): Promise<boolean> {
  if (!verdicts.some(({ status }) => status === 'stopped')) return false;
  await addPendingInput(run, scope);
  return true;
}

function tell(scope: TurnScope, record: ModelRecord, verdicts: readonly HookVerdict[]): void {
  const messages = verdicts.flatMap(({ message }) => (message === null ? [] : [message]));
  if (!messages.length) return;
  const text = truncateMiddle(messages.join('\n\n'), record.truncationPolicy);
  scope.appendContext([{ type: 'message', role: 'developer', content: [{ type: 'input_text', text }] }]);
}

/** Runs them side by side and tells of them in order. Rejects only with the abort reason. */
async function runHooks(
  run: TurnRun,
  scope: TurnScope,
  handlers: readonly HookHandler[],
  facts: Readonly<Record<string, unknown>>,
  read: (exit: HookExit) => HookVerdict,
): Promise<HookVerdict[]> {
  if (!handlers.length) return [];
  const { signal, session } = run;
  // A hook may read the transcript.
  await run.flush();
  signal.throwIfAborted();
  const startedAt = session.clock.now();
  const summaries = handlers.map((handler) => summaryOf(handler, startedAt));
  for (const summary of summaries) scope.hook(summary);
  const ended = await Promise.all(
    handlers.map(async (handler) => {
      const verdict = read(await runCommand(run, handler, facts));
      return { verdict, completedAt: session.clock.now() };
    }),
  );
  for (const [i, summary] of summaries.entries()) {
    const end = ended[i];
    if (!end) continue;
    const { status, entries } = end.verdict;
    const times = { completedAt: seconds(end.completedAt), durationMs: end.completedAt - startedAt };
    scope.hook({ ...summary, status, entries, ...times });
  }
  signal.throwIfAborted();
  return ended.map(({ verdict }) => verdict);
}

async function runCommand(
  { session, settings, signal }: TurnRun,
  { event, command, timeoutSeconds }: HookHandler,
  facts: Readonly<Record<string, unknown>>,
): Promise<HookExit> {
  const input = JSON.stringify({
    session_id: session.header.id,
    transcript_path: session.header.path,
    cwd: settings.cwd,
    hook_event_name: NAMES[event].wire,
    model: settings.model,
    permission_mode: settings.approvalPolicy === 'never' ? 'bypassPermissions' : 'default',
    ...facts,
  });
  try {
    const report = await session.runner.run(
      {
        argv: shellArgv(session.shell, command, false),
        cwd: settings.cwd,
        env: childEnv({}, session.env),
        policy: { type: 'dangerFullAccess' },
      },
      { signal, input, timeoutMs: timeoutSeconds * 1000, maxBytes: MAX_OUTPUT_BYTES },
    );
    if (report.aborted) return { error: 'hook was interrupted' };
    return report.timedOut ? { error: `hook timed out after ${timeoutSeconds}s` } : report;
  } catch (error) {
    return { error: toMessage(error) };
  }
}

function summaryOf({ event, sourcePath, order, statusMessage }: HookHandler, startedAt: number): HookRunSummary {
  const { id, scope } = NAMES[event];
  return {
    id: `${id}:${order}:${sourcePath}`,
    eventName: event,
    handlerType: 'command',
    executionMode: 'sync',
    scope,
    sourcePath,
    displayOrder: order,
    status: 'running',
    statusMessage,
    startedAt: seconds(startedAt),
    completedAt: null,
    durationMs: null,
    entries: [],
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

import { type Client, createClient, RpcError } from '@codex/app-server-client';
import { channelPair, type CodexError, isAbort, type Logger, systemClock, toMessage } from '@codex/base';
import type { Override } from '@codex/config';
import type { ParamsIn, ServerNotificationMethod, UserInput } from '@codex/protocol';
import { createServer } from '@codex/server';
import { Refused, VERSION } from './io.ts';
import { errorText, type FailureCause, type Opened, type Outcome, type Output } from './output.ts';
import { refuseQuestion } from './questions.ts';
import type { RunSettings } from './settings.ts';
import { createTurnUsage } from './usage.ts';

/** What is asked of the thread. */
export type Task =
  | { kind: 'turn'; prompt: string; images: readonly string[]; outputSchema: unknown }
  | { kind: 'review'; target: ParamsIn<'review/start'>['target'] };

export interface RunOptions {
  home: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  overrides: readonly Override[];
  configOptions?: RunSettings['configOptions'];
  profile: string | undefined;
  log: Logger;
  /** Aborts the run; the turn is interrupted and told as failed. */
  signal: AbortSignal;
  /** Finds or makes the thread. */
  open(client: Client): Promise<{ opened: Opened; earlierTurns: boolean }>;
  task: Task;
  output: Output;
}

/** `lacksSandbox`: commands were refused because their policy cannot be enforced here, whatever the turn made of it. */
export type RunResult = Outcome & { lacksSandbox: boolean };

/** Pieces of what a later notification tells as a whole: no output shows them. */
const NOT_SHOWN = [
  'item/agentMessage/delta',
  'item/plan/delta',
  'item/reasoning/summaryPartAdded',
  'item/reasoning/summaryTextDelta',
  'item/reasoning/textDelta',
  'item/commandExecution/outputDelta',
  'item/fileChange/outputDelta',
  'item/mcpToolCall/progress',
] satisfies ServerNotificationMethod[];

/** How long an interrupted turn may take to end. */
const INTERRUPT_MS = 5_000;

/**
 * One turn on a server of our own: same messages as over a wire, no wire (architecture §5.4). Throws Refused when there
 * is no thread to run on, and the abort reason when that was not yet decided.
 */
export async function runTurn(options: RunOptions): Promise<RunResult> {
  const { home, cwd, env, overrides, configOptions = {}, profile, log, signal, output } = options;
  const [near, far] = channelPair<unknown, unknown>();
  let refusal: CodexError | undefined;
  const notices = createNotices(output);
  const server = createServer({
    home,
    cwd,
    env,
    overrides,
    configOptions,
    ...(profile === undefined ? {} : { profile }),
    sessionSource: 'exec',
    transport: 'in-process',
    version: VERSION,
    originator: 'codex_exec',
    honourApiKeyEnv: true,
    log,
    requireRules: true,
    onSandboxRefusal: (why) => (refusal ??= why),
    onWarning: (message) => notices.add(message),
  });
  server.connect(far, { name: 'exec' });
  const client = createClient(near, { onQuestion: refuseQuestion });
  try {
    await client.request(
      'initialize',
      {
        clientInfo: { name: 'codex-exec', title: null, version: VERSION },
        capabilities: { experimentalApi: true, optOutNotificationMethods: NOT_SHOWN },
      },
      { signal },
    );
    const result = await converse(client, { ...options, output: { ...output, opened: notices.opened } });
    // The model was told, and may have answered; whoever waits for its work has to know all the same.
    if (refusal) output.warn(refusal.message);
    const lacksSandbox = refusal !== undefined || (result.kind === 'failed' && result.cause === 'sandboxError');
    return { ...result, lacksSandbox };
  } catch (error) {
    if (error instanceof RpcError) throw new Refused(`Error: ${error.message}`, undefined, { cause: error });
    throw error;
  } finally {
    await client.close();
    await server.close();
  }
}

async function converse(client: Client, options: RunOptions): Promise<Outcome> {
  const { output, task, signal } = options;
  const { opened, earlierTurns } = await options.open(client);
  const threadId = opened.thread.id;
  output.opened(opened, task.kind === 'turn' ? task.prompt : null);
  try {
    const turn = await begin(client, threadId, task, signal);
    const release = interruptOnAbort(client, { threadId, turnId: turn.id }, signal);
    try {
      return await follow(client, { threadId, turnId: turn.id, earlierTurns, output, signal });
    } finally {
      release();
    }
  } catch (error) {
    if (!isAbort(error) && !(error instanceof RpcError)) throw error;
    // The thread was told of already, so its end has to be, too.
    return end(output, {
      kind: 'failed',
      message: toMessage(error),
      cause: isAbort(error) ? 'interrupted' : null,
      usage: createTurnUsage(false).used,
    });
  }
}

/** Starts the task's turn. */
async function begin(client: Client, threadId: string, task: Task, signal: AbortSignal) {
  if (task.kind === 'review') {
    return (await client.request('review/start', { threadId, target: task.target }, { signal })).turn;
  }
  const { prompt, images, outputSchema } = task;
  const input: UserInput[] = [
    ...images.map((path): UserInput => ({ type: 'localImage', path })),
    { type: 'text', text: prompt, text_elements: [] },
  ];
  const params = { threadId, input, ...(outputSchema === undefined ? {} : { outputSchema }) };
  return (await client.request('turn/start', params, { signal })).turn;
}

/** Shows the turn's notifications until it has ended. */
async function follow(
  client: Client,
  run: { threadId: string; turnId: string; earlierTurns: boolean; output: Output; signal: AbortSignal },
): Promise<Outcome> {
  const { threadId, turnId, output, signal } = run;
  const usage = createTurnUsage(run.earlierTurns);
  let lastMessage: string | null = null;
  let failure = 'the server ended before the turn did';
  let cause: FailureCause | null = null;
  for await (const event of client.events) {
    if (event.method === 'configWarning' || event.method === 'deprecationNotice') {
      const { summary, details } = event.params;
      const remark = details ? `${summary} ${details}` : summary;
      if (event.method === 'configWarning') output.notice(remark);
      else output.warn(remark);
      continue;
    }
    if (!('threadId' in event.params) || event.params.threadId !== threadId) continue;
    switch (event.method) {
      case 'thread/tokenUsage/updated':
        usage.update(event.params.tokenUsage);
        continue;
      case 'error':
        if (event.params.willRetry) break;
        failure = errorText(event.params.error);
        cause = event.params.error.codexErrorInfo;
        break;
      case 'item/started':
        if (event.params.item.type !== 'userMessage') usage.modelAnswered();
        break;
      case 'item/completed':
        if (event.params.item.type !== 'userMessage') usage.modelAnswered();
        if (event.params.item.type === 'agentMessage') lastMessage = event.params.item.text;
        break;
      case 'turn/completed': {
        const { turn } = event.params;
        if (turn.id !== turnId) continue;
        const used = usage.used;
        if (turn.status === 'completed') return end(output, { kind: 'completed', usage: used, lastMessage });
        if (turn.status === 'interrupted') {
          return end(output, { kind: 'failed', message: reasonOf(signal), cause: 'interrupted', usage: used });
        }
        return end(output, {
          kind: 'failed',
          message: turn.error ? errorText(turn.error) : failure,
          cause: turn.error?.codexErrorInfo ?? cause,
          usage: used,
        });
      }
      default:
        break;
    }
    output.event(event);
  }
  const ending = signal.aborted
    ? ({ message: reasonOf(signal), cause: 'interrupted' } as const)
    : { message: failure, cause };
  return end(output, { kind: 'failed', ...ending, usage: usage.used });
}

function end(output: Output, outcome: Outcome): Outcome {
  output.ended(outcome);
  return outcome;
}

/** Keeps what comes before the thread is shown: nothing stands ahead of that. */
function createNotices(output: Output): { add(message: string): void; opened: Output['opened'] } {
  let early: string[] | null = [];
  return {
    add(message) {
      if (early) early.push(message);
      else output.notice(message);
    },
    opened(opened, prompt) {
      output.opened(opened, prompt);
      for (const message of early ?? []) output.notice(message);
      early = null;
    },
  };
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : 'the turn was interrupted';
}

function interruptOnAbort(client: Client, turn: { threadId: string; turnId: string }, signal: AbortSignal): () => void {
  let cancel = () => {};
  const interrupt = () => {
    // A turn that has ended meanwhile cannot be interrupted; the timer covers one that does not end.
    client.request('turn/interrupt', turn).catch(() => {});
    cancel = systemClock.timer(INTERRUPT_MS, () => void client.close());
  };
  if (signal.aborted) interrupt();
  else signal.addEventListener('abort', interrupt, { once: true });
  return () => {
    signal.removeEventListener('abort', interrupt);
    cancel();
  };
}

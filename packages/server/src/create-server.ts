import {
  abortReason,
  type Clock,
  type CodexError,
  createDeadline,
  type Ids,
  type Logger,
  raceAbort,
  systemClock,
  systemIds,
} from '@codex/base';
import type { LoadOptions, Override } from '@codex/config';
import type { CoreDeps, Thread, Threads } from '@codex/core';
import type { SessionSource } from '@codex/protocol';
import type { ServerChannel } from './channel.ts';
import { Connection } from './connection.ts';
import type { ServerContext } from './context.ts';
import { closeThread } from './close-thread.ts';
import { createElicitations } from './elicitations.ts';
import { handlers } from './handlers.ts';
import { createIdleThreads } from './idle-threads.ts';
import { createLanes } from './lanes.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { createMemoryRelief } from './memory-relief.ts';
import { createQuestions } from './questions.ts';
import { createRouter } from './router.ts';
import { createServices } from './services.ts';
import type { KeptLog, LogStore } from './services/state/lazy-state.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createThreadFeed } from './thread-feed.ts';
import type { Env } from './user-agent.ts';

export interface ServerOptions {
  /** Folder of codex with its configuration, login and sessions; absolute. */
  home: string;
  /** Where threads start that name no folder; absolute. */
  cwd: string;
  env: Env;
  /** From `-c`, `--enable` and `--disable`, in order. */
  overrides: readonly Override[];
  profile?: string;
  /** What else every configuration is read with. */
  configOptions?: Pick<LoadOptions, 'userConfigText' | 'withoutRules'>;
  /** Where an administrator's configuration and requirements are. Default /etc/codex. */
  systemDir?: string;
  /** What threads are recorded as coming from. */
  sessionSource: SessionSource;
  transport: 'stdio' | 'websocket' | 'in-process';
  version: string;
  /** Sent to the model's provider in place of the client's name. */
  originator?: string;
  /** Whether CODEX_API_KEY counts as a login. */
  honourApiKeyEnv: boolean;
  log: Logger;
  clock?: Clock;
  ids?: Ids;
  /** Who signs people in with ChatGPT, and where on this machine they come back to. Default OpenAI, 1455. */
  issuer?: { url?: string; clientId?: string; callbackPort?: number };
  /** Instead of core's engine. */
  threads?: (deps: CoreDeps) => Threads;
  /** Called once with where lines of the log are kept. */
  keepLog?: (store: LogStore) => KeptLog;
  /** Called when much was let go and nothing runs; may stop everything for a moment. */
  collectGarbage?: () => void;
  /** Called when a command was refused because its policy cannot be enforced here. */
  onSandboxRefusal?: (why: CodexError) => void;
  /** No thread is opened while a file of rules about commands cannot be read: nobody is there to mind the warning. */
  requireRules?: boolean;
  /** Called with what a user should know of a thread and no notification tells. */
  onWarning?: (message: string) => void;
  limits?: Partial<Limits>;
}

export interface Server {
  /**
   * Serves a connection until its input ends, then answers what was asked and closes the channel. `closed` never
   * rejects.
   */
  connect(channel: ServerChannel, info?: { name?: string }): { closed: Promise<void> };
  /** Turns that run now, in all threads; one that waits for an answer runs. */
  readonly runningTurns: number;
  /** Resolves when no turn runs; requests are served meanwhile. Rejects with the abort reason. */
  drain(signal?: AbortSignal): Promise<void>;
  /** Ends the connections, then the threads with their processes, and writes down what is not yet. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * The composition root: everything below is made here, and nothing before it is needed. A server that only ever
 * answers `initialize` loads neither core nor the client of the model.
 */
export function createServer(options: ServerOptions): Server {
  const clock = options.clock ?? systemClock;
  const ids = options.ids ?? systemIds(clock);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const log = options.log.child({ transport: options.transport });
  const { onWarning = () => {} } = options;
  const subscriptions = createSubscriptions((threadId) => idle.followersChanged(threadId));
  const questions = createQuestions({ subscriptions, log });
  const feed = createThreadFeed({
    subscriptions,
    questions,
    onWarning,
    onTurnEnded: () => {
      for (const hear of idleListeners) hear();
    },
  });
  const lanes = createLanes();
  const idle = createIdleThreads({
    ...{ clock, limits, lanes },
    isFollowed: (threadId) => subscriptions.of(threadId).size > 0,
    expectsTurn: (threadId) => feed.expectsTurn(threadId),
    close: (thread) => closeThread(thread, { clock, log }),
  });
  const elicitations = createElicitations();
  const services = createServices(
    { ...options, clock, ids, log },
    {
      questions,
      broadcast: (note) => subscriptions.broadcast(note),
      backlog: () => backlogOf(connections),
      flushLog: () => keptLog?.flush() ?? Promise.resolve(),
    },
  );
  const keptLog: KeptLog | undefined = options.keepLog?.(services.state.logStore);
  const stopping = new AbortController();
  const idleListeners = new Set<() => void>();
  const connections = new Set<Connection>();
  let connectionIds = 0;
  let engine: Promise<Threads> | undefined;
  let loaded: Threads | undefined;
  let closing: Promise<void> | undefined;

  const startEngine = async (): Promise<Threads> => {
    const threads = await services.createThreads(options.threads);
    threads.onOpened((thread, parentId) => {
      feed.attach(thread, parentId);
      idle.watch(thread, parentId);
    });
    threads.onClosed((thread) => {
      elicitations.drop(thread.id);
      relief.wanted();
    });
    loaded = threads;
    return threads;
  };

  const runningTurns = () =>
    count(loaded?.list() ?? [], (thread) => thread.state.active !== null || feed.expectsTurn(thread.id));

  const relief = createMemoryRelief({
    clock,
    collect: options.collectGarbage ?? (() => {}),
    isQuiet: () => runningTurns() === 0,
  });

  const context: ServerContext = {
    home: options.home,
    cwd: options.cwd,
    env: options.env,
    version: options.version,
    sessionSource: options.sessionSource,
    originator: options.originator ?? null,
    onWarning,
    requireRules: options.requireRules ?? false,
    log,
    clock,
    ids,
    services,
    subscriptions,
    questions,
    feed,
    elicitations,
    lanes,
    relief,
    threads: () => {
      engine ??= startEngine();
      engine.catch(() => {
        engine = undefined;
      });
      return engine;
    },
    loadedThreads: () => loaded?.list() ?? [],
    loadedThread: (id) => loaded?.get(id),
  };
  const router = createRouter({ server: context, handlers });

  const shutDown = async () => {
    idle.stop();
    relief.stop();
    const answers = createDeadline(limits.closeMs, clock);
    await Promise.all([...connections].map((each) => each.end('the server is closing', answers.signal)));
    answers.clear();
    stopping.abort();
    const threads = await engine?.catch(() => undefined);
    const work = createDeadline(limits.closeMs, clock);
    try {
      await raceAbort(threads?.close() ?? Promise.resolve(), work.signal);
    } catch (error) {
      log.error({ err: error }, 'threads did not close');
    } finally {
      work.clear();
      await services.close();
      await keptLog?.end();
      await services.state.close();
    }
  };

  return {
    connect(channel, info = {}) {
      const id = connectionIds++;
      const connection = new Connection({
        id,
        channel,
        limits,
        log: log.child({ connection: info.name ?? id }),
        onRequest: (from, request) => router.serve(from, request),
        onReply: (from, reply) => questions.receive(from, reply),
        onInputEnd: (gone) => {
          subscriptions.remove(gone);
          services.commands.endAll(gone);
          services.files.endAll(gone);
          elicitations.endAll(gone);
        },
      });
      subscriptions.add(connection);
      connections.add(connection);
      // One that was let in just before the end is ended like the others.
      if (closing) connection.close('the server is closing');
      else void connection.serve(stopping.signal);
      void connection.closed.then(() => connections.delete(connection));
      return { closed: connection.closed };
    },
    get runningTurns() {
      return runningTurns();
    },
    async drain(signal) {
      while (runningTurns() > 0) await nextIdle(idleListeners, signal);
      signal?.throwIfAborted();
    },
    close() {
      closing ??= shutDown();
      return closing;
    },
  };
}

function count(threads: readonly Thread[], matches: (thread: Thread) => boolean): number {
  return threads.reduce((sum, thread) => sum + (matches(thread) ? 1 : 0), 0);
}

/** Resolves when a turn has ended; rejects with the abort reason. */
function nextIdle(listeners: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const hear = () => {
      leave();
      resolve();
    };
    const stop = () => {
      leave();
      reject(abortReason(signal));
    };
    const leave = () => {
      listeners.delete(hear);
      signal?.removeEventListener('abort', stop);
    };
    if (signal?.aborted) {
      stop();
      return;
    }
    listeners.add(hear);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Resolves when no client has messages waiting; undefined when none has. */
function backlogOf(connections: Iterable<Connection>): Promise<unknown> | undefined {
  const waits = [...connections].flatMap((connection) => connection.backlog() ?? []);
  return waits.length > 0 ? Promise.all(waits) : undefined;
}

import type { Clock, Ids, Logger } from '@codex/base';
import type { Thread, Threads } from '@codex/core';
import type { ClientMethod, ParamsOf, ResultOf, SessionSource, Thread as WireThread } from '@codex/protocol';
import type { AtReply, WithTurns } from './at-reply.ts';
import type { Connection } from './connection.ts';
import type { Elicitations } from './elicitations.ts';
import type { Lanes } from './lanes.ts';
import type { MemoryRelief } from './memory-relief.ts';
import type { Services } from './services.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Questions } from './questions.ts';
import type { ThreadFeed } from './thread-feed.ts';
import type { Env } from './user-agent.ts';

/** What handlers share: the parts of one server. */
export interface ServerContext {
  readonly home: string;
  readonly cwd: string;
  readonly env: Env;
  readonly version: string;
  readonly sessionSource: SessionSource;
  /** Stands in for the name of whatever client; null: the client's own. */
  readonly originator: string | null;
  /** Rules that cannot be read are no warning but an error. */
  readonly requireRules: boolean;
  /** Hears what no notification tells. */
  onWarning(message: string): void;
  readonly log: Logger;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly services: Services;
  readonly subscriptions: Subscriptions;
  readonly questions: Questions;
  readonly feed: ThreadFeed;
  readonly elicitations: Elicitations;
  readonly lanes: Lanes;
  readonly relief: MemoryRelief;
  /** The engine; loaded when first needed. */
  threads(): Promise<Threads>;
  /** Loaded threads; none as long as nobody needed the engine. */
  loadedThreads(): readonly Thread[];
  loadedThread(id: string): Thread | undefined;
}

/** One request being served. */
export interface RequestContext {
  readonly connection: Connection;
  readonly server: ServerContext;
  readonly log: Logger;
  /** The params as the client wrote them. */
  readonly raw: unknown;
  /**
   * Runs when the response is on its way: the place for whatever makes notifications. Not called when the request
   * fails. The next request of the same lane waits for it.
   */
  afterReply(run: () => void | Promise<void>): void;
}

/** Returns the result, or throws: a CodexError is the caller's to read, anything else is our mistake. */
export type Handler<M extends ClientMethod> = (
  params: ParamsOf<M>,
  ctx: RequestContext,
) => ResultOf<M> | Promise<Shown<ResultOf<M>> | AtReply<Shown<ResultOf<M>>>>;

type Shown<R> = R | (R extends { thread: WireThread } ? WithTurns<R> : never);

export type Handlers = { readonly [M in ClientMethod]: Handler<M> };

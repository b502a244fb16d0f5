import type { Logger } from '@codex/base';
import type {
  ConfigWarningNotification,
  RequestId,
  RpcErrorBody,
  RpcMessage,
  ServerNotification,
} from '@codex/protocol';
import type { ClientIdentity } from '@codex/core';
import { WithTurns } from './at-reply.ts';
import type { ServerChannel } from './channel.ts';
import { laterWarning } from './later/messages.ts';
import type { Limits } from './limits.ts';
import { readMessage, type Incoming } from './message.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { type Outgoing, outgoing, outgoingWithTurns } from './outgoing.ts';

/**
 * `opening` until `initialize`; `initialized` until the notifications meant for this client alone are out; `ready`
 * for broadcasts; `draining` when its input has ended and requests are still served; `closed`.
 */
export type Phase = 'opening' | 'initialized' | 'ready' | 'draining' | 'closed';

/** What `initialize` said. */
export interface Introduction {
  identity: ClientIdentity;
  experimental: boolean;
  /** Whether the client belongs to a later version and needs what came with it (§20.3). */
  later: boolean;
  optOut: ReadonlySet<string>;
}

export type Request = Extract<Incoming, { kind: 'request' }>;
export type Reply = Extract<Incoming, { kind: 'result' | 'error' }>;

export interface ConnectionDeps {
  id: number;
  channel: ServerChannel;
  limits: Limits;
  log: Logger;
  /** Resolves when the request has been answered; does not reject. */
  onRequest(connection: Connection, request: Request): Promise<void>;
  onReply(connection: Connection, reply: Reply): void;
  /** The input has ended: nothing more is to be sent here but answers. Called once. */
  onInputEnd(connection: Connection): void;
}

export class Connection {
  readonly id: number;
  readonly log: Logger;
  /** Resolves when this connection has become ready, or never will. */
  readonly settled: Promise<void>;
  /** Resolves when everything is over. */
  readonly closed: Promise<void>;
  readonly #deps: ConnectionDeps;
  readonly #outbox: Outbox;
  readonly #served = new Set<Promise<void>>();
  readonly #warned = new Set<string>();
  #phase: Phase = 'opening';
  #introduction: Introduction | null = null;
  readonly #held: { notification: Outgoing; method: string }[] = [];
  #onServed: () => void = () => {};
  #settle: () => void = () => {};
  #over: () => void = () => {};

  constructor(deps: ConnectionDeps) {
    this.id = deps.id;
    this.log = deps.log;
    this.#deps = deps;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.closed = new Promise((resolve) => {
      this.#over = resolve;
    });
    this.#outbox = createOutbox({
      channel: deps.channel,
      limits: deps.limits,
      log: deps.log,
      onFailure: (reason) => {
        // On stdio this ends the program, and nobody else can say why.
        this.log.error({ reason }, 'the connection is given up');
        this.close(reason);
      },
    });
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Null before `initialize`. */
  get introduction(): Introduction | null {
    return this.#introduction;
  }

  /** True as long as notifications and questions may be sent here. */
  get listening(): boolean {
    return this.#phase === 'initialized' || this.#phase === 'ready';
  }

  get later(): boolean {
    return this.#introduction?.later ?? false;
  }

  introduce(introduction: Introduction): void {
    this.#introduction = introduction;
    this.#phase = 'initialized';
  }

  becomeReady(): void {
    if (this.#phase === 'initialized') this.#phase = 'ready';
    for (const { notification, method } of this.#held.splice(0)) this.tell(notification, method);
    this.#settle();
  }

  /** What everybody gets; while the client is still being welcomed it waits, so that nothing is lost or comes too early. */
  hear(notification: Outgoing, method: string): void {
    if (this.#phase === 'initialized') this.#held.push({ notification, method });
    else if (this.#phase === 'ready') this.tell(notification, method);
  }

  /** Sends a notification, unless this client opted out of it. */
  tell(notification: Outgoing, method: string): void {
    if (this.listening && !this.#introduction?.optOut.has(method)) this.#outbox.send(notification);
  }

  notify(notification: ServerNotification): void {
    this.tell(outgoing(notification), notification.method);
  }

  /** Sends a `configWarning`; what this client was told already it is not told again. */
  warn(warning: ConfigWarningNotification): void {
    const key = JSON.stringify(warning);
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.notify({ method: 'configWarning', params: warning });
  }

  /** Tells clients of later versions what others have no notification for (§20.1). */
  caution(threadId: string | null, message: string): void {
    if (this.later) this.tell(laterWarning(threadId, message), 'warning');
  }

  /** Undefined when nothing waits to be sent, else a promise of that. */
  backlog(): Promise<void> | undefined {
    return this.#outbox.queued > 0 ? this.#outbox.flushed() : undefined;
  }

  ask(question: Outgoing): void {
    if (this.listening) this.#outbox.send(question);
  }

  reply(id: RequestId, result: unknown): void {
    if (result instanceof WithTurns) this.#send(outgoingWithTurns({ id, result: result.result }, result.turns));
    else this.#send(outgoing({ id, result }));
  }

  /** A null id is for requests whose own id nobody can read. */
  refuse(id: RequestId | null, error: RpcErrorBody): void {
    this.#send(outgoing({ id, error } as RpcMessage));
  }

  #send(message: Outgoing): void {
    if (this.#phase !== 'closed') this.#outbox.send(message);
  }

  /** Serves the channel until its input ends, then answers what is left and closes it. */
  async serve(signal: AbortSignal): Promise<void> {
    const { channel, limits, log } = this.#deps;
    try {
      for await (const value of channel.messages) {
        if (this.#phase === 'closed') break;
        if (this.#phase !== 'draining') this.#receive(readMessage(value));
        while (this.#served.size >= limits.requestsInFlight) await this.#nextServed();
      }
    } catch (error) {
      log.warn({ err: error }, 'reading from the channel failed');
    }
    await this.end('the input has ended', signal);
  }

  /** Takes no more requests, answers those it has, sends what waits, and closes; at once when `signal` aborts. */
  async end(reason: string, signal: AbortSignal): Promise<void> {
    this.#endInput();
    await unlessAborted(this.#finish(), signal);
    this.close(reason);
  }

  close(reason: string): void {
    if (this.#phase === 'closed') return;
    this.#endInput();
    this.#phase = 'closed';
    this.#outbox.close();
    this.#deps.channel.close(reason);
    this.log.debug({ reason }, 'connection closed');
    this.#over();
  }

  #receive(message: Incoming): void {
    switch (message.kind) {
      case 'request': {
        const serving = this.#deps.onRequest(this, message).finally(() => {
          this.#served.delete(serving);
          this.#onServed();
        });
        this.#served.add(serving);
        return;
      }
      case 'result':
      case 'error':
        this.#deps.onReply(this, message);
        return;
      case 'notification':
        this.log.debug({ method: message.method }, 'notification from the client');
        return;
      case 'badRequest':
        this.refuse(message.id, { code: -32600, message: `Invalid request: ${message.reason}` });
        return;
      case 'undecodable':
        this.log.error({ reason: message.reason }, 'message skipped');
        return;
    }
  }

  /** Not a race of all: those that take long would remember every one they were in. */
  #nextServed(): Promise<void> {
    return new Promise((resolve) => {
      this.#onServed = resolve;
    });
  }

  #endInput(): void {
    if (this.#phase === 'draining' || this.#phase === 'closed') return;
    this.#phase = 'draining';
    this.#settle();
    this.#deps.onInputEnd(this);
  }

  async #finish(): Promise<void> {
    while (this.#served.size > 0) await Promise.all(this.#served);
    await this.#outbox.flushed();
  }
}

/** Resolves with `work`, or as soon as `signal` aborts. */
function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = () => resolve();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

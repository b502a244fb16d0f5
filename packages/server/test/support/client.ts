import { asyncQueue, channelPair } from '@codex/base';
import type { ClientMethod, ParamsIn, ResultOf, RpcErrorBody, RpcMessage } from '@codex/protocol';
import type { Server, ServerChannel } from '../../src/index.ts';

export interface Wire {
  id?: string | number | null;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: RpcErrorBody;
}

/** A peer that remembers everything it was sent, in order. */
export interface Client {
  readonly log: Wire[];
  readonly closed: Promise<void>;
  /** The whole answer. */
  call(method: string, params?: unknown, id?: string | number): Promise<Wire>;
  /** The result; throws for an error. */
  request<M extends ClientMethod>(method: M, params: ParamsIn<M>): Promise<ResultOf<M>>;
  send(message: unknown): void;
  /** The first message, old or new, that fits. */
  until(fits: (message: Wire) => boolean): Promise<Wire>;
  untilMethod(method: string): Promise<Wire>;
  /** Methods of the notifications and requests so far. */
  methods(): string[];
  hangUp(): void;
}

export const INITIALIZE = {
  clientInfo: { name: 'test', title: null, version: '1.0' },
  capabilities: { experimentalApi: true },
};

/** Connects over a pair on which every message takes the trip through JSON. */
export function connect(server: Server, name?: string): Client {
  const [far, near] = channelPair<unknown, Wire>({ json: true });
  return clientOn(server, far as ServerChannel, near, name);
}

export async function introduced(server: Server, initialize: object = INITIALIZE): Promise<Client> {
  const client = connect(server);
  const answer = await client.call('initialize', initialize);
  if (answer.error) throw new Error(answer.error.message);
  return client;
}

export function clientOn(
  server: Server,
  far: ServerChannel,
  near: { send(message: unknown): void; messages: AsyncIterable<Wire>; close(): void },
  name?: string,
): Client {
  const log: Wire[] = [];
  const waiting = new Set<() => void>();
  let over = false;
  let nextId = 1000;
  const wake = () => [...waiting].forEach((check) => check());
  const { closed } = server.connect(far, name === undefined ? {} : { name });
  void (async () => {
    for await (const message of near.messages) {
      log.push(message);
      wake();
    }
    over = true;
    wake();
  })();
  const until = (fits: (message: Wire) => boolean) =>
    new Promise<Wire>((resolve, reject) => {
      const check = () => {
        const found = log.find(fits);
        if (!found && !over) return;
        waiting.delete(check);
        if (found) resolve(found);
        else reject(new Error('the connection ended'));
      };
      waiting.add(check);
      check();
    });
  const call = (method: string, params?: unknown, id: string | number = nextId++) => {
    near.send(params === undefined ? { id, method } : { id, method, params });
    return until((message) => message.id === id && message.method === undefined);
  };
  return {
    log,
    closed,
    call,
    async request(method, params) {
      const answer = await call(method, params);
      if (answer.error) throw Object.assign(new Error(answer.error.message), { error: answer.error });
      return answer.result as never;
    },
    send: (message) => near.send(message),
    until,
    untilMethod: (method) => until((message) => message.method === method),
    methods: () => log.flatMap((message) => message.method ?? []),
    hangUp: () => near.close(),
  };
}

/** A channel whose other side reads only when told to. */
export function slowChannel(): {
  channel: ServerChannel;
  near: { send(message: unknown): void; messages: AsyncIterable<Wire>; close(): void };
  texts: string[];
  open(): void;
  shut(): void;
  closedWith: () => string | undefined;
} {
  const inbound = asyncQueue<unknown>();
  const outbound = asyncQueue<Wire>();
  const texts: string[] = [];
  let held: string[] = [];
  let shut = false;
  let reason: string | undefined;
  let waiters: (() => void)[] = [];
  const take = (text: string) => {
    texts.push(text);
    outbound.push(JSON.parse(text) as Wire);
  };
  const channel: ServerChannel = {
    messages: inbound,
    send: (message: RpcMessage) => channel.sendText?.(JSON.stringify(message)),
    sendText: (text) => {
      if (shut) held.push(text);
      else take(text);
    },
    get bufferedBytes() {
      return held.reduce((sum, text) => sum + text.length, 0);
    },
    drained: () =>
      new Promise((resolve) => {
        waiters.push(resolve);
      }),
    close: (why) => {
      reason ??= why;
      inbound.end();
      outbound.end();
    },
  };
  return {
    channel,
    near: { send: (message) => inbound.push(message), messages: outbound, close: () => inbound.end() },
    texts,
    shut: () => {
      shut = true;
    },
    open: () => {
      shut = false;
      held.forEach(take);
      held = [];
      waiters.forEach((wake) => wake());
      waiters = [];
    },
    closedWith: () => reason,
  };
}

import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { asyncQueue, type Clock, type Logger, parseJson } from '@codex/base';
import { type ServerChannel, UndecodableMessage } from '@codex/server';
import { createLevel } from './level.ts';
import { type StallLimits, watchStall } from './stall-watch.ts';

export interface SocketChannel extends ServerChannel {
  /** Resolves when the connection is over. */
  readonly ended: Promise<void>;
  /** Ends it now; what waits is lost. */
  abandon(): void;
}

export interface SocketChannelDeps {
  socket: WebSocket;
  /** What carries the socket. */
  stream: Socket;
  clock: Clock;
  log: Logger;
  /** When to close a peer that does not read. */
  stall: StallLimits;
  /** Whether the server ends, which clients may want to tell from what concerns them alone. */
  isStopping: () => boolean;
}

const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
/** How long the peer may take to answer that the connection ends. */
const FAREWELL_MS = 5_000;
/** Above this many bytes read and not yet served, nothing more is read. */
const MAX_UNSERVED_BYTES = 1024 * 1024;
/** What RFC 6455 leaves of a control frame. */
const MAX_REASON_BYTES = 123;

/**
 * One JSON message per text frame both ways; binary frames are dropped. What is sent within one turn of the event loop
 * goes out in one write. `close` lets the peer read what waits for it first.
 */
export function socketChannel(deps: SocketChannelDeps): SocketChannel {
  const { socket, stream, clock, log, stall, isStopping } = deps;
  const incoming = asyncQueue<{ value: unknown; bytes: number }>();
  let unserved = 0;
  let full = false;
  let corked = false;
  let closing = false;
  let gone = false;
  let finish: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });

  const buffered = () => (gone ? 0 : socket.bufferedAmount);
  const level = createLevel(buffered);

  const steer = () => {
    if (full && !closing) socket.pause();
    else socket.resume();
  };

  const farewell = (code: number, reason: string) => {
    socket.close(code, shorten(reason));
    const cancel = clock.timer(FAREWELL_MS, () => socket.terminate());
    void ended.then(cancel);
  };

  const watch = watchStall({
    stream,
    clock,
    limits: stall,
    waiting: buffered,
    onStall() {
      log.warn({ waitingBytes: buffered() }, 'closed a client that does not read');
      leave();
      farewell(POLICY_VIOLATION, `nothing was read for ${stall.ms / 1000} seconds`);
    },
  });

  const leave = () => {
    closing = true;
    gone = true;
    watch.stop();
    incoming.end();
    steer();
    level.fell();
  };

  const onWritten = () => {
    watch.moved();
    level.fell();
  };

  /** False when nothing can be sent any more. */
  const prepare = (): boolean => {
    if (closing || socket.readyState !== socket.OPEN) return false;
    if (!corked) {
      corked = true;
      stream.cork();
      setImmediate(() => {
        corked = false;
        stream.uncork();
      });
    }
    return true;
  };

  const sendText = (text: string) => {
    if (!prepare()) return;
    socket.send(text, onWritten);
    watch.sent();
  };

  const sendParts = (parts: Iterable<string | Uint8Array>) => {
    if (!prepare()) return;
    for (const part of parts) socket.send(part, { binary: false, fin: false }, onWritten);
    socket.send('', { binary: false, fin: true }, onWritten);
    watch.sent();
  };

  socket.on('message', (data: Buffer, isBinary) => {
    if (closing) return;
    if (isBinary) {
      log.warn({ bytes: data.length }, 'binary frame dropped');
      return;
    }
    const parsed = parseJson(data.toString());
    incoming.push({
      value: parsed.ok ? parsed.value : new UndecodableMessage(parsed.error),
      bytes: data.length,
    });
    unserved += data.length;
    if (!full && unserved > MAX_UNSERVED_BYTES) {
      full = true;
      steer();
    }
  });
  socket.on('close', (code, reason) => {
    log.debug({ code, reason: String(reason) }, 'the websocket has closed');
    leave();
    finish();
  });

  async function* messages(): AsyncGenerator<unknown> {
    for await (const { value, bytes } of incoming) {
      unserved -= bytes;
      if (full && unserved <= MAX_UNSERVED_BYTES) {
        full = false;
        steer();
      }
      yield value;
    }
  }

  return {
    messages: messages(),
    send: (message) => sendText(JSON.stringify(message)),
    sendText,
    sendParts,
    get bufferedBytes() {
      return buffered();
    },
    drained: () => level.atMost(Math.floor(buffered() / 2)),
    close(reason = '') {
      if (closing) return;
      closing = true;
      incoming.end();
      steer();
      void level.atMost(0).then(() => {
        if (!gone) farewell(isStopping() ? GOING_AWAY : POLICY_VIOLATION, reason);
      });
    },
    abandon: () => socket.terminate(),
    ended,
  };
}

function shorten(reason: string): string {
  const bytes = Buffer.from(reason);
  return bytes.length <= MAX_REASON_BYTES
    ? reason
    : bytes.toString('utf8', 0, MAX_REASON_BYTES - 3).replace(/\uFFFD$/, '');
}

import { on, once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { nullLogger, systemClock } from '@codex/base';
import { UndecodableMessage } from '@codex/server';
import type { SocketChannel } from '../src/socket-channel.ts';
import { type Listener, type ListenOptions, listenWebSocket } from '../src/web-socket.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** A listener whose connections are handed to the test. */
async function listen(options: Partial<ListenOptions> = {}) {
  const waiting: ((channel: SocketChannel) => void)[] = [];
  const listener = await listenWebSocket({
    host: '127.0.0.1',
    port: 0,
    log: nullLogger,
    onConnection: (channel) => waiting.shift()?.(channel),
    ...options,
  });
  cleanups.push(async () => {
    listener.abandon();
    await listener.close();
  });
  const accept = () => new Promise<SocketChannel>((resolve) => waiting.push(resolve));
  const client = async () => {
    const accepted = accept();
    const socket = new WebSocket(`ws://127.0.0.1:${listener.port}`);
    cleanups.push(() => socket.terminate());
    await once(socket, 'open');
    return { socket, channel: await accepted };
  };
  return { listener, accept, client };
}

const closed = async (socket: WebSocket) => {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { code, reason: String(reason) };
};

/** What comes, as it comes. */
function collect(socket: WebSocket): string[] {
  const texts: string[] = [];
  socket.on('message', (data: Buffer) => texts.push(data.toString()));
  return texts;
}

const upgrade = {
  connection: 'keep-alive, Upgrade',
  upgrade: 'WebSocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

function ask(listener: Listener, method: string, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; text: string; allow: string | undefined }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: listener.port, method, path, headers, agent: false });
    asked.on('error', reject);
    asked.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      resolve({ status: statusCode, text: '', allow: undefined });
    });
    asked.on('response', (response) => {
      const { statusCode: status, headers: answered } = response;
      response.toArray().then((chunks) => resolve({ status, text: chunks.join(''), allow: answered.allow }), reject);
    });
    asked.end(method === 'POST' ? '{"a":' : undefined);
  });
}

describe('over http', () => {
  const NO_UPGRADE = "Connection header did not include 'upgrade'";
  const NO_WEBSOCKET = "`Upgrade` header did not include 'websocket'";
  const { 'sec-websocket-key': _key, ...withoutKey } = upgrade;
  it.each<[string, string, Record<string, string>, number, string, string?]>([
    ['GET', '/readyz', {}, 200, ''],
    ['GET', '/healthz?full=1', {}, 200, ''],
    ['HEAD', '/healthz', {}, 200, ''],
    ['GET', '/readyz', upgrade, 200, ''],
    ['POST', '/readyz', {}, 405, '', 'GET,HEAD'],
    ['GET', '/', {}, 400, NO_UPGRADE],
    ['GET', '/readyz/', {}, 400, NO_UPGRADE],
    ['GET', '/%zz', {}, 400, NO_UPGRADE],
    ['GET', '/', { connection: 'upgrade', upgrade: 'h2c' }, 400, NO_WEBSOCKET],
    ['GET', '/', withoutKey, 400, '`Sec-WebSocket-Key` header missing'],
    [
      'GET',
      '/',
      { ...upgrade, 'sec-websocket-version': '8' },
      400,
      "`Sec-WebSocket-Version` header did not include '13'",
    ],
    ['POST', '/', { 'content-type': 'application/json' }, 405, 'Request method must be `GET`', 'GET'],
    ['HEAD', '/', {}, 405, '', 'GET'],
    ['PROPFIND', '/x', {}, 405, 'Request method must be `GET`', 'GET'],
    ['GET', '/readyz', { origin: 'http://localhost' }, 403, 'Requests with an Origin header are refused'],
    ['GET', '/', { ...upgrade, origin: 'null' }, 403, 'Requests with an Origin header are refused'],
    ['GET', '/any/path?a=b', upgrade, 101, ''],
    ['GET', '/%zz', upgrade, 101, ''],
  ])('%s %s %j is answered with %i', async (method, path, headers, status, text, allow) => {
    const { listener } = await listen();
    expect(await ask(listener, method, path, headers)).toEqual({ status, text, allow });
  });
});

describe('a connection', () => {
  it('carries one message per text frame, both ways, and drops binary frames', async () => {
    const warnings: unknown[] = [];
    const log = {
      ...nullLogger,
      warn: (fields: object) => warnings.push(fields),
      child: () => log,
    } as typeof nullLogger;
    const { client } = await listen({ log });
    const { socket, channel } = await client();
    socket.send('{"id":1}');
    socket.send(Buffer.from('{"id":2}'));
    socket.send('{"id":3}\n{"id":4}');
    socket.send('"grüße 🌍"');
    const read = channel.messages[Symbol.asyncIterator]();
    expect((await read.next()).value).toEqual({ id: 1 });
    expect((await read.next()).value).toBeInstanceOf(UndecodableMessage);
    expect((await read.next()).value).toBe('grüße 🌍');
    expect(warnings).toEqual([{ bytes: 8 }]);

    channel.send({ id: 1, result: { text: 'ä' } });
    channel.sendText?.('{"id":2}');
    const texts: string[] = [];
    for await (const [data, isBinary] of on(socket, 'message')) {
      expect(isBinary).toBe(false);
      if (texts.push(String(data)) === 2) break;
    }
    expect(texts).toEqual(['{"id":1,"result":{"text":"ä"}}', '{"id":2}']);
  });

  it('carries a message that comes in parts as one', async () => {
    const { client } = await listen();
    const { socket, channel } = await client();
    const texts = collect(socket);
    channel.sendText?.('"before"');
    channel.sendParts?.(['{"é":[', Buffer.from('"“1”",'), Buffer.from('2'), ']}']);
    channel.sendText?.('"after"');
    await expect.poll(() => texts.length).toBe(3);
    expect(texts).toEqual(['"before"', '{"é":["“1”",2]}', '"after"']);
  });

  it('answers a ping with its payload', async () => {
    const { socket } = await (await listen()).client();
    socket.ping('here?');
    expect(String((await once(socket, 'pong'))[0])).toBe('here?');
  });

  it('is without compression, whatever the client offers', async () => {
    const { socket } = await (await listen()).client();
    expect(socket.extensions).toBe('');
  });

  it('ends when the client says so', async () => {
    const { socket, channel } = await (await listen()).client();
    socket.send('1');
    socket.close(1000);
    const seen = [];
    for await (const value of channel.messages) seen.push(value);
    expect(seen).toEqual([1]);
    await channel.ended;
    expect(channel.bufferedBytes).toBe(0);
  });

  it.each([
    [
      'a message above 64 MiB',
      Buffer.alloc(64 * 1024 * 1024 + 1, ' '),
      1009,
      'a message may have at most 67108864 bytes',
    ],
    ['text that is no UTF-8', Buffer.from([0xff, 0xfe]), 1007, 'a text frame must be valid UTF-8'],
  ])('is closed with a reason on %s', async (_what, bytes, code, reason) => {
    const { socket, channel } = await (await listen()).client();
    const over = closed(socket);
    socket.on('error', () => {});
    socket.send(bytes, { binary: false });
    expect(await over).toEqual({ code, reason });
    await channel.ended;
  });

  it('takes messages up to the limit', async () => {
    const { socket, channel } = await (await listen()).client();
    socket.send(`"${'x'.repeat(64 * 1024 * 1024 - 2)}"`);
    expect(await channel.messages[Symbol.asyncIterator]().next()).toMatchObject({ done: false });
  });

  it('says everything before it is closed, then why', async () => {
    const { socket, channel } = await (await listen()).client();
    const texts = collect(socket);
    const over = closed(socket);
    const big = JSON.stringify('x'.repeat(1024 * 1024));
    for (let n = 0; n < 20; n++) channel.sendText?.(big);
    channel.sendText?.('"last"');
    channel.close(`the end${'é'.repeat(100)}`);
    channel.sendText?.('"too late"');
    expect(await over).toEqual({ code: 1008, reason: expect.stringMatching(/^the endé+$/) });
    expect(texts).toHaveLength(21);
    expect(texts.at(-1)).toBe('"last"');
  });

  it('tells clients when it is the server that ends', async () => {
    const { listener, client } = await listen();
    const { socket, channel } = await client();
    const over = closed(socket);
    listener.stop();
    channel.close('the server is closing');
    expect(await over).toEqual({ code: 1001, reason: 'the server is closing' });
    await listener.close();
    await expect(ask(listener, 'GET', '/readyz')).rejects.toThrow('ECONNREFUSED');
  });

  it('is not read further while nobody takes its messages', async () => {
    const { client } = await listen();
    const busy = await client();
    const other = await client();
    const block = JSON.stringify('x'.repeat(1024 * 1024));
    for (let n = 0; n < 40; n++) busy.socket.send(block);
    const order: string[] = [];
    busy.socket.ping();
    const answered = once(busy.socket, 'pong').then(() => order.push('pong'));
    for (let n = 0; n < 20; n++) {
      other.socket.ping();
      await once(other.socket, 'pong');
    }
    order.push('reading');
    let count = 0;
    for await (const _ of busy.channel.messages) if (++count === 40) break;
    await answered;
    expect(order).toEqual(['reading', 'pong']);
  });
});

describe('a client that does not read', () => {
  const block = JSON.stringify('x'.repeat(256 * 1024));
  const stall = (ms: number) => ({ ms, bytesPerSecond: 1024 ** 3 });
  /** More than the system's buffers hold. */
  const fill = (channel: SocketChannel, count = 64) => {
    for (let n = 0; n < count; n++) channel.sendText?.(block);
  };

  it('is closed with a reason, and delays nobody', async () => {
    const { client } = await listen({ stall: stall(300) });
    const slow = await client();
    const fast = await client();
    slow.socket.pause();
    fill(slow.channel);
    fast.channel.sendText?.('"hello"');
    expect(String((await once(fast.socket, 'message'))[0])).toBe('"hello"');
    for await (const _ of slow.channel.messages);
    expect(slow.channel.bufferedBytes).toBe(0);
    const over = closed(slow.socket);
    slow.socket.resume();
    expect(await over).toEqual({ code: 1008, reason: 'nothing was read for 0.3 seconds' });
    expect(fast.socket.readyState).toBe(WebSocket.OPEN);
  });

  /** A client whose reading is in the test's hands. */
  async function rawClient(options: Partial<ListenOptions>) {
    const { listener, accept } = await listen(options);
    const accepted = accept();
    const raw = connect(listener.port, '127.0.0.1');
    cleanups.push(() => raw.destroy());
    raw.on('error', () => {});
    const headers = Object.entries(upgrade).map(([name, value]) => `${name}: ${value}\r\n`);
    raw.write(`GET / HTTP/1.1\r\nhost: x\r\n${headers.join('')}\r\n`);
    return { raw, channel: await accepted };
  }

  it('is closed too when it keeps talking', async () => {
    const { raw, channel } = await rawClient({ stall: stall(300) });
    fill(channel);
    const ping = Buffer.from([0x89, 0x80, 0, 0, 0, 0]);
    const chatter = setInterval(() => raw.write(ping), 20);
    cleanups.push(() => clearInterval(chatter));
    for await (const _ of channel.messages);
    expect(channel.bufferedBytes).toBe(0);
  });

  it('is kept as long as it reads, however slowly', async () => {
    const { raw, channel } = await rawClient({ stall: { ms: 800, bytesPerSecond: 1 } });
    fill(channel, 128);
    const all = 128 * block.length;
    let bytes = 0;
    let pause = 0;
    let heard = false;
    // Takes several times the limit. A client that is closed hears nothing new.
    for await (const chunk of raw as AsyncIterable<Buffer>) {
      heard = bytes >= all && chunk.includes('"still here"');
      if (heard) break;
      bytes += chunk.length;
      if (bytes >= all) channel.sendText?.('"still here"');
      if (bytes < pause) continue;
      pause += 2 * block.length;
      await systemClock.sleep(40);
    }
    expect(heard).toBe(true);
  });
});

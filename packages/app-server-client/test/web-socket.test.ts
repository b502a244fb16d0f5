import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { createClient, webSocket } from '../src/index.ts';

let server: WebSocketServer;
let url: string;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

const onQuestion = () => Promise.reject(new Error('none'));

it('carries one message per text frame', async () => {
  server.on('connection', (socket, request) => {
    socket.send(Buffer.from('binary'));
    socket.send('no json');
    socket.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString());
      socket.send(JSON.stringify({ id, result: { said: request.headers['x-name'] } }));
    });
  });
  const client = createClient(await webSocket(url, { headers: { 'x-name': 'me' } }), { onQuestion });
  expect(await client.request('account/logout', undefined)).toEqual({ said: 'me' });
  await client.close();
  expect(await client.closed).toBeNull();
});

it('tells how the server ended it', async () => {
  server.on('connection', (socket) => socket.close(1008, 'too slow'));
  const client = createClient(await webSocket(url), { onQuestion });
  expect(await client.closed).toMatchObject({ message: 'the server closed the connection (1008: too slow)' });
});

it('is closed whatever the reason is', async () => {
  const channel = await webSocket(url);
  channel.close('é'.repeat(100));
  for await (const _ of channel.messages) throw new Error('nothing was sent');
});

it('rejects when nobody listens, and when it is aborted', async () => {
  await expect(webSocket('ws://127.0.0.1:1')).rejects.toThrow(/cannot connect to ws:.*ECONNREFUSED/);
  await expect(webSocket(url, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});

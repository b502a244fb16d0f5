import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@codex/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHttp, type Http } from '../src/index.ts';

let server: Server;
let http: Http;
let url: URL;
beforeEach(async () => {
  server = createServer((request, response) => {
    if (request.url === '/never') return;
    request.resume().on('end', () => {
      response.writeHead(request.method === 'POST' ? 201 : 404, { 'content-type': 'text/x' });
      response.end(request.url === '/much' ? 'x'.repeat(3 * 1024 * 1024) : String(request.headers['x-who']));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  http = createHttp({ env: {}, clock: systemClock });
});
afterEach(() => {
  http.close();
  server.closeAllConnections();
  server.close();
});

const send = (method: string, path: string, signal = new AbortController().signal) =>
  http.send({ method, url: new URL(path, url), headers: { 'x-who': 'me' }, body: '', signal });

test('the whole answer, whatever its status', async () => {
  expect(await send('POST', '/')).toEqual({ status: 201, contentType: 'text/x', text: 'me' });
  expect(await send('GET', '/')).toMatchObject({ status: 404, text: 'me' });
});

test('a megabyte of it is enough', async () => {
  expect((await send('GET', '/much')).text).toHaveLength(1024 * 1024);
});

test('gives up when told to, and says when there is nobody', async () => {
  const controller = new AbortController();
  const waiting = send('GET', '/never', controller.signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(send('GET', 'http://127.0.0.1:1/')).rejects.toThrow('ECONNREFUSED');
});

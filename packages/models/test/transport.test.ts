import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { say } from '@codex/mock-model';
import { afterEach, expect, test } from 'vitest';
import { failureOf, type Rig, rig } from './kit.ts';

const CERT = new URL('fixtures/server-cert.pem', import.meta.url).pathname;
const KEY = new URL('fixtures/server-key.pem', import.meta.url).pathname;

let it: Rig | undefined;
const servers: Server[] = [];
afterEach(async () => {
  await it?.close();
  it = undefined;
  for (const server of servers.splice(0)) {
    (server as Server & { closeAllConnections?: () => void }).closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const answer: RequestListener = (incoming, response) => {
  incoming.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end('data: {"type":"response.completed","response":{"id":"tls"}}\n\n');
};

const tlsServer = () => createTlsServer({ cert: readFileSync(CERT), key: readFileSync(KEY) }, answer);

/** A proxy that tunnels every CONNECT to `port` and remembers what it was asked. */
function tunnelProxy(port: number, seen: string[]): Server {
  const proxy = createServer();
  proxy.on('connect', (request, client) => {
    seen.push(`${request.url} ${request.headers['proxy-authorization']}`);
    const server = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(server).pipe(client);
    });
    server.on('error', () => client.destroy());
    client.on('error', () => server.destroy());
  });
  return proxy;
}

test('an http proxy gets the whole address and its own login', async () => {
  it = await rig([say('ok')], { baseUrl: 'http://model.example/v1' });
  const { url, port } = it.model;
  await it.models.close();
  const proxied = await rig(
    [],
    { baseUrl: 'http://model.example/v1' },
    {
      env: { HTTP_PROXY: `http://us%40er:pw@127.0.0.1:${port}` },
    },
  );
  expect((await proxied.ask()).at(-1)?.type).toBe('completed');
  await proxied.close();
  const [call] = it.model.calls;
  expect(url).toContain(String(port));
  expect(call?.headers).toMatchObject({
    host: 'model.example',
    'proxy-authorization': `Basic ${Buffer.from('us@er:pw').toString('base64')}`,
  });
  expect(call?.path).toBe('/v1/responses');
});

test('loopback and NO_PROXY go direct', async () => {
  it = await rig([say('ok'), say('ok')], {}, { env: { HTTP_PROXY: 'http://127.0.0.1:9' } });
  expect((await it.ask()).at(-1)?.type).toBe('completed');
  for (const exempt of ['model.invalid', '.invalid', '*', 'other, model.invalid:80']) {
    const direct = await rig(
      [],
      { baseUrl: 'http://model.invalid/v1' },
      {
        env: { http_proxy: `http://127.0.0.1:${it.model.port}`, no_proxy: exempt },
      },
    );
    expect(failureOf(await direct.ask())?.[1]).toContain('error sending request for url (http://model.invalid/');
    await direct.close();
  }
  expect(it.model.calls).toHaveLength(1);
});

test('a proxy of an unknown kind is refused without showing its password', async () => {
  it = await rig([], { baseUrl: 'http://model.invalid/v1' }, { env: { ALL_PROXY: 'socks5://u:secret@127.0.0.1:1' } });
  const failure = failureOf(await it.ask());
  expect(failure?.[1]).toBe('The proxy in HTTP_PROXY or ALL_PROXY must be an http or https URL.');
});

test('https needs a trusted certificate, and an extra authority gives trust', async () => {
  const baseUrl = `https://127.0.0.1:${await listen(tlsServer())}/v1`;
  it = await rig([], { baseUrl });
  expect(failureOf(await it.ask())?.[1]).toMatch(/self-signed certificate|unable to verify/);
  await it.close();
  it = await rig([], { baseUrl }, { extraCaFiles: [CERT] });
  expect((await it.ask()).at(-1)).toMatchObject({ type: 'completed', responseId: 'tls' });
  await it.close();
  it = await rig([], { baseUrl }, { env: { SSL_CERT_FILE: CERT } });
  expect((await it.ask()).at(-1)?.type).toBe('completed');
});

test('a certificate file that cannot be read is named', async () => {
  it = await rig([], { baseUrl: 'https://127.0.0.1:9/v1' }, { env: { CODEX_CA_CERTIFICATE: '/no/such.pem' } });
  expect(failureOf(await it.ask())?.[1]).toMatch(/^The certificate file \/no\/such\.pem cannot be read/);
});

test('https through a proxy is tunnelled and the connection kept', async () => {
  const seen: string[] = [];
  const port = await listen(tunnelProxy(await listen(tlsServer()), seen));
  it = await rig(
    [],
    { baseUrl: 'https://model.test/v1' },
    {
      env: { https_proxy: `http://u:p@127.0.0.1:${port}`, SSL_CERT_FILE: CERT },
    },
  );
  expect((await it.ask()).at(-1)).toMatchObject({ type: 'completed', responseId: 'tls' });
  expect((await it.ask()).at(-1)?.type).toBe('completed');
  expect(seen).toEqual([`model.test:443 Basic ${Buffer.from('u:p').toString('base64')}`]);
});

test('a proxy that refuses the tunnel', async () => {
  const proxy = createServer();
  proxy.on('connect', (_request, client) => client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
  const port = await listen(proxy);
  it = await rig([], { baseUrl: 'https://model.test/v1' }, { env: { HTTPS_PROXY: `127.0.0.1:${port}` } });
  expect(failureOf(await it.ask())?.[1]).toContain('the proxy refused the connection with status 407');
});

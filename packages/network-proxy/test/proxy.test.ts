import { Agent } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { proxyEnv } from '../src/index.ts';
import { ask, echo, origin, raw, rig, saying, tunnel } from './kit.ts';

const HERE = { 'ok.example': ['127.0.0.1'] };
const open = { allowedDomains: ['ok.example'], allowLocalBinding: true };

describe('plain requests', () => {
  it('go to allowed hosts and come back whole, without what concerns one connection', async () => {
    const { port, seen } = await origin();
    const { proxy } = await rig(open, { names: HERE });
    const reply = await ask(proxy, `http://user:secret@OK.example:${port}/a?b=c`, {
      method: 'POST',
      body: 'hello',
      headers: {
        'proxy-authorization': 'Basic c2VjcmV0',
        'x-own': '1',
        connection: 'x-gone',
        'x-gone': '1',
        te: 'trailers',
      },
    });
    expect(reply).toMatchObject({ status: 200, body: 'origin says POST /a?b=c' });
    expect(reply.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(reply.headers['proxy-authenticate']).toBeUndefined();
    expect(seen[0]).toMatchObject({ body: 'hello', headers: { host: `ok.example:${port}`, 'x-own': '1' } });
    expect(seen[0]?.head).not.toMatch(/secret|c2VjcmV0|x-gone|proxy-/i);
  });

  it('pass bodies of unknown length, several on one connection', async () => {
    const { port, seen } = await origin();
    const { proxy } = await rig(open, { names: HERE });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let round = 0; round < 15; round++) {
      const headers = { 'transfer-encoding': 'chunked' };
      await ask(proxy, `http://ok.example:${port}/${round}`, { method: 'PUT', body: `body ${round}`, headers, agent });
    }
    agent.destroy();
    expect(seen.map(({ body }) => body)).toEqual(Array.from({ length: 15 }, (_, round) => `body ${round}`));
  });

  it('are refused with 403, a header and JSON that names the reason', async () => {
    const { proxy, blocked } = await rig({ deniedDomains: ['evil.example'] });
    const reply = await ask(proxy, 'http://evil.example/');
    expect(reply.status).toBe(403);
    expect(reply.headers['x-proxy-error']).toBe('blocked-by-denylist');
    expect(JSON.parse(reply.body)).toEqual({
      ...{ status: 'blocked', host: 'evil.example', reason: 'denied', decision: 'deny', source: 'baseline_policy' },
      ...{ protocol: 'http', port: 80 },
      message:
        'Network access to "evil.example" was blocked: domain is explicitly denied by policy and cannot be approved from this prompt.',
    });
    expect(blocked).toEqual([
      { reason: 'denied', source: 'baseline_policy', protocol: 'http', host: 'evil.example', port: 80 },
    ]);
  });

  it('two lengths, a length beside chunks, or no absolute URL are refused before anything is forwarded', async () => {
    const { port, seen } = await origin();
    const { proxy } = await rig(open, { names: HERE });
    const line = `POST http://ok.example:${port}/ HTTP/1.1\r\nhost: ok.example\r\n`;
    for (const bad of [
      `${line}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${line}content-length: 4\r\ncontent-length: 5\r\n\r\nabcd`,
      `${line}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`,
      'GET / HTTP/1.1\r\nhost: ok.example\r\nconnection: close\r\n\r\n',
      'GET https://ok.example/ HTTP/1.1\r\nhost: ok.example\r\nconnection: close\r\n\r\n',
    ]) {
      expect((await raw(proxy.port, bad)).toString(), bad).toMatch(/^HTTP\/1.1 400 /);
    }
    expect(seen).toEqual([]);
  });

  it('say so when the host does not answer', async () => {
    const { proxy } = await rig({ ...open, allowedDomains: ['**.example'] }, { names: HERE });
    expect(await ask(proxy, 'http://ok.example:1/')).toMatchObject({ status: 502 });
    expect(await ask(proxy, 'http://nowhere.example/')).toMatchObject({ status: 502 });
  });
});

describe('hosts that misbehave', () => {
  it.each([
    'HTTP/1.1 099 Too Small\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n',
    'no HTTP at all',
    '',
  ])('cost their own answer and nothing else: %j', async (answer) => {
    const { proxy } = await rig(open, { names: HERE });
    const port = await saying(answer);
    expect(await ask(proxy, `http://ok.example:${port}/`)).toMatchObject({ status: 502 });
    const { port: good } = await origin();
    expect(await ask(proxy, `http://ok.example:${good}/`)).toMatchObject({ status: 200 });
  });

  it('an answer that breaks off is not taken for a whole one', async () => {
    const { proxy } = await rig(open, { names: HERE });
    const port = await saying('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome');
    await expect(ask(proxy, `http://ok.example:${port}/`)).rejects.toThrow('aborted');
  });
});

describe('tunnels', () => {
  it('carry bytes both ways, half-closing included', async () => {
    const port = await echo();
    const { proxy } = await rig(open, { names: HERE });
    const { status, socket } = await tunnel(proxy, `ok.example:${port}`);
    expect(status).toBe(200);
    const sent = Buffer.alloc(3_000_000, 'x');
    socket.end(sent);
    let got = 0;
    for await (const chunk of socket) got += (chunk as Buffer).length;
    expect(got).toBe(sent.length);
  });

  it('are refused with the reason in the answer', async () => {
    const { proxy } = await rig();
    const { status, body } = await tunnel(proxy, 'other.example:443');
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ reason: 'not_allowed', protocol: 'https_connect', port: 443 });
    expect(await tunnel(proxy, '::1:443')).toMatchObject({ status: 400 });
  });

  it('end with the proxy', async () => {
    const port = await echo();
    const { proxy } = await rig(open, { names: HERE });
    const { socket } = await tunnel(proxy, `ok.example:${port}`);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.resume();
    await proxy.close();
    await closed;
  });
});

describe('SOCKS5', () => {
  const HELLO = [5, 1, 0];
  const name = (host: string, port: number, command = 1) => [
    ...[5, command, 0, 3, host.length, ...Buffer.from(host)],
    ...[port >> 8, port & 0xff],
  ];

  it('connects by name, also when all is said at once', async () => {
    const port = await echo();
    const { proxy } = await rig(open, { names: HERE });
    const said = Uint8Array.from([...HELLO, ...name('ok.example', port), ...Buffer.from('ping')]);
    const got = await raw(proxy.port, said, 16);
    expect([...got.subarray(0, 4)]).toEqual([5, 0, 5, 0]);
    expect(got.subarray(12).toString()).toBe('ping');
  });

  it('refuses what the policy refuses, UDP and listening, other addresses and other ways to log in', async () => {
    const { proxy, blocked } = await rig(open, { names: HERE });
    const answer = async (...bytes: number[]) => [...(await raw(proxy.port, Uint8Array.from(bytes)))];
    expect((await answer(...HELLO, ...name('no.example', 80)))[3]).toBe(2);
    expect(blocked).toMatchObject([{ host: 'no.example', reason: 'not_allowed', protocol: 'socks5_tcp' }]);
    expect((await answer(...HELLO, ...name('ok.example', 80, 3)))[3]).toBe(7);
    expect((await answer(...HELLO, ...name('ok.example', 80, 2)))[3]).toBe(7);
    expect((await answer(...HELLO, 5, 1, 0, 9))[3]).toBe(8);
    expect((await answer(...HELLO, ...name('ok.example', 1)))[3]).toBe(5);
    expect(await answer(5, 1, 2)).toEqual([5, 0xff]);
  });

  it('knows addresses', async () => {
    const port = await echo();
    const { proxy } = await rig({ allowedDomains: ['127.0.0.1'] });
    const said = Uint8Array.from([...HELLO, 5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 0xff, 33]);
    expect((await raw(proxy.port, said, 13)).at(-1)).toBe(33);
  });

  it('is not spoken when it is switched off', async () => {
    const { proxy } = await rig(open, { names: HERE, socks: false });
    await expect(raw(proxy.port, Uint8Array.from(HELLO))).resolves.toHaveLength(0);
  });
});

describe('where a name leads', () => {
  it('a public name with a private address is refused, even when the name is allowed', async () => {
    const { port, seen } = await origin();
    const { proxy } = await rig({ allowedDomains: ['ok.example'] }, { names: HERE });
    const reply = await ask(proxy, `http://ok.example:${port}/`);
    expect(JSON.parse(reply.body)).toMatchObject({ reason: 'not_allowed_local', source: 'baseline_policy' });
    expect(seen).toEqual([]);
  });

  it('the address that was checked is the one that is connected to', async () => {
    const { port, seen } = await origin();
    let answers = 0;
    const resolve = async () => (answers++ === 0 ? ['127.0.0.1'] : ['127.0.0.2']);
    const { proxy } = await rig(open, { resolve });
    await ask(proxy, `http://ok.example:${port}/`);
    expect([answers, seen.length]).toEqual([1, 1]);
  });

  it('a denied address is not reached by a name', async () => {
    const { port } = await origin();
    const { proxy } = await rig({ ...open, deniedDomains: ['127.0.0.1'] }, { names: HERE });
    expect(await ask(proxy, `http://ok.example:${port}/`)).toMatchObject({ status: 403 });
  });

  it('nothing is resolved for a host that is refused', async () => {
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      return [];
    };
    const { proxy } = await rig({ deniedDomains: ['evil.example'] }, { resolve });
    await ask(proxy, 'http://evil.example/');
    await ask(proxy, 'http://secret-data.other.example/');
    expect(asked).toEqual([]);
  });
});

describe('asking', () => {
  it('is for hosts in no list alone, and a yes lets them through', async () => {
    const { port } = await origin();
    const { proxy, asked } = await rig(
      { allowedDomains: ['ok.example'], deniedDomains: ['evil.example'], allowLocalBinding: true },
      { names: { ...HERE, 'new.example': ['127.0.0.1'] }, decide: async ({ host }) => host === 'new.example' },
    );
    expect(await ask(proxy, `http://new.example:${port}/`)).toMatchObject({ status: 200 });
    expect(await ask(proxy, `http://other.example:${port}/`)).toMatchObject({ status: 403 });
    await ask(proxy, `http://ok.example:${port}/`);
    await ask(proxy, `http://evil.example:${port}/`);
    expect(asked.map(({ host }) => host)).toEqual(['new.example', 'other.example']);
  });

  it('ends when the client does not wait any longer', async () => {
    for (const hello of [
      'GET http://new.example/ HTTP/1.1\r\nhost: x\r\n\r\n',
      'CONNECT new.example:443 HTTP/1.1\r\n\r\n',
    ]) {
      let given = () => {};
      const givenUp = new Promise<void>((resolve) => {
        given = resolve;
      });
      let began = () => {};
      const asked = new Promise<void>((resolve) => {
        began = resolve;
      });
      const { proxy } = await rig(
        {},
        {
          decide: (_request, signal) =>
            new Promise((resolve) => {
              signal.addEventListener('abort', () => {
                given();
                resolve(false);
              });
              began();
            }),
        },
      );
      const client = connect(proxy.port, '127.0.0.1', () => client.write(hello));
      await asked;
      client.end();
      await givenUp;
    }
  });
});

describe('limited mode', () => {
  it('lets through what reads and nothing that cannot be looked into; nobody is asked about the rest', async () => {
    const { port } = await origin();
    const { proxy, asked } = await rig({ ...open, mode: 'limited' }, { names: HERE, decide: async () => true });
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      expect(await ask(proxy, `http://ok.example:${port}/`, { method })).toMatchObject({ status: 200 });
    }
    const post = await ask(proxy, `http://ok.example:${port}/`, { method: 'POST' });
    expect(post.headers['x-proxy-error']).toBe('blocked-by-method-policy');
    const { body } = await tunnel(proxy, 'ok.example:443');
    expect(JSON.parse(body)).toMatchObject({ reason: 'mitm_required', source: 'mode_guard' });
    await ask(proxy, 'http://new.example/', { method: 'DELETE' });
    expect(asked).toEqual([]);
  });
});

describe('unix sockets', () => {
  const headers = { 'x-unix-socket': '/run/some.sock' };

  it('are not reached on Linux, whatever the policy', async () => {
    const { proxy } = await rig({ ...open, allowAllUnixSockets: true });
    const reply = await ask(proxy, 'http://ok.example/', { headers });
    expect(JSON.parse(reply.body)).toMatchObject({ reason: 'unix_socket_unsupported' });
  });

  it('are reached on macOS when they are allowed', async () => {
    const { proxy } = await rig({ ...open, allowUnixSockets: ['/run/other.sock'] }, { platform: 'darwin' });
    expect(JSON.parse((await ask(proxy, 'http://ok.example/', { headers })).body)).toMatchObject({
      reason: 'not_allowed',
    });
    const allowed = { 'x-unix-socket': '/run/other.sock' };
    expect(await ask(proxy, 'http://ok.example/', { headers: allowed })).toMatchObject({ status: 502 });
  });
});

describe('an upstream proxy', () => {
  it('gets requests and tunnels by name, with our own credentials and not the client’s', async () => {
    const { port, seen } = await origin();
    const far = await rig({ allowedDomains: ['ok.example'], allowLocalBinding: true }, { names: HERE });
    const { port: catcher, seen: caught } = await origin();
    const upstreamEnv = {
      http_proxy: `http://me:pass@127.0.0.1:${catcher}`,
      HTTPS_PROXY: `http://127.0.0.1:${far.proxy.port}`,
    };
    const near = await rig({ allowedDomains: ['ok.example'] }, { upstreamEnv });
    await ask(near.proxy, 'http://ok.example/x', { headers: { 'proxy-authorization': 'Basic client' } });
    expect(caught[0]).toMatchObject({ url: 'http://ok.example/x' });
    expect(caught[0]?.headers['proxy-authorization']).toBe(`Basic ${Buffer.from('me:pass').toString('base64')}`);

    const { status, socket } = await tunnel(near.proxy, `ok.example:${port}`);
    expect(status).toBe(200);
    socket.end('GET /through HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect([text.includes('origin says GET /through'), seen.length]).toEqual([true, 1]);
  });
});

describe('the environment of commands', () => {
  it('leads every program to the proxy, in both spellings', () => {
    const env = proxyEnv({ port: 7, socks: true, allowLocalBinding: false });
    expect(env).toMatchObject({
      ...{ HTTP_PROXY: 'http://127.0.0.1:7', https_proxy: 'http://127.0.0.1:7', WSS_PROXY: 'http://127.0.0.1:7' },
      ...{ ALL_PROXY: 'socks5h://127.0.0.1:7', ftp_proxy: 'socks5h://127.0.0.1:7', PIP_PROXY: 'http://127.0.0.1:7' },
      ...{ npm_config_https_proxy: 'http://127.0.0.1:7', YARN_HTTP_PROXY: 'http://127.0.0.1:7' },
      ...{ CODEX_NETWORK_ALLOW_LOCAL_BINDING: '0', ELECTRON_GET_USE_PROXY: 'true' },
    });
    expect(env['NO_PROXY']).toContain('localhost,127.0.0.1,::1');
    const plain = proxyEnv({ port: 7, socks: false, allowLocalBinding: true });
    expect(plain).toMatchObject({ all_proxy: 'http://127.0.0.1:7', CODEX_NETWORK_ALLOW_LOCAL_BINDING: '1' });
  });
});

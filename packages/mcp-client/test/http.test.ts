import { describe, expect, it } from 'vitest';
import { readStatuses } from '../src/index.ts';
import { call, deps, mcp, PATIENT } from './support/mcp.ts';
import { webServer } from './support/web-server.ts';

const textOf = (result: { content?: unknown[] }) => (result.content?.[0] as { text: string } | undefined)?.text ?? '';

describe('a server behind an address', () => {
  it('gets the configured headers and the token with every request', async () => {
    const web = await webServer();
    const servers = mcp(
      {
        web: {
          url: web.url,
          bearer_token_env_var: 'TOKEN',
          http_headers: { 'x-extra': 'yes' },
          env_http_headers: { 'x-env': 'THERE', 'x-blank': 'BLANK', 'x-none': 'ABSENT' },
        },
      },
      { env: { TOKEN: 'secret', THERE: 'here', BLANK: ' ' } },
    );
    await servers.ready(PATIENT);
    expect(textOf(await call(servers, 'ping', {}))).toBe('pong');
    const posts = web.requests.filter(({ method }) => method === 'POST');
    expect(posts.map(({ body }) => body?.['method'])).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/list',
      'tools/call',
    ]);
    for (const { headers } of posts) {
      expect(headers).toMatchObject({
        authorization: 'Bearer secret',
        accept: 'text/event-stream, application/json',
        'x-extra': 'yes',
        'x-env': 'here',
      });
      expect(headers).not.toHaveProperty('x-blank');
      expect(headers).not.toHaveProperty('x-none');
    }
  });

  it('may answer with a stream', async () => {
    const web = await webServer({ stream: true });
    const servers = mcp({ web: { url: web.url } });
    await servers.ready(PATIENT);
    expect(textOf(await call(servers, 'ping', {}))).toBe('pong');
  });

  it('is greeted anew when it has forgotten the session', async () => {
    const web = await webServer({ sessions: true });
    const servers = mcp({ web: { url: web.url } });
    await servers.ready(PATIENT);
    web.forgetSessions();
    expect(textOf(await call(servers, 'ping', {}))).toBe('pong');
    expect(web.requests.filter(({ body }) => body?.['method'] === 'initialize')).toHaveLength(2);
  });

  it('that wants a login says so', async () => {
    const web = await webServer({ status: 401 });
    const servers = mcp({ web: { url: web.url } });
    expect((await servers.ready(PATIENT)).get('web')).toEqual({
      status: 'failed',
      error: 'The web MCP server is not logged in. Run `codex mcp login web`.',
    });
  });

  it('that cannot be reached fails in words', async () => {
    const servers = mcp({ web: { url: 'http://127.0.0.1:1/mcp' } });
    expect((await servers.ready(PATIENT)).get('web')).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/^MCP client for `web` failed to start: MCP startup failed: ./),
    });
  });

  it('gets the token of a login, asked for anew before each request', async () => {
    const web = await webServer();
    let token = 'one';
    const servers = mcp({ web: { url: web.url } }, { token: async () => token });
    await servers.ready(PATIENT);
    token = 'two';
    await call(servers, 'ping', {});
    expect(web.requests.findLast(({ method }) => method === 'POST')?.headers.authorization).toBe('Bearer two');
  });
});

it('statuses tell of every server, by name, what it offers and how it knows the user', async () => {
  const web = await webServer({ authorization: true });
  const { url } = web;
  const statuses = await readStatuses(
    {
      zoo: { url },
      token: { url, bearer_token_env_var: 'MISSING' },
      header: { url, http_headers: { Authorization: 'Basic x' } },
      logged: { url },
      gone: { command: '/no/such/program' },
      off: { command: 'true', enabled: false },
    },
    deps({ env: {}, token: async (name) => (name === 'logged' ? 't' : null) }),
    PATIENT,
  );
  expect(
    statuses.map(({ name, tools, resources, authStatus }) => [name, Object.keys(tools), resources.length, authStatus]),
  ).toEqual([
    ['gone', [], 0, 'unsupported'],
    ['header', ['ping'], 1, 'bearerToken'],
    ['logged', ['ping'], 1, 'oAuth'],
    ['off', [], 0, 'unsupported'],
    ['token', [], 0, 'bearerToken'],
    ['zoo', ['ping'], 1, 'notLoggedIn'],
  ]);
  const plain = await webServer();
  const [status] = await readStatuses({ plain: { url: plain.url } }, deps(), PATIENT);
  expect(status?.authStatus).toBe('unsupported');
});

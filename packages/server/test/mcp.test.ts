import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { introduced } from './support/client.ts';
import { world } from './support/server.ts';

test('statuses come in pages, and cursors are checked', async () => {
  const { server } = world({
    config: '[mcp_servers.gone]\ncommand = "/no/such/program"\n[mcp_servers.off]\ncommand = "true"\nenabled = false\n',
  });
  const client = await introduced(server);
  const status = (name: string) => ({
    name,
    tools: {},
    resources: [],
    resourceTemplates: [],
    authStatus: 'unsupported',
  });
  expect(await client.request('mcpServerStatus/list', {})).toEqual({
    data: [status('gone'), status('off')],
    nextCursor: null,
  });
  expect(await client.request('mcpServerStatus/list', { limit: 1 })).toEqual({
    data: [status('gone')],
    nextCursor: '1',
  });
  for (const [cursor, message] of [
    ['x', 'invalid cursor: x'],
    ['9', 'cursor 9 exceeds total MCP servers 2'],
  ]) {
    expect((await client.call('mcpServerStatus/list', { cursor })).error).toMatchObject({ code: -32600, message });
  }
});

test('a login is told to begin and to end', async () => {
  const { url } = await authorizationServer();
  const { server } = world({ config: `[mcp_servers.web]\nurl = "${url}"\n[mcp_servers.local]\ncommand = "true"\n` });
  const client = await introduced(server);
  const { authorizationUrl } = await client.request('mcpServer/oauth/login', { name: 'web' });
  const { searchParams } = new URL(authorizationUrl);
  await fetch(`${searchParams.get('redirect_uri')}?code=C&state=${searchParams.get('state')}`);
  expect(await client.untilMethod('mcpServer/oauthLogin/completed')).toMatchObject({
    params: { name: 'web', success: true },
  });
  const { data } = await client.request('mcpServerStatus/list', {});
  expect(data.map(({ name, authStatus }) => [name, authStatus])).toEqual([
    ['local', 'unsupported'],
    ['web', 'oAuth'],
  ]);
});

test('a login that cannot be is refused in words', async () => {
  const { server } = world({
    config: '[mcp_servers.web]\nurl = "http://127.0.0.1:9/mcp"\n[mcp_servers.local]\ncommand = "true"\n',
  });
  const client = await introduced(server);
  const login = async (name: string) => (await client.call('mcpServer/oauth/login', { name })).error;
  expect(await login('ghost')).toMatchObject({ code: -32600, message: "No MCP server named 'ghost' found." });
  expect(await login('local')).toMatchObject({
    code: -32600,
    message: 'OAuth login is only supported for streamable HTTP servers.',
  });
  expect(await login('web')).toMatchObject({
    code: -32603,
    message: expect.stringMatching(/^failed to login to MCP server 'web': no authorization server was found/),
  });
});

test('a reload reads the configuration again, and refuses a broken one', async () => {
  const { server, home } = world();
  const client = await introduced(server);
  expect(await client.request('config/mcpServer/reload', undefined)).toEqual({});
  writeFileSync(join(home, 'config.toml'), 'model = ');
  expect((await client.call('config/mcpServer/reload')).error?.message).toMatch(/^failed to reload config: /);
});

/** An address with an authorization server that lets everybody in. */
async function authorizationServer(): Promise<{ url: string }> {
  const answers: Record<string, (origin: string) => object> = {
    '/.well-known/oauth-authorization-server/mcp': (origin) => ({
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      registration_endpoint: `${origin}/register`,
    }),
    '/register': () => ({ client_id: 'c' }),
    '/token': () => ({ access_token: 'A' }),
  };
  const server: Server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (!answer) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(origin)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `${origin}/mcp` };
}

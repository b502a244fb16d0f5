import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { nullLogger, systemClock } from '@codex/base';
import { call, inputTexts, say, startMockModel } from '@codex/mock-model';
import { defaultIsolation } from '@codex/sandbox';
import { expect, onTestFinished, test } from 'vitest';
import { INITIALIZE, introduced } from './support/client.ts';
import { world, type World } from './support/server.ts';

/** Of this machine, and not among those that programs reach without a proxy. */
const HOST = '127.0.0.2';
const input = [{ type: 'text' as const, text: 'go', text_elements: [] }];
const REQUIRED = `[experimental_network]
enabled = true
http_port = 3128
allowed_domains = ["allowed.example"]
denied_domains = ["evil.example"]
allow_local_binding = true
managed_allowed_domains_only = MANAGED
`;
const GET = `
const proxy = new URL(process.env.HTTP_PROXY);
const to = { host: proxy.hostname, port: proxy.port, path: process.argv[2], headers: { host: 'x' } };
require('node:http').get(to, (reply) => {
  reply.on('data', (chunk) => process.stdout.write(chunk));
  process.exitCode = reply.statusCode === 200 ? 0 : 22;
});
`;

function governed(w: World, managedOnly = false): World {
  mkdirSync(join(w.cwd, 'etc'));
  writeFileSync(join(w.cwd, 'etc/requirements.toml'), REQUIRED.replace('MANAGED', String(managedOnly)));
  writeFileSync(join(w.cwd, 'get.cjs'), GET);
  return { ...w, server: w.again({ systemDir: join(w.cwd, 'etc') }) };
}

async function origin(): Promise<string> {
  const server = createServer((_request, response) => response.end('served'));
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  onTestFinished(() => void server.close());
  return `http://${HOST}:${(server.address() as AddressInfo).port}/`;
}

test('a prescribed network is shown to clients that know of it', async () => {
  const { server } = governed(world());
  const read = async (initialize: object) => {
    const client = await introduced(server, initialize);
    const { requirements } = await client.request('configRequirements/read', undefined);
    return requirements;
  };
  expect((await read(INITIALIZE))?.network).toEqual({
    ...{ enabled: true, httpPort: 3128, socksPort: null, allowUpstreamProxy: null, allowLocalBinding: true },
    ...{ dangerouslyAllowNonLoopbackProxy: null, dangerouslyAllowAllUnixSockets: null, allowUnixSockets: null },
    ...{ allowedDomains: ['allowed.example'], deniedDomains: ['evil.example'] },
  });
});

test('commands of clients go through the proxy too, and nobody is asked', async () => {
  const { server, cwd } = governed(world());
  const client = await introduced(server);
  const url = await origin();
  const command = [process.execPath, join(cwd, 'get.cjs'), url];
  const sandboxPolicy = { type: 'dangerFullAccess' };
  const { exitCode, stdout } = await client.request('command/exec', { command, sandboxPolicy } as never);
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([22, { reason: 'not_allowed', source: 'decider' }]);
  expect(client.methods()).not.toContain('item/commandExecution/requestApproval');
});

const isConfined = defaultIsolation({ env: process.env, clock: systemClock, log: nullLogger }).support().available;

test('a question about a host names the host and no command, and leaves no item; the model knows the lists', async () => {
  const url = await origin();
  const model = await startMockModel({
    steps: [call('shell_command', { command: `'${process.execPath}' get.cjs ${url}` }), say('ok')],
  });
  const w = governed(world({ model }));
  const client = await introduced(w.server);
  const { thread } = await client.request('thread/start', { approvalPolicy: 'on-request', sandbox: 'workspace-write' });
  await client.request('turn/start', { threadId: thread.id, input });
  const { id, params } = await client.untilMethod('item/commandExecution/requestApproval');
  if (isConfined) {
    const { availableDecisions, proposedNetworkPolicyAmendments, ...rest } = params as Record<string, unknown>;
    expect(rest).toEqual({
      ...{ threadId: thread.id, turnId: expect.any(String), itemId: `network#http#${HOST}#${new URL(url).port}` },
      reason: `${HOST} is not in the allowed_domains`,
      networkApprovalContext: { host: HOST, protocol: 'http' },
    });
    const amendment = { host: HOST, action: 'allow' };
    expect(proposedNetworkPolicyAmendments).toEqual([amendment, { host: HOST, action: 'deny' }]);
    const applied = { applyNetworkPolicyAmendment: { network_policy_amendment: amendment } };
    expect(availableDecisions).toEqual(['accept', 'acceptForSession', applied, 'cancel']);
    client.send({ id, result: { decision: applied } });
  } else client.send({ id, result: { decision: 'decline' } });
  await client.untilMethod('turn/completed');
  const completed = client.log.filter(({ method }) => method === 'item/completed').map(({ params: p }) => p?.['item']);
  expect(completed.filter((item) => (item as { type: string }).type === 'commandExecution')).toMatchObject(
    isConfined ? [{ status: 'completed', aggregatedOutput: 'served' }] : [{}],
  );
  expect(inputTexts(model.calls[0]!).join('\n')).toContain(
    '  <network enabled="true">\n    <allowed>allowed.example</allowed>\n    <denied>evil.example</denied>\n  </network>\n',
  );
  if (isConfined) expect(readFileSync(join(w.home, 'rules/default.rules'), 'utf8')).toContain(`host="${HOST}"`);
});

test('where only the administrator’s list counts nobody is asked', async () => {
  const url = await origin();
  const model = await startMockModel({
    steps: [call('shell_command', { command: `'${process.execPath}' get.cjs ${url}` }), say('ok')],
  });
  const client = await introduced(governed(world({ model }), true).server);
  const { thread } = await client.request('thread/start', {
    approvalPolicy: isConfined ? 'on-request' : 'never',
    sandbox: 'workspace-write',
  });
  await client.request('turn/start', { threadId: thread.id, input });
  await client.untilMethod('turn/completed');
  expect(client.methods()).not.toContain('item/commandExecution/requestApproval');
});

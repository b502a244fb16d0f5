import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { manualClock, nullLogger, systemClock } from '@codex/base';
import { call, inputTexts, outputOf, say } from '@codex/mock-model';
import { createRunner, defaultIsolation, type Isolation } from '@codex/sandbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CoreDeps } from '../src/index.ts';
import { type Rig, rig, type Talk, turnsOf } from './harness.ts';

/** Of this machine, and not among those that programs reach without a proxy. */
const HOST = '127.0.0.2';
/** Asks the proxy for every URL at once. Its exit code says whether all were served. */
const GET = `
const http = require('node:http');
const proxy = new URL(process.env.HTTP_PROXY);
let unsent = process.argv.length - 2;
const sent = () => { if (--unsent === 0) console.log('sent'); };
const get = (url) => new Promise((done) => {
  const to = { host: proxy.hostname, port: proxy.port, path: url, headers: { host: 'x' } };
  http.get(to, (reply) => {
    let text = '';
    reply.on('data', (chunk) => (text += chunk)).on('end', () => {
      console.log(reply.statusCode, text);
      done(reply.statusCode === 200);
    });
  }).on('finish', sent).on('error', (error) => { console.log(error.message); done(false); });
});
Promise.all(process.argv.slice(2).map(get)).then((all) => process.exit(all.every(Boolean) ? 0 : 22));
`;

const NETWORK = {
  approval_policy: 'on-request',
  sandbox_mode: 'workspace-write',
  default_permissions: 'net',
  'permissions.net.network': { enabled: true, allow_local_binding: true },
};

/** Confines nothing, so that these tests are about the network alone and run everywhere. */
const OPEN: Isolation = {
  support: () => ({ available: true, kind: 'test', reason: null }),
  wrap: (argv, _policy, _cwd, env) => ({ ok: true, argv, env }),
};

interface World extends Rig {
  port: number;
  hits: string[];
  /** The script that gets these paths from the server. */
  get: (...paths: string[]) => string;
}

async function world(
  steps: (get: World['get']) => Parameters<typeof rig>[0],
  isolation = OPEN,
  deps: Partial<CoreDeps> = {},
): Promise<World> {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? '');
    response.end('served');
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const runner = createRunner({ clock: systemClock, log: nullLogger, isolation });
  onTestFinished(async () => {
    await runner.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const get = (...paths: string[]) =>
    `'${process.execPath}' get.cjs ${paths.map((one) => (one.includes(':') ? one : `http://${HOST}:${port}${one}`)).join(' ')}`;
  const made = await rig(steps(get), { deps: { runner, ...deps } });
  await writeFile(path.join(made.cwd, 'get.cjs'), GET);
  return { ...made, port, hits, get };
}

async function answer(talk: Talk, decision: unknown, n = 1) {
  const question = await talk.question(n);
  expect(talk.thread.answer(question.id, { ok: true, result: { decision } as never })).toBe(true);
  return question;
}

const amendment = (action: 'allow' | 'deny') => ({
  applyNetworkPolicyAmendment: { network_policy_amendment: { host: HOST, action } },
});
const BLOCKED = `Network access to "${HOST}" was blocked: `;
const rulesOf = ({ home }: Rig) => readFile(path.join(home, 'rules/default.rules'), 'utf8').catch(() => '');

describe('a host that is in no list', () => {
  it('is asked about while the command waits, and not again after a yes for the session', async () => {
    const { start, model, port, hits } = await world((get) => [
      call('shell_command', { command: get('/one') }, 'call-1'),
      call('exec_command', { cmd: get('/two') }, 'call-2'),
      say('ok'),
    ]);
    const talk = await start(NETWORK);
    const id = talk.begin('go');
    const { method, params } = await answer(talk, 'acceptForSession');
    await talk.ended(id);
    expect(method).toBe('item/commandExecution/requestApproval');
    expect(params).toEqual({
      ...{ threadId: talk.thread.id, turnId: id, itemId: `network#http#${HOST}#${port}` },
      reason: `${HOST} is not in the allowed_domains`,
      networkApprovalContext: { host: HOST, protocol: 'http' },
      proposedNetworkPolicyAmendments: [
        { host: HOST, action: 'allow' },
        { host: HOST, action: 'deny' },
      ],
      availableDecisions: ['accept', 'acceptForSession', amendment('allow'), 'cancel'],
    });
    expect(hits).toEqual(['/one', '/two']);
    expect(talk.all('question.opened')).toHaveLength(1);
    for (const [n, callId] of [
      ['1', 'call-1'],
      ['2', 'call-2'],
    ] as const) {
      expect(outputOf(model.calls[Number(n)]!, callId)).toContain('200 served');
    }
    const items = turnsOf(talk.thread)[0]?.items.map(({ type }) => type);
    expect(items).toEqual(['userMessage', 'commandExecution', 'commandExecution', 'agentMessage']);
  });

  it('a yes is for one connection, and connections that wait together share it', async () => {
    const { start, hits } = await world((get) => [
      call('shell_command', { command: get('/a', '/b', '/c') }, 'call-1'),
      call('shell_command', { command: get('/d') }, 'call-2'),
      say('ok'),
    ]);
    const talk = await start(NETWORK);
    const id = talk.begin('go');
    await talk.until('item.delta', ({ delta }) => 'text' in delta && delta.text.includes('sent'));
    // What was sent is in our own sockets by now; a few rounds of the loop and it is read.
    for (let round = 0; round < 100; round++) await new Promise((resolve) => setImmediate(resolve));
    await answer(talk, 'accept');
    await answer(talk, 'accept', 2);
    await talk.ended(id);
    expect(hits.toSorted()).toEqual(['/a', '/b', '/c', '/d']);
  });

  it.each([
    ['shell_command', (script: string) => ({ command: script })],
    ['exec_command', (script: string) => ({ cmd: script })],
  ])('a no reaches the model with the output of the command, and is asked again next time: %s', async (tool, args) => {
    const { start, model, hits } = await world((get) => [
      call(tool, args(get('/one')), 'call-1'),
      call(tool, args(get('/one')), 'call-2'),
      say('ok'),
    ]);
    const talk = await start({ ...NETWORK, approval_policy: 'untrusted' });
    const id = talk.begin('go');
    await answer(talk, 'accept');
    await answer(talk, 'decline', 2);
    await answer(talk, 'accept', 3);
    await answer(talk, 'decline', 4);
    expect(await talk.ended(id)).toMatchObject({ status: 'completed' });
    for (const n of [1, 2]) {
      const output = outputOf(model.calls[n]!, `call-${n}`);
      expect(output).toContain('"reason":"not_allowed"');
      expect(output).toContain(`\n${BLOCKED}rejected by user.`);
      expect(output).not.toMatch(/without the sandbox/);
    }
    expect(hits).toEqual([]);
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({ status: 'failed', exitCode: 22 });
  });

  it('cancel ends the command and the turn', async () => {
    const { start } = await world((get) => [
      call('exec_command', { cmd: `${get('/one')}; sleep 600`, yield_time_ms: 30_000 }),
      say('ok'),
    ]);
    const talk = await start(NETWORK);
    const id = talk.begin('go');
    await answer(talk, 'cancel');
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted' });
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({ status: 'failed' });
  });

  it('an interrupt withdraws the question', async () => {
    const { start } = await world((get) => [call('shell_command', { command: get('/one') }), say('ok')]);
    const talk = await start(NETWORK);
    const id = talk.begin('go');
    await talk.question();
    await talk.thread.interrupt();
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted' });
    expect(talk.all('question.closed')).toMatchObject([{ outcome: 'withdrawn' }]);
  });

  it('the time limit of the command stands still while the question is open', async () => {
    const clock = manualClock();
    const { start, model } = await world((get) => [call('shell_command', { command: get('/one') }), say('ok')], OPEN, {
      clock,
    });
    const talk = await start(NETWORK);
    const id = talk.begin('go');
    await talk.question();
    clock.advance(60_000);
    await answer(talk, 'accept');
    await talk.ended(id);
    expect(outputOf(model.calls[1]!, 'call-1')).toContain('200 served');
  });

  it('the question is withdrawn when the program that waits is gone', async () => {
    const script = (get: World['get']) => `${get('/one')} & until [ -e gone ]; do sleep 0.02; done; kill $!`;
    const { start, cwd } = await world((get) => [call('shell_command', { command: script(get) }), say('ok')]);
    const talk = await start(NETWORK);
    const id = talk.begin('go');
    await talk.question();
    await writeFile(path.join(cwd, 'gone'), '');
    expect(await talk.ended(id)).toMatchObject({ status: 'completed' });
    expect(talk.all('question.closed')).toMatchObject([{ outcome: 'withdrawn' }]);
  });

  it.each([
    ['nobody may be asked', { approval_policy: 'never' }],
    [
      'questions about the sandbox are off',
      { approval_policy: { granular: { sandbox_approval: false, rules: true, mcp_elicitations: true } } },
    ],
    ['nothing confines commands', { sandbox_mode: 'danger-full-access' }],
  ])('is refused in silence where %s', async (_, settings) => {
    const { start, model, hits } = await world((get) => [call('shell_command', { command: get('/one') }), say('ok')]);
    const talk = await start({ ...NETWORK, ...settings });
    await talk.turn('go');
    expect(talk.all('question.opened')).toEqual([]);
    const why = 'domain is not on the allowlist for the current sandbox mode.';
    expect(outputOf(model.calls[1]!, 'call-1')).toContain(BLOCKED + why);
    expect(hits).toEqual([]);
  });
});

describe('a host that is allowed or denied for good', () => {
  it('is written into the rules once, holds at once and in other threads, and the model is told', async () => {
    const made = await world((get) => [
      call('shell_command', { command: get('/one') }),
      say('ok'),
      call('shell_command', { command: get('/two') }),
      say('ok'),
    ]);
    const first = await made.start(NETWORK);
    const id = first.begin('go');
    await answer(first, amendment('allow'));
    await first.ended(id);
    expect(await rulesOf(made)).toBe(
      `network_rule(host="${HOST}", protocol="http", decision="allow", justification="Allow http access to ${HOST}")\n`,
    );
    expect(inputTexts(made.model.calls[1]!).join('\n')).toContain(
      `Network rule saved: ${HOST} is allowed from now on.`,
    );
    const second = await made.start(NETWORK);
    await second.turn('go');
    expect([made.hits, second.all('question.opened')]).toEqual([['/one', '/two'], []]);
  });

  it('a denied one is final: no question, also on another port', async () => {
    const made = await world((get) => [
      call('shell_command', { command: get('/one') }, 'call-1'),
      call('shell_command', { command: get('/one', `http://${HOST}:1/`) }, 'call-2'),
      say('ok'),
    ]);
    const talk = await made.start(NETWORK);
    const id = talk.begin('go');
    await answer(talk, amendment('deny'));
    await talk.ended(id);
    expect(talk.all('question.opened')).toHaveLength(1);
    expect(await rulesOf(made)).toContain('decision="deny", justification="Deny http access to');
    expect(outputOf(made.model.calls[2]!, 'call-2')).toContain(`${BLOCKED}domain is explicitly denied by policy`);
    expect(made.hits).toEqual([]);
  });

  it('rules of files count: the last one for a host, and a denied domain beats them', async () => {
    const made = await world((get) => [
      call('shell_command', { command: get('/one') }, 'call-1'),
      call('shell_command', { command: get('http://evil.example/') }, 'call-2'),
      say('ok'),
    ]);
    const rule = (host: string, decision: string) =>
      `network_rule(host="${host}", protocol="https", decision="${decision}")\n`;
    const text = rule(HOST, 'deny') + rule(HOST, 'allow') + rule('evil.example', 'allow');
    await made.deps.files.mkdir(path.join(made.home, 'rules'));
    await writeFile(path.join(made.home, 'rules/default.rules'), text);
    const network = { enabled: true, allow_local_binding: true, denied_domains: ['evil.example'] };
    const talk = await made.start({ ...NETWORK, 'permissions.net.network': network });
    await talk.turn('go');
    expect(talk.all('question.opened')).toEqual([]);
    expect(made.hits).toEqual(['/one']);
    expect(outputOf(made.model.calls[2]!, 'call-2')).toContain('Network access to "evil.example" was blocked');
  });
});

it('a command in the real sandbox reaches the proxy and nothing else', async () => {
  const isolation = defaultIsolation({ env: process.env, clock: systemClock, log: nullLogger });
  const script = (get: World['get']) =>
    `${get('/one')}; exec 2>/dev/null; (echo > /dev/tcp/${HOST}/$PORT) || echo no way`;
  const made = await world(
    (get) => [
      call('shell_command', { command: script(get).replace('$PORT', get('/x').match(/:(\d+)\/x/)?.[1] ?? '') }),
      say('ok'),
    ],
    isolation,
  );
  const talk = await made.start({
    ...NETWORK,
    approval_policy: isolation.support().available ? 'on-request' : 'never',
  });
  const id = talk.begin('go');
  if (isolation.support().available) await answer(talk, 'accept');
  await talk.ended(id);
  const output = outputOf(made.model.calls[1]!, 'call-1');
  expect(output).toContain(isolation.support().available ? '200 served\nno way' : 'sandbox cannot be enforced');
});

it('without a managed network commands get no proxy', async () => {
  const { start, model } = await world(() => [call('shell_command', { command: 'echo "[$HTTP_PROXY]"' }), say('ok')]);
  const talk = await start({ approval_policy: 'on-request', sandbox_mode: 'workspace-write' });
  await talk.turn('go');
  expect(outputOf(model.calls[1]!, 'call-1')).toContain('[]');
});

it('a process that outlives its turn is refused unknown hosts, as nobody is there to ask', async () => {
  const made = await world((get) => [
    call('exec_command', { cmd: `until [ -e go ]; do sleep 0.02; done; ${get('/one')}`, yield_time_ms: 250 }),
    say('ok'),
  ]);
  const talk = await made.start(NETWORK);
  await talk.turn('go');
  await writeFile(path.join(made.cwd, 'go'), '');
  const { item } = await talk.until('item.completed', (event) => event.item.type === 'commandExecution');
  expect(item).toMatchObject({ exitCode: 22, aggregatedOutput: expect.stringContaining('"reason":"not_allowed"') });
  expect([talk.all('question.opened'), made.hits]).toEqual([[], []]);
});

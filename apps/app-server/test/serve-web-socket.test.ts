import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { gate, type Parts, say, startMockModel } from '@codex/mock-model';
import { buildProgram, INITIALIZE, type Running, start } from './program.ts';

let program: Awaited<ReturnType<typeof buildProgram>>;
beforeAll(async () => {
  program = await buildProgram('child.ts');
});
afterAll(() => program.remove());

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

interface Message {
  id?: number;
  method?: string;
  result?: Record<string, unknown>;
  params?: { delta?: string };
}

/** The program on a port of its own, and what it says about itself. */
async function serve(args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const server = start(program.path, program.home, ['--listen', 'ws://127.0.0.1:0', ...args], env);
  cleanups.push(() => server.child.kill('SIGKILL'));
  let text = '';
  const banner = await new Promise<string>((resolve) => {
    server.child.stderr.on('data', (chunk: string) => {
      text += chunk;
      if (/note: .*\n/.test(text)) resolve(text);
    });
  });
  return { ...server, banner, stderr: () => text, url: /ws:\S+/.exec(banner)?.[0] ?? '' };
}

async function client(url: string) {
  const socket = new WebSocket(url);
  cleanups.push(() => socket.terminate());
  const seen: Message[] = [];
  let wake = () => {};
  socket.on('message', (data: Buffer) => {
    seen.push(JSON.parse(data.toString()));
    wake();
  });
  const closed = once(socket, 'close').then(([code, reason]: unknown[]) => ({ code, reason: String(reason) }));
  await once(socket, 'open');
  const until = async (accept: (message: Message) => boolean): Promise<Message> => {
    for (let at = 0; ; at++) {
      while (at >= seen.length) await new Promise<void>((resolve) => (wake = resolve));
      const message = seen[at];
      if (message && accept(message)) return message;
    }
  };
  const call = (id: number, method: string, params: object = {}) => {
    socket.send(JSON.stringify({ id, method, params }));
    return until((message) => message.id === id && message.method === undefined);
  };
  socket.send(JSON.stringify(INITIALIZE));
  await until(({ id }) => id === 0);
  return { socket, seen, closed, until, call };
}
type Client = Awaited<ReturnType<typeof client>>;

async function openThread(from: Client): Promise<{ threadId: string; path: string }> {
  const { result } = await from.call(1, 'thread/start');
  const thread = result?.['thread'] as { id: string; path: string };
  return { threadId: thread.id, path: thread.path };
}

const begin = (from: Client, threadId: string) =>
  from.call(2, 'turn/start', { threadId, input: [{ type: 'text', text: 'go' }] });
const isEnd = ({ method }: Message) => method === 'turn/completed';

async function model(...step: Parts[]) {
  const mock = await startMockModel({ steps: [step] });
  cleanups.push(() => mock.close());
  const provider = `model_providers.m={name="m",base_url="${mock.url}/v1",wire_api="responses"}`;
  return { mock, args: ['-c', 'model_provider="m"', '-c', 'model="gpt-5"', '-c', provider] };
}

const ended = async ({ ended: end }: Running) => {
  const { code, signal, stderr } = await end;
  return { code, signal, rest: stderr.split('\n').slice(5).join('\n') };
};

it('says where it listens', async () => {
  const { banner, url } = await serve();
  const place = url.replace('ws://', '');
  expect(place).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  expect(banner.split('\n')).toEqual([
    'codex app-server (WebSockets)',
    `  listening on: ws://${place}`,
    `  readyz: http://${place}/readyz`,
    `  healthz: http://${place}/healthz`,
    '  note: binds localhost only (use SSH port-forwarding for remote access)',
    '',
  ]);
});

it('says so when the address is taken', async () => {
  const { url } = await serve();
  const second = start(program.path, program.home, ['--listen', url]);
  cleanups.push(() => second.child.kill('SIGKILL'));
  const stderr = `Error: Address in use (os error 98): ${url.replace('ws://', '')}\n`;
  expect(await second.ended).toEqual({ code: 1, signal: null, stderr });
});

it('serves clients side by side, each with ids of its own', async () => {
  const { url } = await serve();
  const [one, two] = [await client(`${url}/some/path?x=y`), await client(url)];
  one.socket.close();
  await one.closed;
  expect(await two.call(7, 'thread/loaded/list')).toEqual({ id: 7, result: { data: [], nextCursor: null } });
});

it('says on stderr what it cannot read, and goes on', async () => {
  const server = await serve();
  const one = await client(server.url);
  one.socket.send('{"id":1}\n{"id":2}');
  await one.call(3, 'thread/loaded/list');
  server.child.kill('SIGTERM');
  expect(await ended(server)).toMatchObject({ code: 0, rest: expect.stringContaining('ERROR message skipped') });
});

it.each(['SIGINT', 'SIGTERM'] as const)('ends on %s when nothing runs, and says goodbye', async (signal) => {
  const server = await serve();
  const one = await client(server.url);
  server.child.kill(signal);
  expect(await one.closed).toEqual({ code: 1001, reason: 'the server is closing' });
  expect(await ended(server)).toEqual({ code: 0, signal: null, rest: '' });
});

it('lives on when the terminal goes that it was not started on', async () => {
  const server = await serve();
  const one = await client(server.url);
  server.child.kill('SIGHUP');
  expect(await one.call(1, 'thread/loaded/list')).toMatchObject({ result: { data: [] } });
  server.child.kill('SIGTERM');
  expect(await ended(server)).toMatchObject({ code: 0 });
});

it('lets a running turn end before it does, loses none of it, and serves newcomers meanwhile', async () => {
  const words = Array.from({ length: 2000 }, (_, n) => `w${n} `);
  const { mock, args } = await model(gate('go'), say(words.join(''), { chunks: words }));
  const server = await serve(args);
  const one = await client(server.url);
  const { threadId, path } = await openThread(one);
  await begin(one, threadId);
  await mock.waitForCalls(1);
  server.child.kill('SIGTERM');
  await once(server.child.stderr, 'data');
  const late = await client(server.url);
  expect(await late.call(1, 'thread/loaded/list')).toMatchObject({ result: { data: [threadId] } });
  mock.open('go');
  expect(await one.closed).toMatchObject({ code: 1001 });
  const text = one.seen.filter(({ method }) => method === 'item/agentMessage/delta').map(({ params }) => params?.delta);
  expect(text.join('')).toBe(words.join(''));
  expect(one.seen.some(isEnd)).toBe(true);
  expect(await late.closed).toMatchObject({ code: 1001 });
  const rest = 'waiting for 1 running turn(s); a second signal ends them at once\n';
  expect(await ended(server)).toEqual({ code: 0, signal: null, rest });
  expect(existsSync(path)).toBe(true);
});

it('ends at once on the second signal', async () => {
  const { mock, args } = await model(gate('never'), say('x'));
  const server = await serve(args);
  const one = await client(server.url);
  const { threadId } = await openThread(one);
  await begin(one, threadId);
  await mock.waitForCalls(1);
  server.child.kill('SIGINT');
  await once(server.child.stderr, 'data');
  server.child.kill('SIGINT');
  expect(await ended(server)).toMatchObject({ code: 0, signal: null });
  expect(await one.closed).toMatchObject({ code: 1006 });
});

it('goes on with a turn whose client has gone, and tells who comes back', async () => {
  const { mock, args } = await model(gate('go'), say('done'));
  const server = await serve(args);
  const one = await client(server.url);
  const { threadId } = await openThread(one);
  await begin(one, threadId);
  await mock.waitForCalls(1);
  one.socket.terminate();
  const two = await client(server.url);
  expect(await two.call(1, 'thread/resume', { threadId })).toMatchObject({
    result: { thread: { status: { type: 'active' } } },
  });
  mock.open('go');
  await two.until(isEnd);
});

it('keeps a client that falls behind in a burst, and does not make the others wait for it', async () => {
  const words = Array.from({ length: 30_000 }, (_, n) => `word${n} `);
  const { args } = await model(say(words.join(''), { chunks: words }));
  const server = await serve(args);
  const [slow, fast] = [await client(server.url), await client(server.url)];
  const { threadId } = await openThread(fast);
  await slow.call(1, 'thread/resume', { threadId });
  slow.socket.pause();
  await begin(fast, threadId);
  await fast.until(isEnd);
  expect(slow.seen.some(isEnd)).toBe(false);
  slow.socket.resume();
  await slow.until(isEnd);
  for (const { seen } of [slow, fast]) {
    const deltas = seen.filter(({ method }) => method === 'item/agentMessage/delta');
    expect(deltas.map(({ params }) => params?.delta).join('')).toBe(words.join(''));
  }
  expect(slow.seen.length).toBeLessThan(fast.seen.length);
});

it('costs a server on stdio nothing', async () => {
  const hook = join(program.home, 'hook.cjs');
  writeFileSync(hook, "process.on('exit', () => process.stderr.write(Object.keys(require.cache).join()))");
  const server = start(program.path, program.home, [], { NODE_OPTIONS: `--require=${hook}` });
  server.child.stdin.end();
  server.child.stdout.resume();
  const { stderr } = await server.ended;
  expect(stderr).toContain('/serve-');
  expect(stderr).not.toContain('web-socket');
});

it('an open address without authentication is warned about, and a token is asked for where one is wanted', async () => {
  const open = await serve(['--listen', 'ws://0.0.0.0:0']);
  await expect
    .poll(() => open.stderr())
    .toContain('WARNING: whoever reaches this address may run commands here as you.');
  writeFileSync(join(program.home, 'token'), 'the-token\n');
  const guarded = await serve([
    ...['--listen', 'ws://0.0.0.0:0', '--ws-auth', 'capability-token', '--ws-token-file', 'token'],
  ]);
  expect(guarded.stderr()).not.toContain('WARNING');
  const url = guarded.url.replace('0.0.0.0', '127.0.0.1');
  const stranger = new WebSocket(url);
  const [error] = (await once(stranger, 'error')) as [Error];
  expect(error.message).toContain('401');
  const friend = new WebSocket(url, { headers: { authorization: 'Bearer the-token' } });
  cleanups.push(() => friend.terminate());
  await once(friend, 'open');
  const without = start(program.path, program.home, [
    ...['--listen', 'ws://127.0.0.1:0', '--ws-auth', 'capability-token', '--ws-token-file', 'nowhere'],
  ]);
  expect(await without.ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('failed to read websocket auth'),
  });
});

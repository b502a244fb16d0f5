import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say, startMockModel } from '@codex/mock-model';
import { buildProgram, INITIALIZE, type Running, start } from './program.ts';

let program: Awaited<ReturnType<typeof buildProgram>>;
const running: Running[] = [];

beforeAll(async () => {
  program = await buildProgram('child.ts');
});
afterAll(() => program.remove());

function serve(args: string[] = [], env: NodeJS.ProcessEnv = {}): Running {
  const server = start(program.path, program.home, args, env);
  running.push(server);
  return server;
}
afterAll(() => {
  for (const { child } of running) child.kill('SIGKILL');
});

/** Reads until `accept` says yes; the read messages. */
async function until(server: Running, accept: (message: { id?: number; method?: string }) => boolean) {
  const seen = [];
  for await (const message of { [Symbol.asyncIterator]: () => keepOpen(server.messages) }) {
    seen.push(message);
    if (accept(message)) return seen;
  }
  throw new Error(`the server ended early: ${JSON.stringify(await server.ended)}`);
}

/** Leaving a loop must not end the stream. */
function keepOpen<T>(source: AsyncIterable<T>): AsyncIterator<T> {
  const iterator = source[Symbol.asyncIterator]();
  return { next: () => iterator.next() };
}

const list = (id: number) => ({ id, method: 'thread/loaded/list', params: {} });

describe('the app-server on stdio', () => {
  it('answers in order, and ends with 0 when its input does', async () => {
    const server = serve();
    server.send(INITIALIZE, { method: 'initialized' }, list(1));
    server.child.stdin.end();
    const seen = [];
    for await (const message of server.messages) seen.push(message);
    expect(seen.map(({ id }) => id)).toEqual([0, 1]);
    expect(seen[0]?.result).toMatchObject({
      userAgent: expect.stringContaining('test/0.115.0'),
      platformFamily: 'unix',
    });
    expect(await server.ended).toEqual({ code: 0, signal: null, stderr: '' });
  });

  it('shows a thread with turns on one line, the messages around it on theirs', async () => {
    const model = await startMockModel({ steps: [[say('Hi “there”')]] });
    const server = serve([
      ...['-c', 'model_provider="mock"', '-c', `model_providers.mock={ name="Mock", base_url="${model.url}/v1" }`],
    ]);
    server.send(INITIALIZE, { id: 1, method: 'thread/start', params: {} });
    const started = (await until(server, ({ id }) => id === 1)).find(({ id }) => id === 1);
    const threadId = (started?.result as { thread: { id: string } } | undefined)?.thread.id;
    const input = [{ type: 'text', text: 'hi', text_elements: [] }];
    server.send({ id: 2, method: 'turn/start', params: { threadId, input } });
    await until(server, ({ method }) => method === 'turn/completed');
    const read = { id: 3, method: 'thread/read', params: { threadId, includeTurns: true } };
    server.send(list(4), read, { id: 5, method: 'thread/resume', params: { threadId } }, list(6));
    const seen = await until(server, ({ id }) => id === 5);
    for (const id of [3, 5]) {
      expect(seen.find((each) => each.id === id)?.result).toMatchObject({
        thread: { turns: [{ status: 'completed', items: [{}, { type: 'agentMessage', text: 'Hi “there”' }] }] },
      });
    }
    server.child.stdin.end();
    expect(await server.ended).toMatchObject({ code: 0 });
    await model.close();
  });

  it('keeps its log, small talk included, for whoever reports trouble', async () => {
    const server = serve();
    server.send(INITIALIZE, { id: 1, method: 'thread/archive', params: { threadId: 'nobody' } });
    await until(server, ({ id }) => id === 1);
    const params = { classification: 'bug', includeLogs: true };
    server.send({ id: 2, method: 'feedback/upload', params });
    const seen = await until(server, ({ id }) => id === 2);
    const { threadId } = (seen.at(-1)?.result ?? {}) as { threadId: string };
    const text = readFileSync(join(program.home, 'feedback', threadId, 'codex-logs.log'), 'utf8');
    expect(text).toMatch(/DEBUG request refused \{.*invalid thread id/);
    server.child.stdin.end();
    const { code, stderr } = await server.ended;
    expect([code, stderr]).toEqual([0, '']);
  });

  it('takes lines that arrive in pieces, several at once, and without a final line end', async () => {
    const server = serve();
    const text = `${JSON.stringify({ ...INITIALIZE, extra: 'grüße 🌍' })}\r\n${JSON.stringify(list(1))}\n${JSON.stringify(list(2))}`;
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 7) server.child.stdin.write(bytes.subarray(at, at + 7));
    server.child.stdin.end();
    const seen = [];
    for await (const message of server.messages) seen.push(message.id);
    expect(seen).toEqual([0, 1, 2]);
  });

  it('says on stderr what it cannot read, and goes on without an answer', async () => {
    const server = serve();
    server.child.stdin.write('this is no json\n[]\n');
    server.send(INITIALIZE);
    server.child.stdin.end();
    const seen = [];
    for await (const message of server.messages) seen.push(message.id);
    expect(seen).toEqual([0]);
    const { code, stderr } = await server.ended;
    expect(code).toBe(0);
    expect(stderr.match(/ERROR/g)).toHaveLength(2);
  });

  it('refuses a line above 64 MiB without holding it', async () => {
    const server = serve();
    server.send(INITIALIZE);
    const block = Buffer.alloc(1024 * 1024, 'x');
    for (let n = 0; n < 66; n++) {
      if (!server.child.stdin.write(block)) await new Promise((resolve) => server.child.stdin.once('drain', resolve));
    }
    server.child.stdin.write('\n');
    server.send(list(1));
    server.child.stdin.end();
    const seen = [];
    for await (const message of server.messages) seen.push(message.id);
    expect(seen).toEqual([0, 1]);
    expect((await server.ended).stderr).toMatch(/a line of 69206016 bytes/);
  });

  it('answers every one of thousands of requests written at once to a client that reads late', async () => {
    const server = serve();
    const count = 6000;
    server.send(INITIALIZE, ...Array.from({ length: count }, (_, n) => list(n + 1)));
    server.child.stdin.end();
    await new Promise((resolve) => server.child.stdin.once('finish', resolve));
    const seen = new Set<number | undefined>();
    for await (const message of server.messages) if (message.result) seen.add(message.id);
    expect(seen.size).toBe(count + 1);
    expect((await server.ended).code).toBe(0);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const server = serve();
    server.send(INITIALIZE);
    await until(server, ({ id }) => id === 0);
    server.child.stdout.destroy();
    server.send(list(1), list(2));
    const { code, signal } = await server.ended;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('ends its threads on %s', async (name, code) => {
    const server = serve();
    server.send(INITIALIZE);
    await until(server, ({ id }) => id === 0);
    server.child.kill(name);
    expect((await server.ended).code).toBe(code);
  });

  it('loses no message of a turn, and stores it, when its input ends after the turn', async () => {
    const words = Array.from({ length: 3000 }, (_, n) => `w${n} `);
    const model = await startMockModel({ steps: [[say(words.join(''), { chunks: words })]] });
    const server = serve([
      ...['-c', 'model_provider="m"', '-c', 'model="gpt-5"'],
      ...['-c', `model_providers.m={name="m",base_url="${model.url}/v1",wire_api="responses"}`],
    ]);
    try {
      server.send(INITIALIZE, { id: 1, method: 'thread/start', params: {} });
      const opened = (await until(server, ({ id }) => id === 1)).at(-1) as unknown as {
        result: { thread: { id: string } };
      };
      const threadId = opened.result.thread.id;
      server.send({ id: 2, method: 'turn/start', params: { threadId, input: [{ type: 'text', text: 'go' }] } });
      const seen = await until(server, ({ method }) => method === 'turn/completed');
      const text = seen
        .filter(({ method }) => method === 'item/agentMessage/delta')
        .map((message) => (message as unknown as { params: { delta: string } }).params.delta);
      expect(text.join('')).toBe(words.join(''));
      server.child.stdin.end();
      expect((await server.ended).code).toBe(0);
    } finally {
      await model.close();
    }
  });
});

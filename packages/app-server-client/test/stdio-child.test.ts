import { describe, expect, it } from 'vitest';
import { ConnectionClosed, createClient, stdioChild, type StdioChildOptions } from '../src/index.ts';

/** A client of a node program given as text; `peer` in it answers every request with what it was asked. */
function child(program: string, options: Partial<StdioChildOptions> = {}) {
  const channel = stdioChild({ command: process.execPath, args: ['-e', program], ...options });
  return { channel, client: createClient(channel, { onQuestion: () => Promise.reject(new Error('none')) }) };
}

const ECHO = `
  const lines = require('readline').createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const { id, params } = JSON.parse(line);
    const text = JSON.stringify({ id, result: params }) + '\\r\\n';
    process.stdout.write(text.slice(0, 5));
    setImmediate(() => process.stdout.write(text.slice(5)));
  });
`;

describe('a child process', () => {
  it('is spoken to line by line and ends when its input does', async () => {
    const { client, channel } = child(ECHO);
    const params = { threadId: 'grüße 🌍' };
    expect(await client.request('thread/read', params)).toEqual(params);
    await client.close();
    expect(await client.closed).toBeNull();
    expect(await channel.exited).toEqual({ code: 0, signal: null });
    await client.close();
  });

  it('that dies rejects what waits with its exit code and last words', async () => {
    const { client } = child(`process.stdin.once('data', () => { console.error('out of paper'); process.exit(3) })`);
    const asked = client.request('thread/read', { threadId: 'a' });
    await expect(asked).rejects.toBeInstanceOf(ConnectionClosed);
    await expect(asked).rejects.toThrow(/exit code 3[^]*out of paper/);
  });

  it('that cannot be started says so', async () => {
    const { client } = child('', { command: '/no/such/program' });
    await expect(client.request('thread/read', { threadId: 'a' })).rejects.toThrow(
      /cannot start \/no\/such\/program.*ENOENT/,
    );
  });

  it('that does not end is killed after the grace', async () => {
    const { client, channel } = child(`console.log('ready'); setInterval(() => {}, 1000)`, { graceMs: 20 });
    await client.close();
    expect((await channel.exited).signal).toBe('SIGKILL');
  });

  it('may write other things than JSON', async () => {
    const stray: string[] = [];
    const heard: string[] = [];
    const { client } = child(`console.log('hello'); console.error('log'); console.log('{"method":"x","params":{}}')`, {
      onStray: (line) => stray.push(line),
      onStderr: (text) => heard.push(text),
    });
    const events = [];
    for await (const event of client.events) events.push(event);
    expect({ stray, events, heard: heard.join('') }).toEqual({
      stray: ['hello'],
      events: [{ method: 'x', params: {} }],
      heard: 'log\n',
    });
  });
});

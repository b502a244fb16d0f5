import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say, startMockModel } from '@codex/mock-model';
import { expect, it } from 'vitest';
import type { LogStore } from '../src/index.ts';
import { introduced } from './support/client.ts';
import { world } from './support/server.ts';

const line = (msg: string, threadId?: string) => `${JSON.stringify({ level: 'info', time: 0, msg, threadId })}\n`;

it('puts log, conversation and existing regular files into a folder of its own', async () => {
  const model = await startMockModel({ steps: [[say('Hello')]] });
  let store: LogStore | undefined;
  const keepLog = (given: LogStore) => {
    store = given;
    return { flush: () => Promise.resolve(), end: () => Promise.resolve() };
  };
  const { home, cwd, server } = world({ model, keepLog });
  const client = await introduced(server);
  const { thread } = await client.request('thread/start', {});
  await client.request('turn/start', { threadId: thread.id, input: [{ type: 'text', text: 'hi', text_elements: [] }] });
  await client.until((each) => each.method === 'turn/completed');
  store?.write(line('about it', thread.id));
  store?.write(line('about all'));

  writeFileSync(join(cwd, 'a.log'), 'extra');
  writeFileSync(join(cwd, 'codex-logs.log'), 'not the log');
  symlinkSync('/etc/passwd', join(cwd, 'link'));
  execFileSync('mkfifo', [join(cwd, 'pipe')]);
  writeFileSync(join(cwd, 'huge'), '');
  truncateSync(join(cwd, 'huge'), 33 * 1024 * 1024);
  const params = {
    ...{ classification: 'bug', reason: 'it broke', threadId: thread.id, includeLogs: true },
    extraLogFiles: ['a.log', 'codex-logs.log', 'link', 'pipe', 'huge', 'gone', '.'].map((name) => join(cwd, name)),
  };
  expect(await client.request('feedback/upload', params)).toEqual({ threadId: thread.id });

  const folder = join(home, 'feedback', thread.id);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  expect(read('codex-logs.log')).toBe(
    '1970-01-01T00:00:00.000000Z  INFO about it\n1970-01-01T00:00:00.000000Z  INFO about all\n',
  );
  const rollout = readdirSync(folder).find((name) => name.startsWith('rollout-')) ?? '';
  expect(read(rollout)).toContain('"hi"');
  expect(read('a.log')).toBe('extra');
  expect(read('codex-logs-2.log')).toBe('not the log');
  const report = JSON.parse(read('report.json'));
  expect(report).toMatchObject({
    ...{ classification: 'bug', reason: 'it broke', threadId: thread.id, version: '9.8.7' },
    tags: {
      ...{ thread_id: thread.id, classification: 'bug', cli_version: '9.8.7', session_source: 'vscode' },
      ...{ reason: 'it broke', model_provider: 'mock', user_agent: expect.stringContaining('/9.8.7 (') },
    },
    files: ['codex-logs.log', rollout, 'a.log', 'codex-logs-2.log'],
  });
  expect(report.leftOut.map((each: { path: string }) => each.path.slice(cwd.length))).toEqual([
    ...['/link', '/pipe', '/huge', '/gone', ''],
  ]);
  expect(readdirSync(folder)).toHaveLength(5);

  await client.request('feedback/upload', params);
  expect(existsSync(`${folder}-2`)).toBe(true);
});

it('tells the one who asked where the report is, and nobody else', async () => {
  const { home, server } = world();
  const [client, other] = [await introduced(server), await introduced(server)];
  const { threadId } = await client.request('feedback/upload', { classification: 'bug', includeLogs: false });
  const told = await client.until((each) => each.method === 'configWarning');
  expect(told.params).toEqual({
    summary: 'Feedback was not sent: it is in a folder on this machine, to be passed on by hand.',
    details: join(home, 'feedback', threadId),
  });
  await other.request('thread/loaded/list', {});
  expect(other.log.filter((each) => each.method === 'configWarning')).toEqual([]);
});

it('says what stands between here and the models, without credentials', async () => {
  const env = { HTTPS_PROXY: 'http://me:secret@proxy.example:8080', no_proxy: 'localhost' };
  const { home, server } = world({ env });
  const client = await introduced(server);
  const { threadId } = await client.request('feedback/upload', { classification: 'bug', includeLogs: true });
  const read = (name: string) => readFileSync(join(home, 'feedback', threadId, name), 'utf8');
  const facts = read('codex-connectivity-diagnostics.txt');
  expect(facts.split('\n').slice(1)).toEqual(['HTTPS_PROXY=http://…@proxy.example:8080', 'no_proxy=localhost', '']);
  expect(JSON.parse(read('report.json')).files).toContain('codex-connectivity-diagnostics.txt');
});

it('attaches nothing unless asked, and works without a thread', async () => {
  const { home, server } = world();
  const client = await introduced(server);
  const { threadId } = await client.request('feedback/upload', { classification: 'other', includeLogs: false });
  expect(threadId).toMatch(/^no-active-thread-[0-9a-f-]{36}$/);
  expect(readdirSync(join(home, 'feedback', threadId))).toEqual(['report.json']);
  // Nothing was looked up, so no database was made.
  expect(readdirSync(home).filter((name) => name.includes('sqlite'))).toEqual([]);
});

it('refuses what configuration forbids, ids that are none, and says why nothing could be written', async () => {
  const params = { classification: 'bug', includeLogs: false };
  const forbidden = await introduced(world({ config: '[feedback]\nenabled = false\n' }).server);
  expect((await forbidden.call('feedback/upload', params)).error).toEqual({
    code: -32600,
    message: 'sending feedback is disabled by configuration',
  });
  const { home, server } = world();
  const client = await introduced(server);
  expect((await client.call('feedback/upload', { ...params, threadId: '../x' })).error?.message).toMatch(
    /^invalid thread id/,
  );
  writeFileSync(join(home, 'feedback'), 'in the way');
  expect((await client.call('feedback/upload', params)).error).toMatchObject({
    code: -32603,
    message: expect.stringMatching(/^failed to upload feedback: /),
  });
});

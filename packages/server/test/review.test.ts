import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inputTexts, say, startMockModel } from '@codex/mock-model';
import { expect, test } from 'vitest';
import { introduced, type Wire } from './support/client.ts';
import { world } from './support/server.ts';

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd, encoding: 'utf8' }).trim();

test('the answer shows what is reviewed, and the reviewer is told where to look', async () => {
  const model = await startMockModel({ steps: [say('1'), say('2'), say('3'), say('4'), say('5')] });
  const { server, cwd } = world({ model });
  git(cwd, 'init', '-q', '-b', 'main');
  writeFileSync(join(cwd, 'a'), '1');
  git(cwd, 'add', '.');
  git(cwd, 'commit', '-q', '-m', 'first');
  const base = git(cwd, 'rev-parse', 'HEAD');
  git(cwd, 'checkout', '-q', '-b', 'topic');
  const client = await introduced(server);
  const { thread } = await client.request('thread/start', {});
  const review = async (target: object) => {
    const { turn, reviewThreadId } = await client.request('review/start', { threadId: thread.id, target } as never);
    expect(reviewThreadId).toBe(thread.id);
    const isOver = ({ method, params }: Wire) =>
      method === 'turn/completed' && (params?.['turn'] as { id: string } | undefined)?.id === turn.id;
    await client.until(isOver);
    const [item] = turn.items;
    return [item?.type === 'userMessage' ? item.content[0] : null, inputTexts(model.requests.at(-1)!).at(-1)];
  };
  const hint = (text: string) => ({ type: 'text', text, text_elements: [] });
  expect(await review({ type: 'uncommittedChanges' })).toEqual([
    hint('current changes'),
    expect.stringContaining('untracked'),
  ]);
  expect(await review({ type: 'baseBranch', branch: 'main' })).toEqual([
    hint("changes against 'main'"),
    expect.stringContaining(`git diff ${base}`),
  ]);
  expect(await review({ type: 'baseBranch', branch: '--output=x' })).toEqual([
    hint("changes against '--output=x'"),
    expect.stringContaining('git merge-base HEAD'),
  ]);
  expect(await review({ type: 'commit', sha: base, title: 'first' })).toEqual([
    hint(`commit ${base.slice(0, 7)}: first`),
    expect.stringContaining(base),
  ]);
  expect(await review({ type: 'custom', instructions: ' look ' })).toEqual([hint('look'), 'look']);
});

test('a detached review runs in a thread of its own', async () => {
  const model = await startMockModel({ steps: [say('hello'), say('all fine')] });
  const { server } = world({ model });
  const client = await introduced(server);
  const { thread } = await client.request('thread/start', {});
  const start = {
    threadId: thread.id,
    delivery: 'detached',
    target: { type: 'custom', instructions: 'look' },
  } as const;
  expect((await client.call('review/start', start)).error).toMatchObject({
    code: -32603,
    message: expect.stringMatching(/^error creating detached review thread: /),
  });
  await client.request('turn/start', { threadId: thread.id, input: [{ type: 'text', text: 'hi', text_elements: [] }] });
  await client.untilMethod('turn/completed');
  const { reviewThreadId } = await client.request('review/start', start);
  expect(reviewThreadId).not.toBe(thread.id);
  await client.until(({ method, params }) => method === 'turn/completed' && params?.['threadId'] === reviewThreadId);
  const started = client.log
    .filter(({ method }) => method === 'thread/started')
    .map(({ params }) => params?.['thread']);
  expect(started).toMatchObject([
    { id: thread.id, turns: [] },
    { id: reviewThreadId, turns: [{ items: [{ type: 'userMessage' }, { type: 'agentMessage' }] }] },
  ]);
});

test.each([
  [{ type: 'custom', instructions: '  ' }, 'instructions must not be empty'],
  [{ type: 'baseBranch', branch: '' }, 'branch must not be empty'],
  [{ type: 'commit', sha: ' ' }, 'sha must not be empty'],
])('%j is refused', async (target, message) => {
  const client = await introduced(world().server);
  const { thread } = await client.request('thread/start', {});
  expect((await client.call('review/start', { threadId: thread.id, target })).error).toMatchObject({
    code: -32600,
    message,
  });
});

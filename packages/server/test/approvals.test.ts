import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, outputOf, say, type Step, startMockModel } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { connect, INITIALIZE, introduced, type Wire } from './support/client.ts';
import { world } from './support/server.ts';

const COMMAND = 'item/commandExecution/requestApproval';
const input = [{ type: 'text' as const, text: 'go', text_elements: [] }];
const touch = call('exec_command', { cmd: 'touch made' });

/** A thread whose model calls a command that is asked about. */
async function asking(steps: Step[] = [touch, say('ok')], config = '') {
  const model = await startMockModel({ steps });
  const w = world({ model, config });
  const client = await introduced(w.server);
  const { thread } = await client.request('thread/start', { approvalPolicy: 'untrusted' });
  const begin = () => client.request('turn/start', { threadId: thread.id, input });
  return { ...w, model, client, threadId: thread.id, begin };
}

const completions = (log: readonly Wire[]) =>
  log.flatMap(({ method, params }) => {
    const item = params?.['item'] as { type?: string; status?: string; aggregatedOutput?: string } | undefined;
    return method === 'item/completed' && item?.type === 'commandExecution' ? [item] : [];
  });

describe('an approval', () => {
  it('is settled by the first of two clients; both hear of it and see one completion', async () => {
    const { server, client, threadId, begin, cwd } = await asking();
    const other = await introduced(server);
    await other.request('thread/resume', { threadId });
    await begin();
    const [{ id }] = await Promise.all([client.untilMethod(COMMAND), other.untilMethod(COMMAND)]);
    other.send({ id, result: { decision: 'accept' } });
    client.send({ id, result: { decision: 'cancel' } });
    for (const each of [client, other]) {
      await each.untilMethod('turn/completed');
      expect(each.methods().filter((method) => method === 'serverRequest/resolved')).toHaveLength(1);
      expect(completions(each.log)).toMatchObject([{ status: 'completed' }]);
    }
    expect(existsSync(join(cwd, 'made'))).toBe(true);
  });

  it.each<[string, object, string, string]>([
    ['an error', { error: { code: -32000, message: 'cannot' } }, 'failed', 'the client could not decide: cannot'],
    ['a wrong shape', { result: { decision: 'perhaps' } }, 'declined', 'exec command rejected by user'],
    ['no result at all', { result: null }, 'declined', 'exec command rejected by user'],
  ])('answered by %s runs nothing, completes the item once, and the turn goes on', async (_, reply, status, shown) => {
    const { client, begin, cwd, model } = await asking();
    await begin();
    const { id } = await client.untilMethod(COMMAND);
    client.send({ id, ...reply });
    const done = await client.untilMethod('turn/completed');
    expect(done.params).toMatchObject({ turn: { status: 'completed' } });
    expect(completions(client.log)).toMatchObject([{ status, aggregatedOutput: shown }]);
    expect(outputOf(model.calls[1]!, 'call-1')).toContain('rejected by user');
    expect(existsSync(join(cwd, 'made'))).toBe(false);
  });

  it('outlives the client that was asked: who comes next answers it', async () => {
    const { server, client, threadId, begin, cwd } = await asking();
    await begin();
    const { id } = await client.untilMethod(COMMAND);
    client.hangUp();
    await client.closed;
    const next = await introduced(server);
    await next.request('thread/resume', { threadId });
    expect((await next.untilMethod(COMMAND)).id).toBe(id);
    next.send({ id, result: { decision: 'acceptWithExecpolicyAmendment' } });
    await next.untilMethod('turn/completed');
    expect(completions(next.log)).toMatchObject([{ status: 'declined' }]);
    expect(existsSync(join(cwd, 'made'))).toBe(false);
  });

  it('that nobody answers ends by its limit, also with nobody there', async () => {
    const { server, client, threadId, begin } = await asking(undefined, 'approval_timeout_ms = 40');
    await begin();
    await client.untilMethod(COMMAND);
    client.hangUp();
    await client.closed;
    const next = await introduced(server);
    const joined = await next.request('thread/resume', { threadId });
    if (joined.thread.status.type === 'active') await next.untilMethod('turn/completed');
    const { thread } = await next.request('thread/read', { threadId, includeTurns: true });
    expect(thread.turns[0]?.items[1]).toMatchObject({
      status: 'declined',
      aggregatedOutput: 'exec command rejected: nobody answered within 40 ms',
    });
    expect(thread.turns[0]?.status).toBe('completed');
  });

  it('for good is written to the user’s rules', async () => {
    const { client, begin, home, cwd } = await asking([
      touch,
      call('exec_command', { cmd: 'touch b' }, 'c2'),
      say('ok'),
    ]);
    await begin();
    const { id } = await client.untilMethod(COMMAND);
    client.send({ id, result: { decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['touch'] } } } });
    await client.untilMethod('turn/completed');
    expect(readFileSync(join(home, 'rules/default.rules'), 'utf8')).toBe(
      'prefix_rule(pattern=["touch"], decision="allow")\n',
    );
    expect(existsSync(join(cwd, 'b'))).toBe(true);
    expect(client.methods().filter((method) => method === COMMAND)).toHaveLength(1);
  });
});

describe('rules files', () => {
  it('that are broken are told after initialize, with the place', async () => {
    const { home, server } = world();
    mkdirSync(join(home, 'rules'));
    writeFileSync(join(home, 'rules/a.rules'), '\nprefix_rule(pattern=[])\n');
    const client = connect(server);
    await client.call('initialize', INITIALIZE);
    const { params } = await client.untilMethod('configWarning');
    expect(params).toMatchObject({
      summary: 'Error parsing rules; custom rules not applied.',
      path: join(home, 'rules/a.rules'),
      range: { start: { line: 2, column: 1 }, end: { line: 2 } },
    });
    expect(params?.['details']).toMatch(/^failed to parse rules file .*a\.rules: /);
  });

  it('that cannot be read are told as well, and the configuration itself goes first', async () => {
    const { home, server } = world();
    writeFileSync(join(home, 'rules'), '');
    mkdirSync(join(home, 'other'));
    const client = await introduced(server);
    await client.request('thread/loaded/list', {});
    expect(client.methods()).not.toContain('configWarning');
    const second = world();
    mkdirSync(join(second.home, 'rules'));
    writeFileSync(join(second.home, 'rules/a.rules'), Buffer.from([0xff]));
    const told = connect(second.server);
    await told.call('initialize', INITIALIZE);
    expect((await told.untilMethod('configWarning')).params).toMatchObject({
      summary: 'Rules cannot be read; no command will run.',
      details: expect.stringContaining('a.rules') as string,
    });
  });
});

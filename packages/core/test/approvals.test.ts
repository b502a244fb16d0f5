import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { call, custom, outputOf, say } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import type { Talk } from './harness.ts';
import { rig, turnsOf } from './harness.ts';

const ASKS = { approval_policy: 'untrusted' };
const TOUCH = 'echo made > a.txt';
const PATCH = '*** Begin Patch\n*** Add File: a.txt\n+hi\n*** End Patch';

type Decision = 'accept' | 'acceptForSession' | 'decline' | 'cancel' | object;

/** Answers the next question. */
async function decide(talk: Talk, decision: Decision, n = 1) {
  const question = await talk.question(n);
  const answered = talk.thread.answer(question.id, { ok: true, result: { decision } as never });
  expect(answered).toBe(true);
  return question;
}

describe('a command that needs approval', () => {
  it('is shown, asked about, and run when accepted', async () => {
    const { start, model, cwd } = await rig([
      call('exec_command', { cmd: TOUCH, justification: 'because' }),
      say('ok'),
    ]);
    const talk = await start(ASKS);
    const id = talk.begin('go');
    const { method, params } = await talk.question();
    expect(method).toBe('item/commandExecution/requestApproval');
    const command = `/bin/bash -lc '${TOUCH}'`;
    expect(params).toMatchObject({
      ...{ itemId: 'call-1', turnId: id, threadId: talk.thread.id, command, cwd, reason: 'because' },
      commandActions: [{ type: 'unknown', command: TOUCH }],
      proposedExecpolicyAmendment: ['/bin/bash', '-lc', TOUCH],
    });
    expect(talk.thread.toWire().status).toEqual({ type: 'active', activeFlags: ['waitingOnApproval'] });
    expect(existsSync(path.join(cwd, 'a.txt'))).toBe(false);
    await decide(talk, 'accept');
    await talk.ended(id);
    expect(await readFile(path.join(cwd, 'a.txt'), 'utf8')).toBe('made\n');
    expect(outputOf(model.calls[1]!, 'call-1')).toContain('exited with code 0');
    expect(talk.shape().filter((type) => /item.*command|question|status/.test(type))).toEqual([
      'thread.status',
      'item.started commandExecution',
      'thread.status',
      'question.opened',
      'question.closed',
      'thread.status',
      'item.completed commandExecution',
      'thread.status',
    ]);
  });

  it.each([
    [
      'exec_command',
      { cmd: TOUCH },
      `exec_command failed for \`/bin/bash -lc '${TOUCH}'\`: CreateProcess { message: "Rejected(\\"rejected by user\\")" }`,
    ],
    ['shell_command', { command: TOUCH }, 'exec command rejected by user'],
  ])('declined: %s tells the model, completes the item once, and the turn goes on', async (tool, args, expected) => {
    const { start, model, cwd } = await rig([call(tool, args), say('ok')]);
    const talk = await start(ASKS);
    const id = talk.begin('go');
    await decide(talk, 'decline');
    expect(await talk.ended(id)).toMatchObject({ status: 'completed' });
    expect(outputOf(model.calls[1]!, 'call-1')).toBe(expected);
    expect(existsSync(path.join(cwd, 'a.txt'))).toBe(false);
    const completed = talk.all('item.completed').filter(({ item }) => item.id === 'call-1');
    expect(completed).toMatchObject([{ item: { status: 'declined', exitCode: -1, durationMs: 0 } }]);
  });

  it('cancelled ends the turn as interrupted', async () => {
    const { start, model } = await rig([call('exec_command', { cmd: TOUCH }), say('later')]);
    const talk = await start(ASKS);
    const id = talk.begin('go');
    await decide(talk, 'cancel');
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted', error: null });
    expect(turnsOf(talk.thread)[0]?.items.at(-1)).toMatchObject({ type: 'commandExecution', status: 'declined' });
    await talk.turn('again');
    expect(outputOf(model.calls[1]!, 'call-1')).toBeDefined();
    expect(JSON.stringify(model.calls[1]?.body['input'])).toContain('<turn_aborted>');
  });

  it('accepted for the session is not asked about again, another one is', async () => {
    const { start } = await rig([
      call('exec_command', { cmd: TOUCH }),
      call('exec_command', { cmd: TOUCH }, 'call-2'),
      call('exec_command', { cmd: 'touch b.txt' }, 'call-3'),
      say('ok'),
    ]);
    const talk = await start(ASKS);
    const id = talk.begin('go');
    await decide(talk, 'acceptForSession');
    expect((await talk.question(2)).params).toMatchObject({ itemId: 'call-3' });
    await decide(talk, 'accept', 2);
    await talk.ended(id);
    expect(talk.all('question.opened')).toHaveLength(2);
    expect(talk.all('item.completed').filter(({ item }) => item.type === 'commandExecution')).toHaveLength(3);
  });

  it('a client that cannot decide counts as no', async () => {
    const { start, model } = await rig([call('exec_command', { cmd: TOUCH }), say('ok')]);
    const talk = await start(ASKS);
    const id = talk.begin('go');
    const { id: questionId } = await talk.question();
    talk.thread.answer(questionId, { ok: false, error: { code: -32601, message: 'no such method' } });
    expect(talk.thread.answer(questionId, { ok: true, result: { decision: 'accept' } })).toBe(false);
    expect(await talk.ended(id)).toMatchObject({ status: 'completed' });
    expect(outputOf(model.calls[1]!, 'call-1')).toContain('rejected by user');
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({
      status: 'failed',
      aggregatedOutput: expect.stringContaining('no such method'),
    });
  });

  it('safe ones run, dangerous ones are refused where nobody can be asked', async () => {
    const { start, model } = await rig([
      call('exec_command', { cmd: 'pwd' }),
      say('ok'),
      call('exec_command', { cmd: 'rm -rf zz' }, 'call-2'),
      call('shell_command', { command: 'sudo rm -rf zz' }, 'call-3'),
      call('exec_command', { cmd: 'ls', sandbox_permissions: 'require_escalated' }, 'call-4'),
      say('ok'),
    ]);
    const talk = await start(ASKS);
    await talk.turn('go');
    expect(outputOf(model.calls[1]!, 'call-1')).toContain('exited with code 0');
    await talk.turn('go on', { overrides: { approvalPolicy: 'never' } });
    const last = model.calls.at(-1)!;
    expect(outputOf(last, 'call-2')).toMatch(
      /^exec_command failed for `\/bin\/bash -lc 'rm -rf zz'`: .*rejected: blocked by policy/,
    );
    expect(outputOf(last, 'call-3')).toBe("`/bin/bash -lc 'sudo rm -rf zz'` rejected: blocked by policy");
    expect(outputOf(last, 'call-4')).toContain('approval policy is Never; reject command');
    expect(talk.all('question.opened')).toEqual([]);
  });

  it('what a script hides is found', async () => {
    const { start, model } = await rig([
      call('shell_command', { command: 'for f in a b; do rm -fr $f; done' }),
      say('ok'),
      call('shell_command', { command: 'x=1; (rm -r /tmp/none) > log' }, 'call-2'),
      call('shell_command', { command: 'for f in a b; do echo $f; done' }, 'call-3'),
      say('ok'),
    ]);
    const talk = await start();
    await talk.turn('go');
    expect(outputOf(model.calls[1]!, 'call-1')).toMatch(/rejected: blocked by policy$/);
    const id = talk.begin('go on', { overrides: { approvalPolicy: 'on-request' } });
    expect((await decide(talk, 'decline')).params).toMatchObject({ itemId: 'call-2' });
    await talk.ended(id);
    expect(outputOf(model.calls.at(-1)!, 'call-3')).toContain('a\nb\n');
  });

  it('on request the model’s own words and prefix are put to the user', async () => {
    const { start } = await rig([
      call('exec_command', {
        cmd: 'mkdir -p x',
        sandbox_permissions: 'require_escalated',
        justification: 'j',
        prefix_rule: ['mkdir', '-p'],
      }),
      say('ok'),
    ]);
    const talk = await start({ approval_policy: 'on-request', sandbox_mode: 'workspace-write' });
    const id = talk.begin('go');
    const { params } = await decide(talk, { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['mkdir', '-p'] } });
    expect(params).toMatchObject({
      reason: 'j',
      proposedExecpolicyAmendment: ['mkdir', '-p'],
      availableDecisions: [
        'accept',
        { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['mkdir', '-p'] } },
        'cancel',
      ],
    });
    await talk.ended(id);
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({ status: 'completed', exitCode: 0 });
  });

  it('knows of the limits of a sandbox from outside', async () => {
    const { start, model } = await rig([
      call('exec_command', { cmd: 'echo off=$CODEX_SANDBOX_NETWORK_DISABLED' }),
      say('ok'),
    ]);
    const talk = await start();
    await talk.turn('go', {
      overrides: { sandboxPolicy: { type: 'externalSandbox', networkAccess: 'restricted' } },
    });
    expect(outputOf(model.calls[1]!, 'call-1')).toContain('\noff=1\n');
  });

  it('does not run confined where no sandbox is', async () => {
    const { start, model, cwd } = await rig([call('exec_command', { cmd: TOUCH }), say('ok')]);
    const talk = await start({ sandbox_mode: 'workspace-write' });
    await talk.turn('go');
    expect(outputOf(model.calls[1]!, 'call-1')).toMatch(/^exec_command failed for .*sandbox cannot be enforced/);
    expect(existsSync(path.join(cwd, 'a.txt'))).toBe(false);
  });
});

describe('a patch that needs approval', () => {
  it('is applied when accepted', async () => {
    const { start, cwd } = await rig([custom('apply_patch', PATCH), say('ok')]);
    const talk = await start(ASKS);
    const id = talk.begin('go');
    expect(await decide(talk, 'accept')).toMatchObject({
      method: 'item/fileChange/requestApproval',
      params: { itemId: 'call-1', turnId: id },
    });
    await talk.ended(id);
    expect(await readFile(path.join(cwd, 'a.txt'), 'utf8')).toBe('hi\n');
  });

  it.each([
    ['decline', 'completed', /^patch rejected by user$/],
    ['cancel', 'interrupted', /^aborted by user after \d+\.\ds$/],
  ] as const)('%s leaves the files alone and the turn %s', async (decision, status, expected) => {
    const { start, model, cwd } = await rig([custom('apply_patch', PATCH), say('ok'), say('ok')]);
    const talk = await start(ASKS);
    const id = talk.begin('go');
    await decide(talk, decision);
    expect(await talk.ended(id)).toMatchObject({ status });
    await talk.turn('next');
    expect(outputOf(model.calls.at(-1)!, 'call-1')).toMatch(expected);
    expect(existsSync(path.join(cwd, 'a.txt'))).toBe(false);
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({ type: 'fileChange', status: 'declined' });
  });

  it('accepted for the session covers the same files later, and no others', async () => {
    const update = (from: string, to: string, more = '') =>
      `*** Begin Patch\n*** Update File: a.txt\n@@\n-${from}\n+${to}\n${more}*** End Patch`;
    const { start } = await rig([
      custom('apply_patch', PATCH),
      custom('apply_patch', update('hi', 'two'), 'call-2'),
      custom('apply_patch', update('two', 'three', '*** Add File: b.txt\n+x\n'), 'call-3'),
      say('ok'),
    ]);
    const talk = await start(ASKS);
    const id = talk.begin('go');
    await decide(talk, 'acceptForSession');
    expect((await decide(talk, 'decline', 2)).params).toMatchObject({ itemId: 'call-3' });
    await talk.ended(id);
    expect(talk.all('item.completed').flatMap(({ item }) => (item.type === 'fileChange' ? [item.status] : []))).toEqual(
      [...['completed', 'completed', 'declined']],
    );
  });
});

describe('request_user_input', () => {
  const ASK = {
    questions: [{ id: 'q1', header: 'Colour', question: 'Which?', options: [{ label: 'A', description: 'first' }] }],
  };
  const plan = {
    collaborationMode: {
      mode: 'plan',
      settings: { model: 'gpt-5.2-codex', reasoning_effort: null, developer_instructions: 'PLANNY' },
    },
  } as const;

  it('asks the user in plan mode and pauses the clocks meanwhile', async () => {
    const { start, model } = await rig([call('request_user_input', ASK), say('ok')]);
    const talk = await start();
    const id = talk.begin('go', { overrides: plan });
    const { id: questionId, method, params } = await talk.question();
    expect(method).toBe('item/tool/requestUserInput');
    expect(params).toMatchObject({ itemId: 'call-1', questions: [{ id: 'q1', isOther: true, isSecret: false }] });
    expect(talk.thread.toWire().status).toMatchObject({ activeFlags: ['waitingOnUserInput'] });
    expect(talk.thread.pauseClocks(1)).toBe(2);
    talk.thread.pauseClocks(-1);
    talk.thread.answer(questionId, { ok: true, result: { answers: { q1: { answers: ['A'] } } } });
    await talk.ended(id);
    expect(outputOf(model.calls[1]!, 'call-1')).toBe('{"answers":{"q1":{"answers":["A"]}}}');
    expect(JSON.stringify(model.calls[0]?.body['input'])).toContain('<collaboration_mode>PLANNY</collaboration_mode>');
    expect(talk.all('turn.started')).toMatchObject([{ turn: { mode: 'plan' } }]);
  });

  it('is not to be had otherwise, and plans are not in plan mode', async () => {
    const { start, model } = await rig([
      call('request_user_input', ASK),
      say('ok'),
      call('update_plan', { plan: [] }, 'call-2'),
      call('request_user_input', { questions: [{ ...ASK.questions[0], options: [] }] }, 'call-3'),
      say('ok'),
    ]);
    const talk = await start();
    await talk.turn('go');
    await talk.turn('plan', { overrides: plan });
    const last = model.calls.at(-1)!;
    expect(outputOf(last, 'call-1')).toBe('request_user_input is unavailable in Default mode');
    expect(outputOf(last, 'call-2')).toBe('update_plan is a TODO/checklist tool and is not allowed in Plan mode');
    expect(outputOf(last, 'call-3')).toBe('request_user_input requires non-empty options for every question');
  });
});

import { existsSync } from 'node:fs';
import path from 'node:path';
import { call, custom, outputOf, say } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { confiningRig } from './confining.ts';
import { rig, turnsOf } from './harness.ts';

const PATCH = '*** Begin Patch\n*** Add File: a\n+hi\n*** End Patch';
const LIMIT = { approval_policy: 'untrusted', approval_timeout_ms: 20 };
const WHY = 'nobody answered within 20 ms';

describe('a question that nobody answers in time', () => {
  it.each([
    ['exec_command', call('exec_command', { cmd: 'touch a' }), new RegExp(`^exec_command failed for .*${WHY}`)],
    ['shell_command', call('shell_command', { command: 'touch a' }), new RegExp(`^exec command rejected: ${WHY}$`)],
    ['apply_patch', custom('apply_patch', PATCH), new RegExp(`^patch rejected: ${WHY}$`)],
  ])('counts as no: %s', async (_, step, expected) => {
    const { start, model, cwd } = await rig([step, say('ok')]);
    const talk = await start(LIMIT);
    const { status, id } = await talk.turn('go');
    expect(status).toBe('completed');
    expect(outputOf(model.calls[1]!, 'call-1')).toMatch(expected);
    expect(existsSync(path.join(cwd, 'a'))).toBe(false);
    const [opened] = talk.all('question.opened');
    expect(talk.all('question.closed')).toMatchObject([{ outcome: 'withdrawn' }]);
    expect(talk.thread.answer(opened!.question.id, { ok: true, result: { decision: 'accept' } as never })).toBe(false);
    const [item] = talk.all('item.completed').flatMap((e) => (e.item.id === 'call-1' ? [e.item] : []));
    expect(item).toMatchObject({ status: 'declined' });
    if (item?.type === 'commandExecution') expect(item.aggregatedOutput).toContain(WHY);
    expect(talk.thread.pauseClocks(1)).toBe(1);
    expect(id).toBeDefined();
  });

  it('may stop the turn', async () => {
    const { start } = await rig([call('exec_command', { cmd: 'touch a' }), say('ok')]);
    const talk = await start({ ...LIMIT, approval_timeout_action: 'cancel' });
    expect(await talk.turn('go')).toMatchObject({ status: 'interrupted', error: null });
    expect(turnsOf(talk.thread)[0]?.items.at(-1)).toMatchObject({ status: 'declined' });
  });

  it('about a retry leaves the failure as it is', async () => {
    const { start, model } = await confiningRig([call('shell_command', { command: 'touch a' }), say('ok')]);
    const talk = await start({ ...LIMIT, approval_policy: 'on-failure', sandbox_mode: 'workspace-write' });
    await talk.turn('go');
    expect(outputOf(model.calls[1]!, 'call-1')).toContain(`A run without the sandbox was rejected: ${WHY}.`);
  });

  it('about permissions grants nothing', async () => {
    const args = { permissions: { network: { enabled: true } } };
    const { start, model } = await rig([call('request_permissions', args), say('ok')]);
    const talk = await start(LIMIT);
    await talk.turn('go');
    expect(outputOf(model.calls[1]!, 'call-1')).toBe(`${WHY}; nothing is granted`);
  });
});

describe('an answer', () => {
  it('that cannot be understood counts as no', async () => {
    const { start, model } = await rig([call('shell_command', { command: 'touch a' }), say('ok')]);
    const talk = await start({ approval_policy: 'untrusted' });
    const id = talk.begin('go');
    const question = await talk.question();
    expect(talk.thread.pauseClocks(1)).toBe(2);
    talk.thread.answer(question.id, { ok: false, error: { code: -32602, message: 'unknown variant `perhaps`' } });
    await talk.ended(id);
    expect(talk.all('item.completed').filter(({ item }) => item.id === 'call-1')).toMatchObject([
      { item: { status: 'declined', aggregatedOutput: 'exec command rejected by user' } },
    ]);
    expect(outputOf(model.calls[1]!, 'call-1')).toBe('exec command rejected by user');
  });

  it.each([
    ['deny', 'declined'],
    ['allow', 'completed'],
  ])('about the network, which nobody asked about, counts as what it says: %s', async (action, status) => {
    const { start } = await rig([call('shell_command', { command: 'touch a' }), say('ok')]);
    const talk = await start({ approval_policy: 'untrusted' });
    const id = talk.begin('go');
    const question = await talk.question();
    const decision = { applyNetworkPolicyAmendment: { network_policy_amendment: { host: 'h', action } } };
    talk.thread.answer(question.id, { ok: true, result: { decision } as never });
    await talk.ended(id);
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({ status });
  });
});

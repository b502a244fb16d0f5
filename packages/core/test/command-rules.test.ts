import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { call, outputOf, say } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { confiningRig } from './confining.ts';
import { type Rig, type Talk, talkWith } from './harness.ts';

const CONFINED = { approval_policy: 'on-request', sandbox_mode: 'workspace-write' };
const ASKS = { ...CONFINED, approval_policy: 'untrusted' };

async function writeRules(folder: string, text: string, name = 'default.rules'): Promise<void> {
  await mkdir(path.join(folder, 'rules'), { recursive: true });
  await writeFile(path.join(folder, 'rules', name), text);
}

async function decide(talk: Talk, decision: object | string, n = 1) {
  const question = await talk.question(n);
  talk.thread.answer(question.id, { ok: true, result: { decision } as never });
  return question.params;
}

const amend = (...prefix: string[]) => ({ acceptWithExecpolicyAmendment: { execpolicy_amendment: prefix } });
const developer = (rig: Rig, n: number) =>
  JSON.stringify((rig.model.calls[n]!.body['input'] as { role?: string }[]).filter((i) => i.role === 'developer'));

describe('rules of requirements (§23.1)', () => {
  it('forbid what files allow, under every path and for good', async () => {
    const rig = await confiningRig([
      call('exec_command', { cmd: 'touch a' }),
      call('exec_command', { cmd: '/usr/bin/touch a' }, 'call-2'),
      say('ok'),
    ]);
    const etc = path.join(rig.home, '../none');
    await mkdir(etc);
    const rule = '{ pattern = [{ token = "touch" }], decision = "forbidden", justification = "not here" }';
    await writeFile(path.join(etc, 'requirements.toml'), `[rules]\nprefix_rules = [${rule}]\n`);
    await writeRules(rig.home, 'prefix_rule(pattern=["touch"])\nprefix_rule(pattern=["/usr/bin/touch"])\n');
    await (await rig.start(CONFINED)).turn('go');
    for (const id of ['call-1', 'call-2'])
      expect(outputOf(rig.model.calls.at(-1)!, id)).toContain('rejected: not here');
  });
});

describe('rules files (§15.3)', () => {
  it('allow outside the sandbox, ask, and forbid', async () => {
    const rig = await confiningRig([
      call('exec_command', { cmd: 'touch ok' }),
      call('shell_command', { command: 'touch ask' }, 'call-2'),
      call('shell_command', { command: 'ls | touch no' }, 'call-3'),
      call('exec_command', { cmd: 'touch no' }, 'call-4'),
      say('ok'),
    ]);
    await writeRules(
      rig.home,
      `prefix_rule(pattern=["touch", "ok"])
prefix_rule(pattern=["touch", "ask"], decision="prompt", justification="who knows")
prefix_rule(pattern=["touch", "no"], decision="forbidden", justification="never that")`,
    );
    const talk = await rig.start(CONFINED);
    const id = talk.begin('go');
    const params = await decide(talk, 'accept');
    expect(params).toMatchObject({
      itemId: 'call-2',
      reason: "`/bin/bash -lc 'touch ask'` requires approval: who knows",
      availableDecisions: ['accept', 'cancel'],
    });
    expect(params).not.toHaveProperty('proposedExecpolicyAmendment');
    await talk.ended(id);
    expect(existsSync(path.join(rig.cwd, 'ok'))).toBe(true);
    expect(developer(rig, 0)).toContain(String.raw`- [\"touch\", \"ok\"]`);
    const last = rig.model.calls.at(-1)!;
    expect(outputOf(last, 'call-3')).toBe("`/bin/bash -lc 'ls | touch no'` rejected: never that");
    expect(outputOf(last, 'call-4')).toMatch(/^exec_command failed for .*never that/);
    // Asked about by a rule, yet inside the sandbox.
    expect(rig.confined).toHaveLength(1);
    const ends = talk.all('item.completed').flatMap(({ item }) => (item.type === 'commandExecution' ? [item] : []));
    const end = (id: string) => ends.find((item) => item.id === id);
    expect(ends).toHaveLength(4);
    expect(end('call-3')).toMatchObject({ status: 'declined', aggregatedOutput: outputOf(last, 'call-3') });
    expect(end('call-4')).toMatchObject({ status: 'declined' });
  });

  it('a broken file takes back what files allow and nothing that they forbid', async () => {
    const rig = await confiningRig([
      call('exec_command', { cmd: 'touch ok' }),
      call('exec_command', { cmd: 'mkdir no' }, 'call-2'),
      say('ok'),
    ]);
    await writeRules(rig.home, 'prefix_rule(pattern=["touch"])\nprefix_rule(pattern=["mkdir"], decision="forbidden")');
    await writeRules(rig.home, 'prefix_rule(pattern=[])', 'other.rules');
    const talk = await rig.start(CONFINED);
    await talk.turn('go');
    expect(rig.confined).toHaveLength(1);
    expect(outputOf(rig.model.calls.at(-1)!, 'call-2')).toContain('policy forbids commands starting with `mkdir`');
  });

  it('of a project count when the user trusts it', async () => {
    const steps = [call('exec_command', { cmd: 'touch a' }), say('ok')];
    const rig = await confiningRig([...steps, ...steps]);
    await writeRules(path.join(rig.cwd, '.codex'), 'prefix_rule(pattern=["touch"])');
    await (await rig.start(CONFINED)).turn('go');
    expect(rig.confined).toHaveLength(1);
    await writeFile(path.join(rig.home, 'config.toml'), `[projects."${rig.cwd}"]\ntrust_level = "trusted"\n`);
    await (await rig.start(CONFINED)).turn('go');
    expect(rig.confined).toHaveLength(1);
    expect(existsSync(path.join(rig.cwd, 'a'))).toBe(true);
  });

  it('that cannot be read stop commands, with a word why', async () => {
    const rig = await confiningRig([say('ok')]);
    await mkdir(path.join(rig.home, 'rules'));
    await writeFile(path.join(rig.home, 'rules/a.rules'), Buffer.from([0xff]));
    const talk = await rig.start(CONFINED);
    const { status, error } = await talk.turn('go');
    expect(status).toBe('failed');
    expect(error?.message).toMatch(/^failed to read rules file .*a\.rules: /);
  });
});

describe('a prefix allowed for good (§15.5)', () => {
  it('is written down, told to the model, and in force at once in every thread', async () => {
    const rig = await confiningRig([
      call('exec_command', { cmd: 'touch one' }),
      call('exec_command', { cmd: 'touch two three' }, 'call-2'),
      say('ok'),
      call('shell_command', { command: 'touch four' }, 'call-3'),
      say('ok'),
      say('ok'),
    ]);
    const [talk, other] = [await rig.start(ASKS), await rig.start(ASKS)];
    const id = talk.begin('go');
    const params = await decide(talk, amend('touch'));
    expect(params).toMatchObject({
      proposedExecpolicyAmendment: ['touch', 'one'],
      availableDecisions: ['accept', amend('touch', 'one'), 'cancel'],
    });
    await talk.ended(id);
    expect(talk.all('question.opened')).toHaveLength(1);
    expect(await readFile(path.join(rig.home, 'rules/default.rules'), 'utf8')).toBe(
      'prefix_rule(pattern=["touch"], decision="allow")\n',
    );
    expect(developer(rig, 1)).toContain(String.raw`Approved command prefix saved:\n- [\"touch\"]`);
    await other.turn('go');
    expect(other.all('question.opened')).toHaveLength(0);
    for (const file of ['one', 'two', 'three', 'four']) expect(existsSync(path.join(rig.cwd, file))).toBe(true);
    expect(rig.confined).toEqual([]);
    const later = await rig.start(ASKS);
    await later.turn('go');
    expect(developer(rig, 5)).toContain(String.raw`without asking:\n- [\"touch\"]`);
  });

  it('covers what it covers: the rest of the command is asked about next time', async () => {
    const rig = await confiningRig([
      call('exec_command', { cmd: 'touch a && mkdir b' }),
      call('exec_command', { cmd: 'touch a && mkdir b' }, 'call-2'),
      say('ok'),
    ]);
    const talk = await rig.start({ ...ASKS, sandbox_mode: 'danger-full-access' });
    const id = talk.begin('go');
    expect(await decide(talk, amend('touch'))).toMatchObject({ proposedExecpolicyAmendment: ['touch', 'a'] });
    expect(await decide(talk, 'decline', 2)).toMatchObject({ proposedExecpolicyAmendment: ['mkdir', 'b'] });
    await talk.ended(id);
    expect(existsSync(path.join(rig.cwd, 'b'))).toBe(true);
  });

  it.each([
    ['the file cannot be written', ['touch']],
    ['the prefix is empty', []],
  ])('runs the command all the same when %s, and does not ask again in this thread', async (_, prefix) => {
    const rig = await confiningRig([
      call('exec_command', { cmd: 'touch one' }),
      call('exec_command', { cmd: 'touch one' }, 'call-2'),
      say('ok'),
    ]);
    await mkdir(path.join(rig.home, 'rules/default.rules'), { recursive: true });
    const talk = await rig.start({ ...ASKS, sandbox_mode: 'danger-full-access' });
    const id = talk.begin('go');
    await decide(talk, amend(...prefix));
    await talk.ended(id);
    expect(talk.all('question.opened')).toHaveLength(1);
    expect(existsSync(path.join(rig.cwd, 'one'))).toBe(true);
    expect(developer(rig, 1)).not.toContain('prefix saved');
  });
});

describe('the session’s memory (§15.5)', () => {
  it('knows a plain command whichever tool or shell brings it, in its folder and for its kind of run', async () => {
    const rig = await confiningRig([
      call('shell', { command: ['touch', 'a'] }),
      call('shell_command', { command: 'touch a' }, 'call-2'),
      call('shell', { command: ['/bin/sh', '-c', 'touch a'] }, 'call-3'),
      call('shell_command', { command: 'touch a', workdir: '/tmp' }, 'call-4'),
      say('ok'),
    ]);
    const talk = talkWith((await rig.start({ ...ASKS, sandbox_mode: 'danger-full-access' })).thread);
    const id = talk.begin('go');
    await decide(talk, 'acceptForSession');
    expect(await decide(talk, 'decline', 2)).toMatchObject({ itemId: 'call-4', cwd: '/tmp' });
    await talk.ended(id);
  });
});

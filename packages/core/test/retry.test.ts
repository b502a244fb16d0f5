import { existsSync } from 'node:fs';
import path from 'node:path';
import { call, outputOf, say } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { confiningRig } from './confining.ts';
import { rig, type Talk } from './harness.ts';

const TOOLS = [
  ['exec_command', 'cmd'],
  ['shell_command', 'command'],
] as const;
const setting = (approval_policy: unknown) => ({ approval_policy, sandbox_mode: 'workspace-write' });
const granular = (sandbox_approval: boolean) => ({
  granular: { sandbox_approval, rules: true, mcp_elicitations: true },
});
const DENIED = 'command failed; retry without sandbox?';

async function answer(talk: Talk, decision: string, n = 1) {
  const question = await talk.question(n);
  talk.thread.answer(question.id, { ok: true, result: { decision } as never });
  return question.params;
}

const commands = (talk: Talk) =>
  talk.all('item.completed').flatMap(({ item }) => (item.type === 'commandExecution' ? [item] : []));

describe.each(TOOLS)('a command of %s that the sandbox stopped (§15.6)', (tool, key) => {
  const touch = (id = 'call-1') => call(tool, { [key]: 'touch a' }, id);

  it.each([
    ['on-failure', 1],
    ['granular', 1],
    // Allowing it inside the sandbox is no yes to a run without.
    ['untrusted', 2],
  ])('runs without it when the user agrees: %s', async (policy, questions) => {
    const { start, cwd, model } = await confiningRig([touch(), say('ok')]);
    const talk = await start(setting(policy === 'granular' ? granular(true) : policy));
    const id = talk.begin('go');
    if (questions === 2) expect(await answer(talk, 'accept')).not.toHaveProperty('reason');
    expect(await answer(talk, 'accept', questions)).toMatchObject({
      ...{ itemId: 'call-1', reason: DENIED, proposedExecpolicyAmendment: ['touch', 'a'] },
    });
    await talk.ended(id);
    expect(existsSync(path.join(cwd, 'a'))).toBe(true);
    expect(talk.all('item.started').filter(({ item }) => item.id === 'call-1')).toHaveLength(1);
    expect(commands(talk)).toMatchObject([{ id: 'call-1', status: 'completed', exitCode: 0 }]);
    expect(outputOf(model.calls[1]!, 'call-1')).toMatch(/(exited with code|Exit code:) 0/);
  });

  it.each([['on-request'], ['never'], ['granular']])('is left at that without a question: %s', async (policy) => {
    const { start, cwd, model } = await confiningRig([touch(), say('ok')]);
    const talk = await start(setting(policy === 'granular' ? granular(false) : policy));
    await talk.turn('go');
    expect(talk.all('question.opened')).toEqual([]);
    expect(existsSync(path.join(cwd, 'a'))).toBe(false);
    expect(commands(talk)).toMatchObject([
      { status: 'failed', exitCode: 1, aggregatedOutput: 'Read-only file system\n' },
    ]);
    const output = outputOf(model.calls[1]!, 'call-1');
    expect(output).toContain('Read-only file system');
    expect(output).toMatch(
      tool === 'exec_command' ? /^exec_command failed for .*the sandbox denied it/ : /^Exit code: 1/,
    );
  });

  it.each([
    ['decline', 'completed'],
    ['cancel', 'interrupted'],
  ])('stays failed after %s, shown with its output, and the turn is %s', async (decision, status) => {
    const { start, cwd, model } = await confiningRig([touch(), say('ok')]);
    const talk = await start(setting('on-failure'));
    const id = talk.begin('go');
    await answer(talk, decision);
    expect(await talk.ended(id)).toMatchObject({ status });
    expect(existsSync(path.join(cwd, 'a'))).toBe(false);
    expect(commands(talk)).toMatchObject([
      { status: 'failed', exitCode: 1, aggregatedOutput: 'Read-only file system\n' },
    ]);
    if (decision === 'decline') {
      expect(outputOf(model.calls[1]!, 'call-1')).toContain('A run without the sandbox was rejected by user.');
    }
  });

  it('is not asked about again when the session allows it', async () => {
    const { start, confined } = await confiningRig([touch(), touch('call-2'), say('ok')]);
    const talk = await start(setting('on-failure'));
    const id = talk.begin('go');
    await answer(talk, 'acceptForSession');
    await talk.ended(id);
    expect(talk.all('question.opened')).toHaveLength(1);
    expect(confined).toHaveLength(2);
    expect(commands(talk).map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  it('keeps what it printed when the turn is interrupted at the question', async () => {
    const { start } = await confiningRig([touch(), say('ok')]);
    const talk = await start(setting('on-failure'));
    const id = talk.begin('go');
    await talk.question();
    await talk.thread.interrupt();
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted' });
    expect(commands(talk)).toMatchObject([{ status: 'failed', aggregatedOutput: 'Read-only file system\n' }]);
  });

  it.each([['on-failure'], ['on-request']])('is asked about where there is no sandbox at all: %s', async (policy) => {
    const { start, cwd } = await rig([touch(), say('ok')]);
    const talk = await start(setting(policy));
    const id = talk.begin('go');
    expect(await answer(talk, 'accept')).toMatchObject({
      reason: 'the sandbox is not available here; run without it?',
    });
    await talk.ended(id);
    expect(existsSync(path.join(cwd, 'a'))).toBe(true);
    expect(commands(talk)).toMatchObject([{ status: 'completed' }]);
  });
});

describe('an approved command that goes on as a session', () => {
  it('outlives its turn, as an unasked one does', async () => {
    const { start } = await rig([call('exec_command', { cmd: 'read x', tty: true, yield_time_ms: 250 }), say('ok')]);
    const talk = await start({ approval_policy: 'untrusted' });
    const id = talk.begin('go');
    await answer(talk, 'accept');
    expect(await talk.ended(id)).toMatchObject({ status: 'completed' });
    expect(commands(talk)).toEqual([]);
    await talk.thread.cleanBackgroundTerminals();
    expect(commands(talk)).toMatchObject([{ status: 'failed', exitCode: -1 }]);
  });
});

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { call, gate, inputItems, inputTexts, say } from '@codex/mock-model';
import { appendThreadName, readRollout, saveThreadGit } from '@codex/rollout';
import { describe, expect, it } from 'vitest';
import { CLIENT, expectStored, rig, shown, type Rig, turnsOf } from './harness.ts';

async function fork({ threads, config }: Rig, path: string, settings = {}, more: { ephemeral?: boolean } = {}) {
  const options = { config: await config(settings), source: 'vscode', client: CLIENT, path, ...more } as const;
  return shown(await threads.fork(options));
}

describe('a fork', () => {
  it('begins with the history of its source, and both go their way', async () => {
    const world = await rig([
      [say('1'), call('exec_command', { cmd: 'echo hi' })],
      say('2'),
      say('branch'),
      say('trunk'),
    ]);
    const { start, model } = world;
    const talk = await start();
    await talk.turn('one');
    await talk.thread.flush();
    const file = talk.thread.header.path!;
    const before = await readFile(file, 'utf8');

    const branch = await fork(world, file);
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(branch.thread.header).toMatchObject({ forkedFromId: talk.thread.id, source: 'vscode', agentNickname: null });
    expect(branch.thread.id).not.toBe(talk.thread.id);
    expect(turnsOf(branch.thread)).toEqual(turnsOf(talk.thread));
    expect(branch.thread.toWire()).toMatchObject({
      preview: 'one',
      name: null,
      status: { type: 'idle' },
      ephemeral: false,
    });
    expect(branch.thread.state.usage).toEqual(talk.thread.state.usage);
    // Before anything is said in it: a fork survives the program.
    await expectStored(branch.thread);

    await branch.turn('grow');
    await talk.turn('grow on');
    const [onBranch, onTrunk] = model.calls.slice(-2);
    expect(inputItems(onBranch!).slice(0, -1)).toEqual(inputItems(onTrunk!).slice(0, -1));
    expect([inputTexts(onBranch!).at(-1), inputTexts(onTrunk!).at(-1)]).toEqual(['grow', 'grow on']);
    expect(turnsOf(talk.thread)).toHaveLength(2);
    await expectStored(branch.thread);
    await expectStored(talk.thread);
  });

  it('of a running thread shows its turn as interrupted; the source goes on', async () => {
    const world = await rig([[say('half', { id: 'm1' }), gate('go'), say('done')], say('fine')]);
    const talk = await world.start();
    const id = talk.begin('work');
    await talk.until('item.completed', ({ item }) => item.id === 'm1');
    await talk.thread.flush();
    const branch = await fork(world, talk.thread.header.path!);
    expect(turnsOf(branch.thread)).toMatchObject([{ id, status: 'interrupted', items: [{}, { id: 'm1' }] }]);
    expect(branch.thread.state.active).toBeNull();
    world.model.open('go');
    expect(await talk.ended(id)).toMatchObject({ status: 'completed' });
    expect(await branch.turn('you, too')).toMatchObject({ status: 'completed' });
    await expectStored(branch.thread);
  });

  it('takes settings of its own, and leaves no file when it is ephemeral', async () => {
    const world = await rig([say('1'), say('2'), say('3')]);
    const talk = await world.start();
    await talk.turn('one');
    await talk.thread.close();
    const path = talk.thread.header.path!;
    const other = await fork(world, path, { model: 'gpt-5.4', approval_policy: 'on-request' });
    expect(other.thread.settings()).toMatchObject({ model: 'gpt-5.4', approvalPolicy: 'on-request' });
    const brief = await fork(world, path, {}, { ephemeral: true });
    expect(brief.thread.toWire()).toMatchObject({ ephemeral: true, path: null, preview: 'one' });
    await brief.turn('two');
    expect(inputTexts(world.model.calls.at(-1)!).slice(-3)).toEqual(['one', '1', 'two']);
    expect(turnsOf(brief.thread)).toHaveLength(2);
  });

  it('rolls back what it was given, and leaves the source alone', async () => {
    const world = await rig([say('1'), say('2'), say('3')]);
    const talk = await world.start();
    await talk.turn('one');
    await talk.turn('two');
    await talk.thread.flush();
    const branch = await fork(world, talk.thread.header.path!);
    await branch.thread.rollBack(1);
    await branch.turn('instead');
    expect(inputTexts(world.model.calls.at(-1)!).slice(-3)).toEqual(['one', '1', 'instead']);
    expect(turnsOf(talk.thread)).toHaveLength(2);
    await expectStored(branch.thread);
  });

  it('of nothing is refused', async () => {
    const world = await rig();
    await expect(fork(world, `${world.home}/none.jsonl`)).rejects.toMatchObject({ code: 'rolloutNotFound' });
    expect(existsSync(`${world.home}/sessions`)).toBe(false);
    expect(world.threads.list()).toEqual([]);
  });
});

describe('what is kept beside the file', () => {
  it('is there when the thread is loaded, and stays behind when it is forked', async () => {
    const facts = { commitHash: 'abc', branch: 'main', repositoryUrl: null };
    const world = await rig([say('1')], { deps: { gitFacts: async () => facts } });
    const talk = await world.start();
    await talk.turn('one');
    await talk.thread.close();
    const { id, path } = talk.thread.header;
    await appendThreadName(world.home, id, 'Beans');
    await saveThreadGit(world.home, id, { sha: null, branch: 'other', originUrl: null });
    const after = await world.resume(path!);
    expect(after.thread.toWire()).toMatchObject({
      name: 'Beans',
      gitInfo: { sha: null, branch: 'other', originUrl: null },
    });
    const branch = await fork(world, path!);
    expect(branch.thread.toWire()).toMatchObject({
      name: null,
      gitInfo: { sha: 'abc', branch: 'main', originUrl: null },
    });
    expect((await readRollout(path!)).gitInfo).toMatchObject({ sha: 'abc' });
  });
});

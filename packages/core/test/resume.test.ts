import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { call, custom, gate, inputItems, inputTexts, reasoning, say } from '@codex/mock-model';
import { findRollout, readRollout } from '@codex/rollout';
import { describe, expect, it } from 'vitest';
import { CLIENT, rig, turnsOf } from './harness.ts';

describe('resuming a thread', () => {
  it('goes on where it stood: same turns, same words to the model', async () => {
    const { start, resume, model, threads, home } = await rig([
      [reasoning('Hm.'), call('exec_command', { cmd: 'echo hi' })],
      custom('apply_patch', '*** Begin Patch\n*** Add File: a\n+b\n*** End Patch', 'call-2'),
      say('done'),
      say('again'),
      say('more'),
    ]);
    const before = await start();
    await before.turn('first words');
    await before.turn('second');
    const wire = before.thread.toWire();
    const live = turnsOf(before.thread);
    await before.thread.close();
    expect(await findRollout(home, wire.id)).toBe(wire.path);

    const after = await resume(wire.path!);
    expect(after.thread.id).toBe(wire.id);
    const resumed = after.thread.toWire();
    expect(turnsOf(after.thread)).toEqual(live);
    expect(resumed).toMatchObject({ preview: 'first words', createdAt: wire.createdAt, cwd: wire.cwd });
    expect(threads.get(wire.id)).toBe(after.thread);

    await after.turn('third');
    const [last, next] = [model.calls.at(-2)!, model.calls.at(-1)!];
    expect(inputItems(next).slice(0, inputItems(last).length)).toEqual(inputItems(last));
    expect(inputTexts(next).slice(inputTexts(last).length)).toEqual(['again', 'third']);
    expect(next.body['instructions']).toBe(last.body['instructions']);
    await after.thread.flush();
    const stored = await readRollout(wire.path!);
    expect(stored.turns.all().map(({ id }) => id)).toEqual(turnsOf(after.thread).map(({ id }) => id));
    expect(stored.turns.count).toBe(3);
  });

  it('gives everybody the same thread', async () => {
    const { start, resume, threads, config } = await rig([say('ok')]);
    const talk = await start();
    await talk.turn('hi');
    const file = talk.thread.header.path!;
    expect((await resume(file)).thread).toBe(talk.thread);
    await talk.thread.close();
    const options = { config: await config(), source: 'appServer', client: CLIENT, path: file } as const;
    const [one, two] = await Promise.all([threads.resume(options), threads.resume(options)]);
    expect(one).toBe(two);
    expect(threads.list()).toEqual([one]);
  });

  it('of a file that is not there is refused', async () => {
    const { resume, cwd } = await rig();
    await expect(resume(path.join(cwd, 'none.jsonl'))).rejects.toMatchObject({ code: 'rolloutNotFound' });
    await writeFile(path.join(cwd, 'empty.jsonl'), '');
    await expect(resume(path.join(cwd, 'empty.jsonl'))).rejects.toMatchObject({ code: 'rolloutNotFound' });
  });

  it('after a crash in the middle of a turn shows it as interrupted, with what was done', async () => {
    const { start, resume, cwd, model, threads } = await rig([
      [say('Looking.', { id: 'm1' }), call('exec_command', { cmd: 'echo hi' })],
      [call('exec_command', { cmd: 'echo pid-$$; sleep 60' }, 'call-2'), gate('never')],
      say('later'),
    ]);
    const talk = await start();
    const id = talk.begin('go');
    await talk.until('item.delta', ({ itemId, delta }) => itemId === 'call-2' && delta.kind === 'commandOutput');
    await talk.thread.flush();
    const copy = path.join(cwd, `rollout-2026-01-01T00-00-00-${talk.thread.id}.jsonl`);
    await copyFile(talk.thread.header.path!, copy);
    const stored = await readRollout(copy);
    expect(stored.turns.all()).toMatchObject([{ id, status: 'interrupted', error: null }]);
    const items = stored.turns.all()[0]!.items;
    expect(items.slice(0, -1)).toEqual(turnsOf(talk.thread)[0]!.items.slice(0, -1));
    expect(items.at(-1)).toMatchObject({ id: 'call-2', status: 'failed' });

    await talk.thread.close();
    expect(threads.list()).toEqual([]);
    const file = talk.thread.header.path!;
    await copyFile(copy, file);
    const after = await resume(file);
    await after.turn('go on');
    const last = model.calls.at(-1)!;
    expect(inputTexts(last).at(-1)).toBe('go on');
    const ids = (suffix: boolean) =>
      inputItems(last).flatMap((item) =>
        typeof item['call_id'] === 'string' && String(item['type']).endsWith('_output') === suffix
          ? [item['call_id']]
          : [],
      );
    expect(ids(true)).toEqual(ids(false));
  });

  it('can be done from any line at which the writing stopped', async () => {
    const { start, cwd } = await rig([
      [reasoning('Hm.'), call('exec_command', { cmd: 'echo hi' }), call('update_plan', { plan: [] }, 'call-2')],
      [
        say('Well.', { id: 'm1' }),
        custom('apply_patch', '*** Begin Patch\n*** Add File: a\n+b\n*** End Patch', 'call-3'),
      ],
      say('done', { id: 'm2' }),
      say('again', { id: 'm3' }),
    ]);
    const talk = await start();
    await talk.turn('one');
    await talk.turn('two');
    await talk.thread.flush();
    const live = turnsOf(talk.thread);
    const lines = (await readFile(talk.thread.header.path!, 'utf8')).split('\n').slice(0, -1);
    const file = path.join(cwd, 'cut.jsonl');
    for (let count = 1; count <= lines.length; count++) {
      const half = lines[count]?.slice(0, 40) ?? '';
      await writeFile(file, `${lines.slice(0, count).join('\n')}\n${half}`);
      const turns = (await readRollout(file)).turns.all();
      for (const [i, turn] of turns.entries()) {
        const whole = live[i]!;
        expect(turn.id).toBe(whole.id);
        const isCut = i === turns.length - 1 && turn.status === 'interrupted';
        if (!isCut) expect(turn).toEqual(whole);
        const known = new Map(whole.items.map((item) => [item.id, item]));
        for (const item of turn.items) {
          if ('status' in item && item.status === 'failed') expect(known.get(item.id)?.type).toBe(item.type);
          else if (item.type !== 'reasoning') expect(known.get(item.id)).toEqual(item);
        }
      }
    }
  });

  it('tells the model what has changed meanwhile', async () => {
    const { start, resume, model, cwd } = await rig([say('one'), say('two')]);
    await mkdir(path.join(cwd, 'sub'));
    const before = await start({ approval_policy: 'on-request' });
    await before.turn('first');
    await before.thread.close();
    const after = await resume(before.thread.header.path!, { approval_policy: 'never' });
    await after.turn('second');
    const news = inputTexts(model.calls[1]!).slice(inputTexts(model.calls[0]!).length);
    expect(news.map((part) => part.split('\n')[0])).toEqual(['one', '<permissions instructions>', 'second']);
  });

  it('with a history of somebody else’s begins with it and shows no turns', async () => {
    const { start, model } = await rig([say('ok')]);
    const history = [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'earlier' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'answered' }] },
    ] as const;
    const talk = await start({}, { history: structuredClone(history) as never });
    expect(turnsOf(talk.thread)).toEqual([]);
    await talk.turn('now');
    expect(inputTexts(model.calls[0]!).slice(0, 2)).toEqual(['earlier', 'answered']);
    expect(inputTexts(model.calls[0]!).at(-1)).toBe('now');
    await talk.thread.flush();
    const stored = await readRollout(talk.thread.header.path!);
    expect(stored.context.items.slice(0, 2)).toEqual(history);
  });
});

describe('threads', () => {
  it('are told of as they open and close', async () => {
    const { start, threads } = await rig([say('ok')]);
    const heard: string[] = [];
    threads.onOpened((thread, parent) => heard.push(`open ${thread.id} ${parent}`));
    threads.onClosed((thread) => heard.push(`close ${thread.id}`));
    const { thread } = await start();
    expect(threads.list()).toEqual([thread]);
    await thread.close();
    expect(threads.list()).toEqual([]);
    expect(heard).toEqual([`open ${thread.id} null`, `close ${thread.id}`]);
  });

  it('can be renamed and announced', async () => {
    const { start } = await rig();
    const { thread, all } = await start();
    thread.rename('Beans');
    thread.announce('new');
    expect(thread.toWire().name).toBe('Beans');
    expect(all('thread.opened')).toMatchObject([
      { origin: 'new', thread: { id: thread.id, name: 'Beans', turns: [] } },
    ]);
  });

  it('are not opened any more once they are shut down', async () => {
    const { start, threads, config, model } = await rig([[gate('never')]]);
    const talk = await start();
    talk.begin('go');
    await model.waitForCalls(1);
    await threads.close();
    expect(talk.all('turn.ended')).toMatchObject([{ status: 'interrupted' }]);
    const options = { config: await config(), source: 'appServer', client: CLIENT } as const;
    await expect(threads.start(options)).rejects.toThrow('shut down');
    const stored = threads.resume({ ...options, path: talk.thread.header.path! });
    await expect(stored).rejects.toThrow('shut down');
  });

  it('know the state of their repository', async () => {
    const facts = { commitHash: 'abc', branch: 'main', repositoryUrl: null };
    const { start } = await rig([say('ok')], { deps: { gitFacts: async () => facts } });
    const talk = await start();
    await talk.turn('hi');
    expect(talk.thread.toWire().gitInfo).toEqual({ sha: 'abc', branch: 'main', originUrl: null });
    await talk.thread.flush();
    const stored = await readRollout(talk.thread.header.path!);
    expect(stored.gitInfo).toEqual({ sha: 'abc', branch: 'main', originUrl: null });
  });
});

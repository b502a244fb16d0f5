import { gate, inputItems, inputTexts, say } from '@codex/mock-model';
import { readRollout } from '@codex/rollout';
import { describe, expect, it } from 'vitest';
import { rig, type Talk, turnsOf } from './harness.ts';

/** What was said, without what the program tells the model on its own. */
const words = (request: Parameters<typeof inputTexts>[0] | undefined): string[] =>
  inputTexts(request!)
    .filter((text) => !text.startsWith('<'))
    .map((text) => text.replace(/^Another model[^\n]*\n/, 'SUMMARY '));
const turnIds = (talk: Talk): string[] => turnsOf(talk.thread).map(({ id }) => id);

async function compact(talk: Talk): Promise<void> {
  const { turn, run } = talk.thread.prepareCompaction();
  run();
  await talk.ended(turn.id);
}

describe('rolling back', () => {
  it('drops turns for people and for the model, and is written down', async () => {
    const { start, resume, model } = await rig(['1', '2', '3', '4', '5'].map((text) => say(text)));
    const talk = await start();
    const { id } = await talk.turn('one');
    await talk.turn('two');
    await talk.turn('three');
    await talk.thread.rollBack(2);
    expect(turnIds(talk)).toEqual([id]);
    expect(talk.thread.toWire()).toMatchObject({ preview: 'one', status: { type: 'idle' } });
    expect(talk.thread.state.usage).toMatchObject({ total: { totalTokens: 45 }, last: { inputTokens: 0 } });
    await talk.turn('four');
    expect(words(model.calls[3])).toEqual(['one', '1', 'four']);

    await talk.thread.close();
    const after = await resume(talk.thread.header.path!);
    expect(turnIds(after)).toEqual(turnIds(talk));
    await after.turn('five');
    expect(words(model.calls[4])).toEqual(['one', '1', 'four', '4', 'five']);
  });

  it('by more than there is begins anew: everything is told again', async () => {
    const { start, model } = await rig(['1', '2', '3'].map((text) => say(text)));
    const talk = await start();
    await talk.turn('one');
    await talk.turn('two');
    await talk.thread.rollBack(99);
    expect(turnIds(talk)).toEqual([]);
    await talk.turn('three');
    expect(inputItems(model.calls[2]!).slice(0, -1)).toEqual(inputItems(model.calls[0]!).slice(0, -1));
    expect(words(model.calls[2])).toEqual(['three']);
  });

  it.each([
    [1, ['one', 'SUMMARY gist', 'next'], 2],
    [2, ['one', '1', 'next'], 1],
    [3, ['next'], 0],
  ])(
    'by %i turns across a compaction finds the words from before it, live and from the file',
    async (turns, expected, left) => {
      const { start, resume, model } = await rig(['1', 'gist', '2', 'a', 'b'].map((text) => say(text)));
      const talk = await start();
      await talk.turn('one');
      await compact(talk);
      await talk.turn('two');
      await talk.thread.rollBack(turns);
      expect(turnIds(talk)).toHaveLength(left);
      const file = talk.thread.header.path!;
      const stored = await readRollout(file);
      expect(stored.turns.all()).toEqual(turnsOf(talk.thread));
      await talk.thread.close();
      const after = await resume(file);
      await after.turn('next');
      expect(words(model.calls.at(-1))).toEqual(expected);
    },
  );

  it('goes back over model calls of the live thread the same way', async () => {
    const { start, model } = await rig(['1', 'gist', '2', 'next'].map((text) => say(text)));
    const talk = await start();
    await talk.turn('one');
    await compact(talk);
    await talk.turn('two');
    await talk.thread.rollBack(2);
    await talk.turn('again');
    expect(inputItems(model.calls[3]!).slice(0, -1)).toEqual(inputItems(model.calls[1]!).slice(0, -1));
  });

  it('takes a turn as a whole, however much was said in it', async () => {
    const { start, model } = await rig([say('1'), [gate('go'), say('2')], say('3'), say('4')]);
    const talk = await start();
    await talk.turn('one');
    const id = talk.begin('two');
    await model.waitForCalls(2);
    talk.thread.steer([{ type: 'text', text: 'and this', text_elements: [] }], id);
    model.open('go');
    await talk.ended(id);
    await talk.thread.rollBack(1);
    await talk.turn('three');
    expect(words(model.calls[3])).toEqual(['one', '1', 'three']);
  });

  it('is refused while a turn runs, without a file, and for less than one turn', async () => {
    const { start, model } = await rig([[gate('go'), say('1')]]);
    const talk = await start();
    const { thread } = talk;
    await expect(thread.rollBack(1)).rejects.toThrow(/^failed to load rollout `.*` for rollback replay: No such file/);
    for (const turns of [0, -1, 1.5]) await expect(thread.rollBack(turns)).rejects.toThrow('numTurns must be >= 1');
    const id = talk.begin('one');
    await model.waitForCalls(1);
    await expect(thread.rollBack(1)).rejects.toThrow('Cannot rollback while a turn is in progress.');
    expect(thread.toWire().status).toEqual({ type: 'active', activeFlags: [] });
    model.open('go');
    await talk.ended(id);
    expect(turnIds(talk)).toEqual([id]);
    const brief = await start({}, { ephemeral: true });
    await expect(brief.thread.rollBack(1)).rejects.toThrow('thread rollback requires a persisted rollout path');
  });
});

import { call, inputItems, inputTexts, type RecordedRequest, reply, say, type Step } from '@codex/mock-model';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CLIENT, expectStored, rig, shown, type Talk, turnsOf } from './harness.ts';

/** A model without end: uses a tool where it is told to, fills the window where it is told to, else answers. */
function answer(request: RecordedRequest): Step {
  const last = inputItems(request).at(-1);
  const said = inputTexts(request, 'user').at(-1) ?? '';
  if (last?.['role'] === 'user' && said === 'tool')
    return call('update_plan', { plan: [] }, `call-${inputItems(request).length}`);
  const input = said === 'long' ? 2000 : 10;
  return reply([say(`re: ${said.slice(0, 20)}`)], { usage: { input, output: 5 } });
}

const STEPS = ['short', 'long', 'tool', 'compact', 'back 1', 'back 2', 'reload', 'fork'] as const;

it('a thread says the same to the model, live, loaded from its file, and forked, whatever happened to it', async () => {
  const world = await rig([{ kind: 'made', make: answer, repeat: true }]);
  const { threads, start, resume, config, model } = world;
  const settings = { model_auto_compact_token_limit: 1000 };
  const fork = async (talk: Talk, ephemeral = false): Promise<Talk> => {
    await talk.thread.flush();
    const path = talk.thread.header.path!;
    const options = { config: await config(settings), source: 'appServer', client: CLIENT, path, ephemeral } as const;
    return shown(await threads.fork(options));
  };
  const walk = async (talk: Talk, step: (typeof STEPS)[number]): Promise<Talk> => {
    switch (step) {
      case 'compact': {
        const { turn, run } = talk.thread.prepareCompaction();
        run();
        await talk.ended(turn.id);
        return talk;
      }
      case 'back 1':
      case 'back 2':
        await talk.thread.rollBack(Number(step.at(-1)));
        return talk;
      case 'reload':
        await talk.thread.close();
        return resume(talk.thread.header.path!, settings);
      case 'fork':
        return fork(talk);
      default:
        expect(await talk.turn(step)).toMatchObject({ status: 'completed' });
        return talk;
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { maxLength: 9 }), async (steps) => {
      let talk = await start(settings);
      await talk.turn('first');
      for (const step of steps) talk = await walk(talk, step);
      const copy = await fork(talk, true);
      expect(turnsOf(copy.thread)).toEqual(turnsOf(talk.thread));
      expect(copy.thread.state.usage).toEqual(talk.thread.state.usage);
      const asked: unknown[] = [];
      for (const each of [talk, copy]) {
        const before = model.calls.length;
        await each.turn('same');
        asked.push(model.calls.slice(before).map(inputItems));
      }
      expect(asked[1]).toEqual(asked[0]);
      await expectStored(talk.thread);
      await Promise.all([copy.thread.close(), talk.thread.close()]);
    }),
    { numRuns: 40 },
  );
});

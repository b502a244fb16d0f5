import { call, failed, gate, http, inputItems, reasoning, say, type Step } from '@codex/mock-model';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CLIENT, rig, type Rig, type Talk } from './harness.ts';

type Deed = 'talk' | 'tools' | 'fail' | 'interrupt' | 'compact' | 'failToCompact' | 'rollBack' | 'otherModel';

const compaction = (byProvider: boolean): Step =>
  byProvider
    ? http(200, {
        output: [
          { type: 'message', id: 'm', role: 'user', content: [{ type: 'input_text', text: 'kept' }] },
          { type: 'compaction', id: 'c', encrypted_content: 'sealed' },
        ],
      })
    : say('the gist');

/** Does something that a thread may live through, to its end. */
async function perform(deed: Deed, { model }: Rig, talk: Talk, byProvider: boolean): Promise<void> {
  const compact = async (step: Step) => {
    model.push(step);
    const { turn, run } = talk.thread.prepareCompaction();
    run();
    await talk.ended(turn.id);
  };
  switch (deed) {
    case 'talk':
      model.push([reasoning('hm'), say(`word ${model.calls.length}`)]);
      return void (await talk.turn(`say ${model.calls.length}`));
    case 'otherModel': {
      model.push(say('as another'));
      const other = talk.thread.settings().model === 'gpt-5.4' ? 'gpt-5.2-codex' : 'gpt-5.4';
      return void (await talk.turn('change', { overrides: { model: other } }));
    }
    case 'tools':
      model.push(
        [
          call('update_plan', { plan: [] }, 'c1'),
          call('nothing', {}, 'c2'),
          call('exec_command', { cmd: 'echo' }, 'c3'),
        ],
        say('done'),
      );
      return void (await talk.turn('work'));
    case 'fail':
      model.push([say('half'), failed('invalid_prompt')]);
      return void (await talk.turn('fail'));
    case 'interrupt': {
      const calls = model.calls.length;
      model.push([call('update_plan', { plan: [] }, 'c1'), gate('never')]);
      talk.begin('stop');
      await model.waitForCalls(calls + 1);
      return talk.thread.interrupt();
    }
    case 'compact':
      return compact(compaction(byProvider));
    case 'failToCompact':
      return compact(http(400, { detail: 'no' }));
    case 'rollBack':
      return talk.thread.rollBack(2);
  }
}

it.each([
  ['mock', false],
  ['OpenAI', true],
])(
  'whatever a thread lived through, read from its file it says the same to the model (%s)',
  async (name, byProvider) => {
    const test = await rig([], { provider: { name } });
    const { model, threads, config, start } = test;
    const askedBy = async (talk: Pick<Talk, 'turn'>) => {
      model.push(say('ok'));
      await talk.turn('and now?');
      return inputItems(model.calls.at(-1)!);
    };
    const weights: [number, Deed][] = [
      ...([
        [3, 'talk'],
        [2, 'tools'],
        [2, 'compact'],
        [2, 'rollBack'],
      ] as [number, Deed][]),
      ...([
        [1, 'fail'],
        [1, 'interrupt'],
        [1, 'failToCompact'],
        [1, 'otherModel'],
      ] as [number, Deed][]),
    ];
    const deed = fc.oneof(...weights.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 7 }), async (deeds) => {
        const talk = await start();
        await perform('talk', test, talk, byProvider);
        for (const each of deeds) await perform(each, test, talk, byProvider);
        await talk.thread.flush();
        // A fork begins with what the file tells.
        const path = talk.thread.header.path!;
        const { model: last } = talk.thread.settings();
        const copy = await threads.fork({
          config: await config({ model: last }),
          source: 'appServer',
          client: CLIENT,
          path,
        });
        const { run, turn } = copy.prepareTurn({ input: [{ type: 'text', text: 'and now?', text_elements: [] }] });
        model.push(say('ok'));
        const over = new Promise<void>((resolve) => {
          copy.subscribe(({ event, turnId }) => {
            if (event.type === 'turn.ended' && turnId === turn.id) resolve();
          });
        });
        run();
        await over;
        const stored = inputItems(model.calls.at(-1)!);
        expect(await askedBy(talk)).toEqual(stored);
        await Promise.all([copy.close(), talk.thread.close()]);
      }),
      { numRuns: 12 },
    );
  },
);

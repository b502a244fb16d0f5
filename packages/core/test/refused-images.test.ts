import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { call, http, inputItems, outputOf, say } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { rig, text } from './harness.ts';

const REFUSED = http(400, {
  error: { message: 'The image data you provided does not represent a valid image. Please check your input.' },
});
const IMAGE = 'data:image/png;base64,iVBORw0KGgo=';
const shown = [{ type: 'input_image', image_url: IMAGE }];
const gone = [{ type: 'input_text', text: 'Invalid image' }];

describe('an image the provider refuses (§4.2)', () => {
  it('gives way to a text, the newest first, and the turn goes on', async () => {
    const look = (id: string) => call('view_image', { path: 'a.png' }, id);
    const { start, model, cwd } = await rig([[look('c1'), look('c2')], REFUSED, REFUSED, say('ok'), say('later')]);
    await writeFile(path.join(cwd, 'a.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
    const talk = await start();
    expect(await talk.turn('go')).toMatchObject({ status: 'completed' });
    await talk.turn('more');
    const seen = model.calls.slice(1).map((request) => ['c1', 'c2'].map((id) => outputOf(request, id)));
    expect(seen).toEqual([
      [shown, shown],
      [shown, gone],
      [gone, gone],
      [gone, gone],
    ]);
  });

  it('in what the user said ends the turn, and is not sent again', async () => {
    const { start, model } = await rig([say('hello'), REFUSED, say('ok')]);
    const talk = await start();
    await talk.turn('hi');
    expect(await talk.turn([...text('look'), { type: 'image', url: IMAGE }])).toMatchObject({
      status: 'failed',
      error: {
        message: 'Invalid image in your last message. Please remove it and try again.',
        codexErrorInfo: 'badRequest',
      },
    });
    expect(await talk.turn('never mind')).toMatchObject({ status: 'completed' });
    const content = (at: number) => inputItems(model.calls[at]!)[4]?.['content'];
    expect(content(1)).toContainEqual(shown[0]);
    expect(content(2)).toContainEqual(gone[0]);
    expect(content(2)).not.toContainEqual(shown[0]);
  });

  it('does not keep a history from being summarised', async () => {
    const { start, model } = await rig([say('hello'), REFUSED, say('gist'), say('ok')]);
    const talk = await start();
    await talk.turn([...text('look'), { type: 'image', url: IMAGE }]);
    const { turn, run } = talk.thread.prepareCompaction();
    run();
    expect(await talk.ended(turn.id)).toMatchObject({ status: 'completed' });
    expect(model.calls).toHaveLength(3);
  });

  it('is told of even when there is none left', async () => {
    const { start } = await rig([REFUSED]);
    expect(await (await start()).turn('hi')).toMatchObject({
      status: 'failed',
      error: { codexErrorInfo: 'badRequest' },
    });
  });
});

import { inputTexts, say } from '@codex/mock-model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { citationFilter, withoutCitations } from '../src/turn/citations.ts';
import { rig, turnsOf } from './harness.ts';

const RAW = 'Hello <oai-mem-citation>a\nb</oai-mem-citation> world <oai';

describe('notes about memories (§2.3)', () => {
  it.each([
    ['plain <b> text', 'plain <b> text'],
    [RAW, 'Hello  world <oai'],
    ['<oai-mem-citation>x</oai-mem-citation><oai-mem-citation>y</oai-mem-citation>z', 'z'],
    ['a <oai-mem-citation>never closed', 'a '],
    ['</oai-mem-citation> alone stays', '</oai-mem-citation> alone stays'],
    ['<<oai-mem-citation>x</oai-mem-citation>>', '<>'],
  ])('%j is shown as %j', (raw, shown) => {
    expect(withoutCitations(raw)).toBe(shown);
  });

  it('are left out wherever the stream is cut', () => {
    const piece = fc.constantFrom('<oai-mem-citation>', '</oai-mem-citation>', '<oai', '-mem', '<', '>', 'a', ' ');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.nat(8), { minLength: 1, maxLength: 30 }),
        (pieces, cuts) => {
          const raw = pieces.join('');
          const filter = citationFilter();
          let shown = '';
          let at = 0;
          for (let i = 0; at < raw.length; i++) {
            const end = at + 1 + (cuts[i % cuts.length] ?? 0);
            shown += filter.push(raw.slice(at, end));
            at = end;
          }
          const whole = pieces.join('').replace(/<oai-mem-citation>.*?(?:<\/oai-mem-citation>|$)/gs, '');
          expect(shown + filter.end()).toBe(whole);
        },
      ),
    );
  });

  it('are seen by the model and by nobody else', async () => {
    const { start, model } = await rig([say(RAW), say('next')]);
    const talk = await start();
    await talk.turn('hi');
    const deltas = talk.all('item.delta').map(({ delta }) => (delta.kind === 'text' ? delta.text : ''));
    expect(deltas.join('')).toBe('Hello  world <oai');
    expect(turnsOf(talk.thread)[0]?.items.at(-1)).toMatchObject({ text: 'Hello  world <oai' });
    await talk.turn('more');
    expect(inputTexts(model.calls[1]!, 'assistant')).toEqual([RAW]);
  });
});

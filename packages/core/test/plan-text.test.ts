import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PlanSegment, planSplitter, splitPlan } from '../src/turn/plan-text.ts';

const streamed = (chunks: readonly string[]): PlanSegment[] => {
  const splitter = planSplitter();
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
};
const textOf = (segments: readonly PlanSegment[], kind: 'text' | 'plan') =>
  segments.map((segment) => (segment.kind === kind ? segment.text : '')).join('');

describe('a proposed plan', () => {
  test('is taken out of the text around it, also when its tags are cut by the stream', () => {
    const segments = streamed([
      'Here is it.\n<propo',
      'sed_plan>\n# Pl',
      'an\n- one\n',
      '- two\n</proposed_',
      'plan>\nShall I?',
    ]);
    expect(segments).toEqual([
      { kind: 'text', text: 'Here is it.\n' },
      { kind: 'planStart' },
      { kind: 'plan', text: '# Pl' },
      { kind: 'plan', text: 'an\n- one\n' },
      { kind: 'plan', text: '- two\n' },
      { kind: 'text', text: 'Shall I?' },
    ]);
  });

  test('needs its tag alone on a line, ends with the message, and the last of several counts', () => {
    expect(splitPlan('x <proposed_plan> y')).toEqual({ text: 'x <proposed_plan> y', plan: null });
    expect(splitPlan('a\n  <proposed_plan>  \n- b')).toEqual({ text: 'a\n', plan: '- b' });
    expect(splitPlan('<proposed_plan>\n1\n</proposed_plan>\n<proposed_plan>\n2\n</proposed_plan>')).toEqual({
      text: '',
      plan: '2\n',
    });
  });

  test('does not depend on how the text is cut', () => {
    const piece = fc.constantFrom('<proposed_plan>', '</proposed_plan>', '\n', ' ', 'a', '<', '<prop', '- x', '</');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(20), { maxLength: 30 }), (pieces, cuts) => {
        const text = pieces.join('');
        const chunks: string[] = [];
        let at = 0;
        for (const size of cuts) {
          chunks.push(text.slice(at, at + size));
          at += size;
        }
        chunks.push(text.slice(at));
        const whole = streamed([text]);
        const parts = streamed(chunks);
        expect(textOf(parts, 'text')).toBe(textOf(whole, 'text'));
        expect(textOf(parts, 'plan')).toBe(textOf(whole, 'plan'));
      }),
    );
  });
});

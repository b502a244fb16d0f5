import { describe, expect, it } from 'vitest';
import { applyExceptions, compareWithList } from '../ratchet.mjs';

const RESULTS = [
  { name: 'turn-text', differences: [] },
  { name: 'turn-plan', differences: ['stream #1: missing x', 'response 2: expected 1, got 2'] },
  { name: 'exec-basic', differences: ['stream #1: missing x'] },
];

describe('parity ratchet', () => {
  it('takes excepted differences out and names exceptions without use', () => {
    const used = { scenario: '^turn-', difference: 'missing x', reason: 'better' };
    const unused = { scenario: '^turn-text$', difference: 'missing x', reason: 'old' };
    expect(applyExceptions(RESULTS, [unused, used])).toEqual({
      judged: [
        { name: 'turn-text', differences: [], excepted: 0 },
        { name: 'turn-plan', differences: ['response 2: expected 1, got 2'], excepted: 1 },
        { name: 'exec-basic', differences: ['stream #1: missing x'], excepted: 0 },
      ],
      unused: [unused],
    });
  });

  it('refuses an exception without a reason', () => {
    expect(() => applyExceptions([], [{ scenario: 'a', difference: 'b', reason: ' ' }])).toThrow(/reason is missing/);
  });

  it('lets nothing fall out, and adds what rises', () => {
    const { judged } = applyExceptions(RESULTS, []);
    expect(compareWithList(judged, ['exec-basic', 'old'], { full: true })).toEqual({
      fallen: ['exec-basic'],
      gone: ['old'],
      risen: ['turn-text'],
      list: ['exec-basic', 'old', 'turn-text'],
    });
    expect(compareWithList(judged, ['exec-basic', 'old'], { full: false }).gone).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { median } from '../timing.mjs';
import { summarise, table } from '../report.mjs';

const FIGURES = {
  turn: { label: 'turn', unit: 'ms', goal: 0.5 },
  exec: { label: 'exec', unit: 'ms', goal: 1 },
  rss: { label: 'memory', unit: 'MiB', goal: null, limit: 100 },
  never: { label: 'never', unit: 'ms', goal: null },
};

describe('bench report', () => {
  it('takes the median', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 9, 1, 2])).toBe(5.5);
  });

  it('compares medians of the same runs with the goal', () => {
    const runs = {
      ours: { turn: [4, 5, 600], exec: [110], rss: [100] },
      peer: { turn: [10, 10, 10], exec: [100], rss: [50] },
    };
    const rows = summarise(FIGURES, runs);
    expect(rows.map(({ name, ours, peer, ratio, met }) => ({ name, ours, peer, ratio, met }))).toEqual([
      { name: 'turn', ours: 5, peer: 10, ratio: 0.5, met: true },
      { name: 'exec', ours: 110, peer: 100, ratio: 1.1, met: false },
      { name: 'rss', ours: 100, peer: 50, ratio: 2, met: true },
    ]);
    expect(table(rows, { peer: true }).split('\n')).toEqual([
      '        ours  peer  ratio             goal',
      'turn     5.0  10.0  0.50x      <= 0.5x met   ms',
      'exec     110   100  1.10x  <= 1.0x NOT MET   ms',
      'memory   100  50.0  2.00x   <= 100 MiB met  MiB',
    ]);
  });

  it('shows ours alone, and gaps as gaps', () => {
    const rows = summarise(FIGURES, { ours: { turn: [1], rss: [null] } });
    expect(table(rows, { peer: false }).split('\n')).toEqual(['      ours', 'turn   1.0  ms']);
  });
});

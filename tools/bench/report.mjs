import { median } from './timing.mjs';

/**
 * Rows of the table from the runs of each side: `runs[side][figure]` is a list of values. A row has the medians, their
 * ratio and whether the goal is met; what was not measured is null.
 */
export function summarise(figures, runs) {
  return Object.entries(figures).flatMap(([name, { label, unit, goal, limit = null }]) => {
    const middle = (side) => {
      const values = (runs[side]?.[name] ?? []).filter((value) => value !== null && value !== undefined);
      return values.length > 0 ? median(values) : null;
    };
    const ours = middle('ours');
    const peer = middle('peer');
    if (ours === null && peer === null) return [];
    const ratio = ours !== null && peer !== null && peer > 0 ? ours / peer : null;
    const ofLimit = limit === null || ours === null ? null : ours <= limit;
    const met = goal === null || ratio === null ? ofLimit : ratio <= goal;
    return [{ name, label, unit, ours, peer, ratio, goal, limit, met }];
  });
}

export function table(rows, { peer }) {
  const head = ['', 'ours', ...(peer ? ['peer', 'ratio', 'goal'] : []), ''];
  const lines = rows.map((row) => [
    row.label,
    number(row.ours),
    ...(peer ? [number(row.peer), row.ratio === null ? '-' : `${row.ratio.toFixed(2)}x`, goalOf(row)] : []),
    row.unit,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column].length)));
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function goalOf({ goal, limit, unit, met }) {
  if (goal !== null) return `<= ${goal.toFixed(1)}x ${verdict(met)}`;
  return limit === null ? '' : `<= ${limit} ${unit} ${verdict(met)}`;
}

function number(value) {
  if (value === null) return '-';
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

function verdict(met) {
  if (met === null) return '';
  return met ? 'met' : 'NOT MET';
}

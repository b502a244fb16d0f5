const NICKNAMES = [
  'Alder',
  'Birch',
  'Cedar',
  'Fir',
  'Hazel',
  'Ivy',
  'Juniper',
  'Larch',
  'Maple',
  'Oak',
  'Rowan',
  'Willow',
];

/** A name nobody has yet: one of `own`, or of ours where there are none; when all are taken they come again with a number. */
export function nextNickname(taken: ReadonlySet<string>, own: readonly string[]): string {
  const names = own.length > 0 ? own : NICKNAMES;
  for (let round = 1; ; round++) {
    const free = names.map((name) => (round === 1 ? name : `${name} ${round}`)).find((name) => !taken.has(name));
    if (free !== undefined) return free;
  }
}

import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyChanges, nodeFiles, type PlannedChange } from '../src/index.ts';
import { body, planned, workspace } from './workspace.ts';

const files = nodeFiles();
const line = fc
  .oneof(fc.constantFrom('', 'a', 'b', ' a', 'a ', '}', '***', '@@', '+', '-'), fc.string({ maxLength: 5 }))
  // A patch is text of lines; these two would be line ends inside of one.
  .map((text) => text.replace(/[\r\n]/g, ''));

/** A file as kept, removed and added lines: what an edit of it looks like. */
const edit = fc.array(fc.record({ text: line, change: fc.constantFrom('keep', 'keep', 'remove', 'add') }), {
  minLength: 1,
  maxLength: 20,
});

interface Edit {
  text: string;
  change: string;
}

const before = (lines: Edit[]) =>
  lines
    .filter((each) => each.change !== 'add')
    .map((each) => `${each.text}\n`)
    .join('');
const after = (lines: Edit[]) =>
  lines
    .filter((each) => each.change !== 'remove')
    .map((each) => `${each.text}\n`)
    .join('');
const prefix = { keep: ' ', remove: '-', add: '+' } as Record<string, string>;
const marked = (lines: Edit[]) => lines.map((each) => `${prefix[each.change]}${each.text}`);

function inverse(change: PlannedChange): PlannedChange {
  const { path, label } = change;
  if (change.kind === 'delete') return { kind: 'add', path, label, oldContent: null, newContent: change.oldContent };
  if (change.kind === 'add' && change.oldContent === null)
    return { kind: 'delete', path, label, oldContent: change.newContent };
  const swapped = { oldContent: change.newContent, newContent: change.oldContent ?? '' };
  if (change.kind === 'add') return { kind: 'add', path, label, ...swapped };
  return { ...change, ...swapped, path: change.moveTo ?? path, moveTo: change.moveTo === null ? null : path };
}

it('a patch made from an edit applies and gives the edited text; its inverse gives the old text back', async () => {
  await fc.assert(
    fc.asyncProperty(edit, edit, line, async (first, second, added) => {
      // A chunk without old lines is an addition at the end, which is the same only in an empty file.
      fc.pre([first, second].every((lines) => lines.some((each) => each.change !== 'add')));
      const old = { one: before(first), two: before(second), three: 'x\n' };
      const ws = workspace(old);
      const text = body(
        ...['*** Update File: one', '@@', ...marked(first)],
        ...['*** Update File: two', '*** Move to: sub/two', '@@', ...marked(second), '*** End of File'],
        ...['*** Add File: four', `+${added}`, '*** Delete File: three'],
      );
      const changes = await planned(ws, text);
      expect((await applyChanges(changes, files)).ok).toBe(true);
      expect(['one', 'two', 'sub/two', 'three', 'four'].map(ws.read)).toEqual([
        after(first),
        null,
        after(second),
        null,
        `${added}\n`,
      ]);
      expect((await applyChanges(changes.toReversed().map(inverse), files)).ok).toBe(true);
      expect(['one', 'two', 'sub/two', 'three', 'four'].map(ws.read)).toEqual([
        old.one,
        old.two,
        null,
        old.three,
        null,
      ]);
      rmSync(ws.dir, { recursive: true });
    }),
    { numRuns: 100 },
  );
});

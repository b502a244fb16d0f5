import type { PlannedChange } from './plan.ts';
import { unifiedHunks } from './unified.ts';

/** A file change as the protocol shows it. `diff` is the whole text for add and delete, unified hunks for update. */
export interface FileChange {
  path: string;
  kind: { type: 'add' } | { type: 'delete' } | { type: 'update'; move_path: string | null };
  diff: string;
}

/** One entry per touched file, sorted by path; several steps on a file appear as their sum. */
export async function toFileChanges(changes: readonly PlannedChange[]): Promise<FileChange[]> {
  const byPath = new Map<string, PlannedChange>();
  for (const change of changes) {
    const earlier = byPath.get(change.path);
    byPath.set(change.path, earlier ? await sum(earlier, change) : change);
  }
  return [...byPath.values()].map(toFileChange).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** `later` as it looks to someone who saw the file before `earlier`. */
async function sum(earlier: PlannedChange, later: PlannedChange): Promise<PlannedChange> {
  if (later.kind === 'add') return { ...later, oldContent: earlier.oldContent };
  const created = earlier.kind === 'add' && earlier.oldContent === null;
  if (later.kind === 'delete')
    return created ? later : { ...later, oldContent: earlier.oldContent ?? later.oldContent };
  if (earlier.kind === 'add' && later.moveTo === null) {
    const { path, label, newContent } = later;
    return { kind: 'add', path, label, oldContent: earlier.oldContent, newContent };
  }
  const oldContent = earlier.oldContent ?? '';
  return { ...later, oldContent, diff: await unifiedHunks(oldContent, later.newContent, 1) };
}

function toFileChange(change: PlannedChange): FileChange {
  const { path } = change;
  switch (change.kind) {
    case 'add':
      return { path, kind: { type: 'add' }, diff: change.newContent };
    case 'delete':
      return { path, kind: { type: 'delete' }, diff: change.oldContent };
    case 'update': {
      const moved = change.moveTo === null ? '' : `\n\nMoved to: ${change.moveTo}`;
      return { path, kind: { type: 'update', move_path: change.moveTo }, diff: change.diff + moved };
    }
  }
}

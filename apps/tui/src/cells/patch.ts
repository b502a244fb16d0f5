import type { FileUpdateChange, ThreadItem } from '@codex/protocol';
import { countChanges, type DiffLine, readDiff, renderDiff, wholeFile } from '../text/diff.ts';
import { relativeTo } from '../text/path.ts';
import { plainLine } from '../text/plain.ts';
import type { Look } from './look.ts';

type PatchItem = Extract<ThreadItem, { type: 'fileChange' }>;

const SHOWN_LINES = 60;
const VERBS = { add: 'Added', delete: 'Deleted', update: 'Edited' } as const;

/** A patch that is over: which files, how many lines, and the changes. */
export function renderPatch({ changes, status }: PatchItem, look: Look): string[] {
  const { theme } = look;
  if (status === 'declined' || status === 'failed') {
    const how = status === 'declined' ? 'Patch declined' : 'Patch failed';
    return [
      `${theme.bad('•')} ${theme.bold(how)}`,
      ...changes.map(({ path }) => theme.dim(`  └ ${shortPath(path, look)}`)),
    ];
  }
  return renderChanges(changes, look);
}

/** Files with their changes, one after the other. */
export function renderChanges(changes: readonly FileUpdateChange[], look: Look): string[] {
  const { theme } = look;
  return changes.flatMap((change, at) => {
    const lines = linesOf(change);
    const { added, removed } = countChanges(lines);
    const counts = `${theme.dim('(')}${theme.good(`+${added}`)} ${theme.bad(`-${removed}`)}${theme.dim(')')}`;
    const target = change.kind.type === 'update' && change.kind.move_path !== null ? change.kind.move_path : null;
    const moved = target === null ? '' : ` → ${shortPath(target, look)}`;
    const shown = look.isFull ? lines : lines.slice(0, SHOWN_LINES);
    const left = lines.length - shown.length;
    return [
      ...(at === 0 ? [] : ['']),
      `${theme.good('•')} ${theme.bold(VERBS[change.kind.type])} ${shortPath(change.path, look)}${moved} ${counts}`,
      ...renderDiff(shown, look.width - 4, theme).map((line) => `    ${line}`),
      ...(left > 0 ? [theme.dim(`    … ${left} more lines (ctrl+t shows them)`)] : []),
    ];
  });
}

function linesOf({ kind, diff }: FileUpdateChange): DiffLine[] {
  return kind.type === 'update' || diff.startsWith('@@ ') ? readDiff(diff) : wholeFile(diff, kind.type);
}

function shortPath(path: string, { folder }: Look): string {
  return plainLine(relativeTo(folder, path));
}

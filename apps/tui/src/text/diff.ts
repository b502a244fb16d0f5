import { plain } from './plain.ts';
import type { Theme } from './theme.ts';
import { padTo, widthOf, wrap } from './wrap.ts';

export interface DiffLine {
  kind: 'add' | 'delete' | 'context' | 'gap';
  /** Line number after the change, or before it for what is deleted. */
  number: number | null;
  text: string;
}

/** Reads a unified diff of one file; headers are left out, a gap stands between hunks. Never throws. */
export function readDiff(diff: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let before = 1;
  let after = 1;
  let inHunk = false;
  for (const line of diff.split('\n')) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (hunk) {
      before = Number(hunk[1]);
      after = Number(hunk[2]);
      if (inHunk) lines.push({ kind: 'gap', number: null, text: '' });
      inHunk = true;
    } else if (!inHunk || line === '' || line.startsWith('\\')) {
      continue;
    } else if (line.startsWith('+')) lines.push({ kind: 'add', number: after++, text: line.slice(1) });
    else if (line.startsWith('-')) lines.push({ kind: 'delete', number: before++, text: line.slice(1) });
    else {
      before += 1;
      lines.push({ kind: 'context', number: after++, text: line.slice(1) });
    }
  }
  return lines;
}

/** A whole file as a diff: the server tells the content of new and deleted files, not a diff. */
export function wholeFile(content: string, kind: 'add' | 'delete'): DiffLine[] {
  const lines = content.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((text, at) => ({ kind, number: at + 1, text }));
}

export function countChanges(lines: readonly DiffLine[]): { added: number; removed: number } {
  return {
    added: lines.filter(({ kind }) => kind === 'add').length,
    removed: lines.filter(({ kind }) => kind === 'delete').length,
  };
}

const MARKS = { add: '+', delete: '-', context: ' ', gap: '⋮' } as const;

/** Numbered, coloured lines of at most `width` columns. */
export function renderDiff(lines: readonly DiffLine[], width: number, theme: Theme): string[] {
  const digits = Math.max(1, ...lines.map(({ number }) => String(number ?? '').length));
  return lines.flatMap(({ kind, number, text }) => {
    const paint = kind === 'add' ? theme.good : kind === 'delete' ? theme.bad : kind === 'gap' ? theme.dim : same;
    const lead = `${String(number ?? '').padStart(digits)} `;
    const parts = wrap(plain(text), width - widthOf(lead) - 1);
    return (parts.length === 0 ? [''] : parts).map(
      (part, at) =>
        theme.dim(at === 0 ? lead : padTo('', widthOf(lead))) + paint(`${at === 0 ? MARKS[kind] : ' '}${part}`),
    );
  });
}

function same(text: string): string {
  return text;
}

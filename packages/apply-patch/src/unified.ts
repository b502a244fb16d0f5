/** Above this many changed lines the search for a small diff, whose cost grows with their square, is given up and the whole text is shown as replaced. */
const MAX_EDITS = 2000;

/** The hunks of a unified diff without file headers; empty when the texts are equal. `context` is the number of lines around a change. */
export async function unifiedHunks(before: string, after: string, context: number): Promise<string> {
  if (before === after) return '';
  const { structuredPatch } = await import('diff');
  const patch = structuredPatch('', '', before, after, undefined, undefined, { context, maxEditLength: MAX_EDITS });
  if (!patch) return replacement(before, after);
  let text = '';
  for (const hunk of patch.hunks) {
    text += `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@\n`;
    for (const line of hunk.lines) text += `${line}\n`;
  }
  return text;
}

function replacement(before: string, after: string): string {
  const removed = marked(before, '-');
  const added = marked(after, '+');
  return `@@ -${range(1, removed.count)} +${range(1, added.count)} @@\n${removed.text}${added.text}`;
}

function marked(text: string, mark: string): { count: number; text: string } {
  if (text === '') return { count: 0, text: '' };
  const whole = text.endsWith('\n');
  const lines = (whole ? text.slice(0, -1) : text).split('\n');
  const body = lines.map((line) => `${mark}${line}\n`).join('');
  return { count: lines.length, text: whole ? body : `${body}\\ No newline at end of file\n` };
}

/** An empty range names the line before it; a count of one is left out. */
function range(start: number, count: number): string {
  if (count === 0) return `${start - 1},0`;
  return count === 1 ? String(start) : `${start},${count}`;
}

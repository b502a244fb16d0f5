/** What is drawn: lines of at most the terminal's width, and where the cursor stands, or null to hide it. */
export interface Frame {
  readonly lines: readonly string[];
  readonly cursor: { readonly row: number; readonly column: number } | null;
}

/** One under the other; the cursor is that of the last part that has one. */
export function stack(...parts: readonly Frame[]): Frame {
  const lines: string[] = [];
  let cursor: Frame['cursor'] = null;
  for (const part of parts) {
    if (part.cursor) cursor = { row: lines.length + part.cursor.row, column: part.cursor.column };
    lines.push(...part.lines);
  }
  return { lines, cursor };
}

export function still(lines: readonly string[]): Frame {
  return { lines, cursor: null };
}

import type { Chunk } from './patch.ts';

/** Lines `start … start + count - 1` of the file give way to `lines`. */
interface Replacement {
  readonly start: number;
  readonly count: number;
  readonly lines: readonly string[];
}

export type ChunkMiss = { readonly missing: 'context' | 'lines'; readonly text: string };

/** The text after all chunks, or the first chunk that is not there (core spec 12.3). The result ends with a newline unless it is empty. */
export function applyChunks(
  content: string,
  chunks: readonly Chunk[],
): { ok: true; content: string } | { ok: false; miss: ChunkMiss } {
  const lines = content.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const replacements: Replacement[] = [];
  let cursor = 0;
  for (const chunk of chunks) {
    if (chunk.context !== null) {
      const at = findLines(lines, [chunk.context], cursor, false);
      if (at < 0) return { ok: false, miss: { missing: 'context', text: chunk.context } };
      cursor = at + 1;
    }
    if (chunk.oldLines.length === 0) {
      const start = lines.at(-1) === '' ? lines.length - 1 : lines.length;
      replacements.push({ start, count: 0, lines: chunk.newLines });
      continue;
    }
    const place = locate(lines, chunk, cursor);
    if (!place) return { ok: false, miss: { missing: 'lines', text: chunk.oldLines.join('\n') } };
    replacements.push(place);
    cursor = place.start + place.count;
  }
  return { ok: true, content: replaceLines(lines, replacements) };
}

function locate(lines: readonly string[], chunk: Chunk, cursor: number): Replacement | null {
  const { oldLines, newLines, atEndOfFile } = chunk;
  const at = findLines(lines, oldLines, cursor, atEndOfFile);
  if (at >= 0) return { start: at, count: oldLines.length, lines: newLines };
  if (oldLines.at(-1) !== '') return null;
  // An empty last line often stands for the end of the file, which is no line of its own.
  const shorter = oldLines.slice(0, -1);
  const retry = findLines(lines, shorter, cursor, atEndOfFile);
  if (retry < 0) return null;
  return { start: retry, count: shorter.length, lines: newLines.at(-1) === '' ? newLines.slice(0, -1) : newLines };
}

/** Additions at the end are given in order of writing but may lie above a chunk found later, hence the sort (stable). */
function replaceLines(lines: readonly string[], replacements: readonly Replacement[]): string {
  const ordered = replacements.toSorted((a, b) => a.start - b.start);
  const result: string[] = [];
  let at = 0;
  for (const { start, count, lines: added } of ordered) {
    for (; at < start; at++) result.push(lines[at] ?? '');
    for (const line of added) result.push(line);
    at += count;
  }
  for (; at < lines.length; at++) result.push(lines[at] ?? '');
  return result.map((line) => `${line}\n`).join('');
}

/** Four passes, each more forgiving than the one before. */
const PASSES: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.trimEnd(),
  (line) => line.trim(),
  (line) => foldPunctuation(line.trim()),
];

/** Index of the first place at or after `from` where `wanted` stands, or -1. With `atEnd` only the last possible place counts. */
function findLines(lines: readonly string[], wanted: readonly string[], from: number, atEnd: boolean): number {
  if (wanted.length === 0) return from;
  const last = lines.length - wanted.length;
  const start = atEnd ? Math.max(from, last) : from;
  for (const shape of PASSES) {
    const shaped = wanted.map(shape);
    for (let at = start; at <= last; at++) {
      if (shaped.every((line, i) => line === shape(lines[at + i] ?? ''))) return at;
    }
  }
  return -1;
}

/** Typographic dashes, quotes and spaces become their ASCII forms. */
function foldPunctuation(line: string): string {
  return line
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g, ' ');
}

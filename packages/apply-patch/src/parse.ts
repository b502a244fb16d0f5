import type { Chunk, Hunk, Patch, PatchError } from './patch.ts';

const BEGIN = '*** Begin Patch';
const END = '*** End Patch';
const ADD = '*** Add File: ';
const DELETE = '*** Delete File: ';
const UPDATE = '*** Update File: ';
const MOVE = '*** Move to: ';
const END_OF_FILE = '*** End of File';
const HEREDOC_OPENERS = new Set(['<<EOF', "<<'EOF'", '<<"EOF"']);

type Parsed = { ok: true; patch: Patch } | { ok: false; error: PatchError };
/** `used` counts the lines a part took. */
type Part<T> = { ok: true; value: T; used: number } | { ok: false; error: PatchError };

/**
 * Reads patch text (core spec 12.1). Lenient about blanks around the whole, about the begin and end lines and hunk headers,
 * and about a heredoc wrapper left around the text. Never throws; every refusal has the text of spec 12.2.
 */
export function parsePatch(text: string): Parsed {
  const found = bodyLines(text.trim().split(/\r?\n/));
  if (!found.ok) return found;
  const lines = found.value;
  const hunks: Hunk[] = [];
  for (let at = 0; at < lines.length; ) {
    // The begin line is line 1 of the patch.
    const hunk = parseHunk(lines, at, at + 2);
    if (!hunk.ok) return hunk;
    hunks.push(hunk.value);
    at += hunk.used;
  }
  return { ok: true, patch: { hunks } };
}

/** The lines between the begin and the end line. */
function bodyLines(lines: string[]): Part<string[]> {
  const direct = between(lines);
  if (direct.ok) return direct;
  const wrapped = lines.length >= 4 && HEREDOC_OPENERS.has(lines[0] ?? '') && (lines.at(-1) ?? '').endsWith('EOF');
  return wrapped ? between(lines.slice(1, -1)) : direct;
}

function between(lines: string[]): Part<string[]> {
  if (lines[0]?.trim() !== BEGIN) return invalidPatch(`The first line of the patch must be '${BEGIN}'`);
  if (lines.length < 2 || lines.at(-1)?.trim() !== END) {
    return invalidPatch(`The last line of the patch must be '${END}'`);
  }
  return { ok: true, value: lines.slice(1, -1), used: lines.length };
}

function parseHunk(lines: readonly string[], at: number, line: number): Part<Hunk> {
  const header = (lines[at] ?? '').trim();
  if (header.startsWith(ADD)) return parseAdd(lines, at, header.slice(ADD.length));
  if (header.startsWith(DELETE)) {
    return { ok: true, value: { kind: 'delete', path: header.slice(DELETE.length) }, used: 1 };
  }
  if (header.startsWith(UPDATE)) return parseUpdate(lines, at, line, header.slice(UPDATE.length));
  const valid = [ADD, DELETE, UPDATE].map((start) => `'${start}{path}'`).join(', ');
  return invalidHunk(line, `'${header}' is not a valid hunk header. Valid hunk headers: ${valid}`);
}

function parseAdd(lines: readonly string[], at: number, path: string): Part<Hunk> {
  let content = '';
  let used = 1;
  for (; at + used < lines.length; used++) {
    const text = lines[at + used] ?? '';
    if (!text.startsWith('+')) break;
    content += `${text.slice(1)}\n`;
  }
  return { ok: true, value: { kind: 'add', path, content }, used };
}

function parseUpdate(lines: readonly string[], at: number, line: number, path: string): Part<Hunk> {
  let used = 1;
  let moveTo: string | null = null;
  const next = lines[at + 1];
  if (next?.startsWith(MOVE)) {
    moveTo = next.slice(MOVE.length);
    used++;
  }
  const chunks: Chunk[] = [];
  while (at + used < lines.length) {
    const text = lines[at + used] ?? '';
    if (text.trim() === '') {
      used++;
      continue;
    }
    if (text.startsWith('***')) break;
    const chunk = parseChunk(lines, at + used, line + used, chunks.length === 0);
    if (!chunk.ok) return chunk;
    chunks.push(chunk.value);
    used += chunk.used;
  }
  if (chunks.length === 0) return invalidHunk(line, `Update file hunk for path '${path}' is empty`);
  return { ok: true, value: { kind: 'update', path, moveTo, chunks }, used };
}

function parseChunk(lines: readonly string[], at: number, line: number, mayOmitHeader: boolean): Part<Chunk> {
  const first = lines[at] ?? '';
  const bare = first === '@@';
  const context = first.startsWith('@@ ') ? first.slice(3) : null;
  const hasHeader = bare || context !== null;
  if (!hasHeader && !mayOmitHeader) {
    return invalidHunk(line, `Expected update hunk to start with a @@ context marker, got: '${first}'`);
  }
  const start = hasHeader ? 1 : 0;
  const oldLines: string[] = [];
  const newLines: string[] = [];
  let atEndOfFile = false;
  let taken = 0;
  for (; at + start + taken < lines.length && !atEndOfFile; taken++) {
    const text = lines[at + start + taken] ?? '';
    const rest = text.slice(1);
    if (text === END_OF_FILE) {
      if (taken === 0) break;
      atEndOfFile = true;
    } else if (text === '' || text.startsWith(' ')) {
      oldLines.push(rest);
      newLines.push(rest);
    } else if (text.startsWith('+')) newLines.push(rest);
    else if (text.startsWith('-')) oldLines.push(rest);
    else if (taken > 0) break;
    else {
      return invalidHunk(
        line + 1,
        `Unexpected line found in update hunk: '${text}'. Every line should start with ` +
          `' ' (context line), '+' (added line), or '-' (removed line)`,
      );
    }
  }
  if (taken === 0) return invalidHunk(line + 1, 'Update hunk does not contain any lines');
  return { ok: true, value: { context, oldLines, newLines, atEndOfFile }, used: start + taken };
}

function invalidPatch(reason: string): { ok: false; error: PatchError } {
  return { ok: false, error: { kind: 'format', message: `invalid patch: ${reason}` } };
}

function invalidHunk(line: number, reason: string): { ok: false; error: PatchError } {
  return { ok: false, error: { kind: 'format', message: `invalid hunk at line ${line}, ${reason}` } };
}

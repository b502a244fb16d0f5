import { type Position, positionAt, type Span } from './starlark/fault.ts';

/** Why a rules file is not accepted. */
export interface RuleError {
  /** The name the file was read under. */
  readonly origin: string;
  /** `example`: the file is well formed, but one of its examples does not come out as it says. */
  readonly kind: 'syntax' | 'example';
  readonly message: string;
  /** 1-based lines and columns, columns in characters, end exclusive. */
  readonly range: { readonly start: Position; readonly end: Position };
  /** The whole account: message, place and the line in question. */
  readonly text: string;
}

export function syntaxError(origin: string, source: string, message: string, span: Span): RuleError {
  const start = positionAt(source, span.start);
  const end = positionAt(source, Math.max(span.end, span.start));
  // Behind the last line the text, other than the range, names the beginning; clients know it so.
  const shown = span.start >= source.length && source.endsWith('\n') ? { line: 1, column: 1 } : start;
  const line = source.split('\n')[shown.line - 1]?.replace(/\r$/, '') ?? '';
  const margin = ' '.repeat(String(shown.line).length);
  const width =
    end.line === shown.line ? Math.max(1, end.column - shown.column) : Array.from(line).length - shown.column + 1;
  const marks = `${' '.repeat(shown.column - 1)}${'^'.repeat(Math.max(1, width))}`;
  const text = [
    `starlark error: error: ${message}`,
    `${margin}--> ${origin}:${shown.line}:${shown.column}`,
    `${margin} |`,
    `${shown.line} | ${line}`,
    `${margin} | ${marks}`,
    `${margin} |`,
  ].join('\n');
  return { origin, kind: 'syntax', message, range: { start, end }, text };
}

export function exampleError(origin: string, source: string, message: string, span: Span): RuleError {
  const range = { start: positionAt(source, span.start), end: positionAt(source, span.end) };
  return { origin, kind: 'example', message, range, text: message };
}

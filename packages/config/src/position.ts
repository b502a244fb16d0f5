import type { TextRange } from '@codex/protocol';
import { parse } from 'smol-toml';
import type { Path } from './decode.ts';

/** Offsets into the text; `end` is the last character's. */
interface Span {
  start: number;
  end: number;
}

interface Place {
  key: Span;
  value: Span;
}

/**
 * Where `path` stands in a document that the TOML parser has accepted, which itself does not say. When the path is
 * not there (a field is missing, say) the nearest table around it is taken. Null when nothing of it is found.
 */
export function locate(text: string, path: Path, what: 'value' | 'key'): TextRange | null {
  const places = new Scanner(text).run();
  for (let length = path.length; length > 0; length--) {
    const place = places.get(pathKey(path.slice(0, length)));
    if (place) return toRange(text, length === path.length && what === 'key' ? place.key : place.value);
  }
  return null;
}

/** A header or a pair outside of any value, in the order of the document; offsets into the text, `end` excluded. */
export interface Statement {
  kind: 'table' | 'arrayTable' | 'pair';
  /** From the root of the document; elements of arrays of tables by their index. */
  path: Path;
  start: number;
  end: number;
  /** Where the value of a pair begins; `start` for headers. */
  valueStart: number;
}

/** The statements of a document that the TOML parser has accepted. */
export function statementsOf(text: string): readonly Statement[] {
  const scanner = new Scanner(text);
  scanner.run();
  return scanner.statements;
}

/** The position, both 1-based, of an offset; columns count characters. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: Array.from(before.slice(lineStart)).length + 1 };
}

function toRange(text: string, span: Span): TextRange {
  return { start: positionAt(text, span.start), end: positionAt(text, Math.max(span.start, span.end)) };
}

function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** A walk over the text that writes down where each key and value is. It trusts the text to be valid TOML. */
class Scanner {
  private readonly text: string;
  private at = 0;
  private readonly places = new Map<string, Place>();
  readonly statements: Statement[] = [];
  /** How many elements each array of tables has so far. */
  private readonly counts = new Map<string, number>();

  constructor(text: string) {
    this.text = text;
  }

  run(): ReadonlyMap<string, Place> {
    let table: Path = [];
    for (this.skipBlank(); this.at < this.text.length; this.skipBlank()) {
      const before = this.at;
      if (this.text[this.at] === '[') {
        const kind = this.text.startsWith('[[', before) ? 'arrayTable' : 'table';
        table = this.header();
        this.statements.push({ kind, path: table, start: before, end: this.at, valueStart: before });
      } else {
        const { path, valueStart } = this.pair(table);
        this.statements.push({ kind: 'pair', path, start: before, end: this.at, valueStart });
      }
      if (this.at === before) break;
    }
    return this.places;
  }

  private header(): Path {
    const start = this.at;
    const isArray = this.text.startsWith('[[', start);
    this.at += isArray ? 2 : 1;
    const segments = this.keys();
    this.skipSpaces();
    this.at += isArray ? 2 : 1;
    const whole = { start, end: this.at - 1 };
    let path: Path = [];
    segments.forEach(({ name, span }, index) => {
      path = [...path, name];
      const last = index === segments.length - 1;
      // A header written out says more about a table than one that merely passes through it.
      if (last) this.places.set(pathKey(path), { key: span, value: whole });
      else this.note(path, { key: span, value: span });
      const count = this.counts.get(pathKey(path)) ?? 0;
      if (last && isArray) {
        this.counts.set(pathKey(path), count + 1);
        path = [...path, count];
        this.note(path, { key: span, value: whole });
      } else if (count > 0) path = [...path, count - 1];
    });
    return path;
  }

  private pair(table: Path): { path: Path; valueStart: number } {
    const segments = this.keys();
    this.skipSpaces();
    this.at += 1;
    this.skipSpaces();
    let path = table;
    segments.forEach(({ name, span }, index) => {
      path = [...path, name];
      if (index < segments.length - 1) this.note(path, { key: span, value: span });
    });
    const value = this.value(path);
    const key = segments.at(-1)?.span;
    if (key) this.note(path, { key, value });
    return { path, valueStart: value.start };
  }

  private keys(): { name: string; span: Span }[] {
    const found: { name: string; span: Span }[] = [];
    for (;;) {
      this.skipSpaces();
      const start = this.at;
      const quote = this.text[start];
      if (quote === '"' || quote === "'") this.quoted(quote);
      else this.advance(/[A-Za-z0-9_-]*/y);
      if (this.at === start) return found;
      const raw = this.text.slice(start, this.at);
      const name = quote === '"' || quote === "'" ? unquote(raw) : raw;
      found.push({ name, span: { start, end: this.at - 1 } });
      this.skipSpaces();
      if (this.text[this.at] !== '.') return found;
      this.at += 1;
    }
  }

  private value(path: Path): Span {
    const start = this.at;
    const first = this.text[start];
    if (first === '"' || first === "'") this.quoted(first);
    else if (first === '[') this.items(path);
    else if (first === '{') this.members(path);
    else {
      this.advance(/[^,\]}#\r\n]*/y);
      while (this.at > start && /[ \t]/.test(this.text[this.at - 1] ?? '')) this.at -= 1;
    }
    return { start, end: this.at - 1 };
  }

  private items(path: Path): void {
    this.at += 1;
    for (let index = 0; ; index++) {
      this.skipBlank(',');
      const start = this.at;
      if (start >= this.text.length || this.text[start] === ']') break;
      const value = this.value([...path, index]);
      if (this.at === start) return;
      this.note([...path, index], { key: value, value });
    }
    this.at += 1;
  }

  private members(path: Path): void {
    this.at += 1;
    for (;;) {
      this.skipBlank(',');
      const start = this.at;
      if (start >= this.text.length || this.text[start] === '}') break;
      this.pair(path);
      if (this.at === start) return;
    }
    this.at += 1;
  }

  private quoted(quote: string): void {
    const long = quote.repeat(3);
    const isLong = this.text.startsWith(long, this.at);
    const close = isLong ? long : quote;
    this.at += close.length;
    while (this.at < this.text.length && !this.text.startsWith(close, this.at)) {
      this.at += quote === '"' && this.text[this.at] === '\\' ? 2 : 1;
    }
    this.at += close.length;
    // Up to two more quotes may stand before the closing three.
    while (isLong && this.text[this.at] === quote) this.at += 1;
  }

  private note(path: Path, place: Place): void {
    const key = pathKey(path);
    if (!this.places.has(key)) this.places.set(key, place);
  }

  private skipSpaces(): void {
    this.advance(/[ \t]*/y);
  }

  private skipBlank(also = ''): void {
    this.advance(also ? /(?:[\s,\ufeff]|#[^\n]*)*/y : /(?:[\s\ufeff]|#[^\n]*)*/y);
  }

  private advance(pattern: RegExp): void {
    pattern.lastIndex = this.at;
    this.at += pattern.exec(this.text)?.[0].length ?? 0;
  }
}

function unquote(raw: string): string {
  try {
    const { v } = parse(`v = ${raw}`);
    return typeof v === 'string' ? v : raw;
  } catch {
    return raw;
  }
}

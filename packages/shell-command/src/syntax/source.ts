import type { List, Word } from './ast.ts';

/** Why a script could not be read to its end. */
export class SyntaxFault extends Error {}

interface PendingHeredoc {
  readonly delimiter: string;
  readonly stripTabs: boolean;
  readonly literal: boolean;
  readonly fill: (body: Word) => void;
}

/** A command may nest this deep; what nests deeper is not read. */
const MAX_DEPTH = 50;
/** Characters that may be read a second time, over the whole script. */
const MAX_REREAD = 1 << 19;
/** What going back costs at least, in characters. */
const REREAD_COST = 256;

/** The script, the place in it, and what is shared on the way down. */
export class Source {
  readonly text: string;
  readonly readList: (source: Source, ends: (source: Source) => boolean) => List;
  at = 0;
  heredocs: PendingHeredoc[] = [];
  readonly #shared: { depth: number; reread: number };

  constructor(text: string, readList: Source['readList'], parent?: Source) {
    this.text = text;
    this.readList = readList;
    this.#shared = parent ? parent.#shared : { depth: 0, reread: 0 };
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** The character here, empty at the end. */
  get char(): string {
    return this.text.charAt(this.at);
  }

  has(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  /** Steps over `text` when it stands here. */
  take(text: string): boolean {
    if (!this.has(text)) return false;
    this.at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw new SyntaxFault(`syntax error: expected ${text}`);
  }

  /** What a sticky expression finds here. */
  match(expression: RegExp): string | null {
    expression.lastIndex = this.at;
    return expression.exec(this.text)?.[0] ?? null;
  }

  nested<T>(read: () => T): T {
    if (++this.#shared.depth > MAX_DEPTH) throw new SyntaxFault('nested too deeply');
    try {
      return read();
    } finally {
      this.#shared.depth--;
    }
  }

  /** Reads, or goes back and gives null when that cannot be read. */
  attempt<T>(read: () => T | null): T | null {
    const { at, heredocs } = this;
    this.heredocs = [...heredocs];
    const depth = this.#shared.depth;
    let result: T | null = null;
    try {
      result = read();
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
    }
    if (result !== null) return result;
    this.#shared.reread += this.at - at + REREAD_COST;
    if (this.#shared.reread > MAX_REREAD) throw new SyntaxFault('too complicated');
    this.at = at;
    this.heredocs = heredocs;
    this.#shared.depth = depth;
    return null;
  }

  /** Blanks, joined lines and, at the start of a word, a comment. */
  skipBlanks(): void {
    for (;;) {
      const { char } = this;
      if (char === ' ' || char === '\t') this.at++;
      else if (char === '\\' && this.has('\\\n')) this.at += 2;
      else break;
    }
    if (this.char === '#') {
      const end = this.text.indexOf('\n', this.at);
      this.at = end < 0 ? this.text.length : end;
    }
  }
}

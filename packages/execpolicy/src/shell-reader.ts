/** A command found in a script. */
export interface FoundCommand {
  readonly words: readonly string[];
  /** No word has quotes or expansions; words with expansions stand as they are written. */
  readonly literal: boolean;
}

export interface ScriptReading {
  readonly commands: readonly FoundCommand[];
  /** How many here documents it holds from beginning to end. */
  readonly hereDocs: number;
  /** Something is redirected to or from a file, or a variable is set: it does more than its commands say. */
  readonly doesMore: boolean;
}

/** Deeper substitutions are not looked into. */
const MAX_DEPTH = 16;

/** Words after which a command begins. */
const OPENERS = new Set('if then elif else while until do ! { } time coproc'.split(' '));
/** Words that are followed by names, not by a command, up to the next separator. */
const HEADERS = new Set('for select case in esac fi done'.split(' '));
const ASSIGNMENT = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/;

/**
 * The commands a shell script may run, wherever they stand: behind redirects and assignments, in groups, substitutions,
 * background jobs, control flow, here documents. Never fails: what it cannot follow it skips, so it can only serve to
 * find more, never to clear a script.
 */
export function readScript(script: string): ScriptReading {
  const reader = new Reader(script, 0);
  reader.readAll();
  return reader;
}

interface Word {
  text: string;
  literal: boolean;
  quoted: boolean;
}

function isBare({ literal, quoted }: Word): boolean {
  return literal && !quoted;
}

class Reader {
  readonly commands: FoundCommand[] = [];
  hereDocs = 0;
  doesMore = false;
  readonly #text: string;
  readonly #depth: number;
  #at = 0;
  #words: Word[] = [];
  #waiting: { delimiter: string; expands: boolean; tabs: boolean }[] = [];

  constructor(text: string, depth: number) {
    this.#text = text;
    this.#depth = depth;
  }

  readAll(): void {
    while (this.#at < this.#text.length) this.#step();
    this.#endCommand();
  }

  #step(): void {
    const char = this.#text.charAt(this.#at);
    if (char === '\n') {
      this.#at++;
      this.#endCommand();
      this.#skipHereDocs();
    } else if (char === ' ' || char === '\t' || char === '\r') this.#at++;
    else if (char === '#') {
      const end = this.#text.indexOf('\n', this.#at);
      this.#at = end < 0 ? this.#text.length : end;
    } else if (this.#redirect()) return;
    else if (';&|()'.includes(char)) {
      this.#at++;
      this.#endCommand();
    } else this.#words.push(this.#word());
  }

  /** `2>&1`, `>> file`, `<<EOF`, `<<< text`, `&> file`; false when none stands here. */
  #redirect(): boolean {
    const pattern = /(?:\d+|\{\w+\})?(?:<<<|<<-?|<>|>>|>\||[<>]&|<(?!\()|>(?!\()|)|&>>?/y;
    pattern.lastIndex = this.#at;
    const operator = pattern.exec(this.#text)?.[0] ?? '';
    if (!/[<>]/.test(operator)) return false;
    this.#at += operator.length;
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++;
    if (this.#at >= this.#text.length || '\n;|'.includes(this.#text.charAt(this.#at))) return true;
    const target = this.#word();
    if (/^\d*<<-?$/.test(operator)) {
      this.#waiting.push({ delimiter: target.text, expands: !target.quoted, tabs: operator.endsWith('-') });
    } else if (!(operator.endsWith('&') && /^[\d-]+$/.test(target.text)) && target.text !== '/dev/null') {
      this.doesMore = true;
    }
    return true;
  }

  #skipHereDocs(): void {
    for (const { delimiter, expands, tabs } of this.#waiting) {
      let body = '';
      while (this.#at < this.#text.length) {
        const end = this.#text.indexOf('\n', this.#at);
        const line = this.#text.slice(this.#at, end < 0 ? undefined : end);
        this.#at = end < 0 ? this.#text.length : end + 1;
        if ((tabs ? line.replace(/^\t+/, '') : line) === delimiter) {
          this.hereDocs++;
          break;
        }
        body += `${line}\n`;
      }
      if (expands) this.#substitutions(body);
    }
    this.#waiting = [];
  }

  #endCommand(): void {
    let words = this.#words;
    this.#words = [];
    for (;;) {
      const [first] = words;
      if (!first) return;
      if (!first.quoted && HEADERS.has(first.text)) return;
      if (!first.quoted && first.text === 'function') words = words.slice(2);
      else if (ASSIGNMENT.test(first.text)) {
        this.doesMore = true;
        words = words.slice(1);
      } else if (!first.quoted && OPENERS.has(first.text)) words = words.slice(1);
      else break;
    }
    this.commands.push({ words: words.map((word) => word.text), literal: words.every(isBare) });
  }

  #word(): Word {
    const word: Word = { text: '', literal: true, quoted: false };
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at);
      const next = this.#text.charAt(this.#at + 1);
      if ((char === '<' || char === '>') && next === '(') this.#substitution(word, 2);
      else if (' \t\n;&|()<>'.includes(char) || (char === '\r' && next === '\n')) break;
      else this.#piece(word);
    }
    // What cannot begin a word, such as a stray bracket, must not stop the reading.
    if (word.text === '' && !word.quoted && word.literal) this.#at++;
    return word;
  }

  #piece(word: Word): void {
    const char = this.#text.charAt(this.#at);
    const next = this.#text.charAt(this.#at + 1);
    if (char === "'") this.#singleQuoted(word, this.#at + 1);
    else if (char === '"') this.#doubleQuoted(word);
    else if (char === '$' && next === "'") this.#ansiQuoted(word);
    else if (char === '$' && next === '"') this.#at++;
    else if (char === '\\') {
      if (next !== '\n') {
        word.text += next;
        word.quoted = true;
      }
      this.#at += 2;
    } else if (!this.#expansion(word)) {
      word.text += char;
      this.#at++;
    }
  }

  /** `$(…)`, `` `…` ``, `${…}`, `$name`; false when none stands here. */
  #expansion(word: Word): boolean {
    const char = this.#text.charAt(this.#at);
    const next = this.#text.charAt(this.#at + 1);
    if (char === '$' && next === '(') this.#substitution(word, 2);
    else if (char === '`') {
      const match = /`(?:\\[^]|[^`\\])*`?/y;
      match.lastIndex = this.#at;
      const raw = match.exec(this.#text)?.[0] ?? char;
      this.#inside(
        raw
          .slice(1)
          .replace(/`$/, '')
          .replace(/\\([`\\$])/g, '$1'),
      );
      this.#opaque(word, raw.length);
    } else if (char === '$' && next === '{') {
      const end = closing(this.#text, this.#at + 2, '{', '}');
      this.#substitutions(this.#text.slice(this.#at + 2, end));
      this.#opaque(word, end + 1 - this.#at);
    } else if (char === '$' && /[A-Za-z0-9_@*#?!$-]/.test(next)) {
      const name = /\$(?:\w+|[^])/y;
      name.lastIndex = this.#at;
      this.#opaque(word, name.exec(this.#text)?.[0].length ?? 1);
    } else return false;
    return true;
  }

  /** A command in brackets that open with `length` characters. */
  #substitution(word: Word, length: number): void {
    const from = this.#at + length;
    const end = closing(this.#text, from, '(', ')');
    this.#inside(this.#text.slice(from, end));
    this.#opaque(word, end + 1 - this.#at);
  }

  #opaque(word: Word, length: number): void {
    word.text += this.#text.slice(this.#at, this.#at + length);
    word.literal = false;
    this.#at += length;
  }

  #inside(script: string): void {
    if (this.#depth >= MAX_DEPTH) return;
    const inner = new Reader(script, this.#depth + 1);
    inner.readAll();
    for (const command of inner.commands) this.commands.push(command);
  }

  /** The commands in text that only substitutes, such as a here document. */
  #substitutions(text: string): void {
    if (this.#depth >= MAX_DEPTH || !/[$`]/.test(text)) return;
    const inner = new Reader(`"${text.replace(/["]/g, ' ')}"`, this.#depth + 1);
    inner.readAll();
    const own = inner.commands.at(-1);
    for (const command of inner.commands) if (command !== own) this.commands.push(command);
  }

  #singleQuoted(word: Word, from: number): void {
    const end = this.#text.indexOf("'", from);
    word.text += this.#text.slice(from, end < 0 ? undefined : end);
    word.quoted = true;
    this.#at = end < 0 ? this.#text.length : end + 1;
  }

  #ansiQuoted(word: Word): void {
    const match = /\$'((?:\\[^]|[^'\\])*)'?/y;
    match.lastIndex = this.#at;
    const [raw = '$', body = ''] = match.exec(this.#text) ?? [];
    word.text += decodeAnsi(body);
    word.quoted = true;
    this.#at += raw.length;
  }

  #doubleQuoted(word: Word): void {
    word.quoted = true;
    this.#at++;
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at);
      const next = this.#text.charAt(this.#at + 1);
      if (char === '"') {
        this.#at++;
        return;
      }
      if (char === '\\') {
        if (next !== '\n') word.text += '$`"\\'.includes(next) ? next : char + next;
        this.#at += 2;
      } else if (!this.#expansion(word)) {
        word.text += char;
        this.#at++;
      }
    }
  }
}

const ANSI: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
};

function decodeAnsi(body: string): string {
  return body.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3})|([^]))/g,
    (_all, x, u, octal, other) => {
      if (x !== undefined || u !== undefined) return String.fromCharCode(Number.parseInt(String(x ?? u), 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(String(octal), 8) & 0xff);
      return ANSI[String(other)] ?? String(other);
    },
  );
}

/** The place of the bracket that closes what was opened before `from`; the end of the text when none does. */
function closing(text: string, from: number, open: string, close: string): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (char === "'") {
      const end = text.indexOf("'", at + 1);
      if (end > 0) at = end;
    } else if (char === open) depth++;
    else if (char === close && --depth === 0) return at;
  }
  return text.length;
}

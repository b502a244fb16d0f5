/** A script that consists of plain commands only. */
export interface PlainScript {
  readonly commands: readonly (readonly string[])[];
  /** Some command feeds another through `|`. */
  readonly piped: boolean;
}

type Token = { readonly kind: 'word'; readonly text: string; readonly quoted: boolean } | Operator;
interface Operator {
  readonly kind: '&&' | '||' | '|' | ';' | 'newline';
}
type Word = Extract<Token, { kind: 'word' }>;

/**
 * Reads a script made of nothing but words joined by `&&`, `||`, `;`, `|` and line ends (core spec 14.1).
 * Null for everything else: expansions, redirections, background jobs, groups, keywords, assignments, comments, syntax errors.
 * Quotes and escapes are resolved; globs and `~` stay as written.
 * When in doubt the answer is null, since callers run plain commands without asking.
 */
export function parsePlainScript(script: string): PlainScript | null {
  const tokens = tokenize(script);
  if (!tokens) return null;
  const commands: string[][] = [];
  let current: Word[] = [];
  /** An operator that needs a command after it. */
  let pending = false;
  for (const token of tokens) {
    if (token.kind === 'word') {
      if (current.length === 0 && !canStartCommand(token)) return null;
      current.push(token);
      pending = false;
    } else if (current.length > 0) {
      commands.push(current.map((word) => word.text));
      current = [];
      pending = token.kind !== ';' && token.kind !== 'newline';
    } else if (token.kind !== 'newline') return null;
  }
  if (current.length > 0) commands.push(current.map((word) => word.text));
  if (pending || commands.length === 0) return null;
  return { commands, piped: tokens.some((token) => token.kind === '|') };
}

const RESERVED = new Set(
  (
    'if then else elif fi for while until do done case esac select in function time coproc repeat foreach end nocorrect noglob ' +
    'declare typeset export readonly local unset unsetenv ! [ [['
  ).split(' '),
);

function canStartCommand(word: Word): boolean {
  if (word.quoted) return true;
  return !RESERVED.has(word.text) && !/^[A-Za-z_]\w*(?:\[.*\])?\+?=/.test(word.text);
}

function tokenize(script: string): Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < script.length; ) {
    const char = script.charAt(at);
    if (char === ' ' || char === '\t') at++;
    else if (script.startsWith('\\\n', at)) at += 2;
    else if (char === '#') return null;
    else {
      const operator = operatorAt(script, at);
      if (operator) {
        tokens.push({ kind: operator });
        at += operator === 'newline' ? 1 : operator.length;
        continue;
      }
      const word = readWord(script, at);
      if (!word) return null;
      tokens.push(word.token);
      at = word.end;
    }
  }
  return tokens;
}

function operatorAt(script: string, at: number): Operator['kind'] | null {
  if (script.startsWith('&&', at)) return '&&';
  if (script.startsWith('||', at)) return '||';
  const char = script.charAt(at);
  if (char === '\n') return 'newline';
  return char === '|' || char === ';' ? char : null;
}

const ENDS_WORD = new Set([' ', '\t', '\n', '|', ';']);
/** What makes a bare word more than its text, or ends it in a way this reader does not follow. */
const NOT_PLAIN = new Set(['$', '`', '<', '>', '(', ')', '\r', '\0']);

function readWord(script: string, from: number): { token: Word; end: number } | null {
  let text = '';
  let quoted = false;
  let at = from;
  while (at < script.length) {
    const char = script.charAt(at);
    if (ENDS_WORD.has(char) || script.startsWith('&&', at)) break;
    if (NOT_PLAIN.has(char) || char === '&') return null;
    if (char === "'") {
      const end = script.indexOf("'", at + 1);
      if (end < 0) return null;
      text += script.slice(at + 1, end);
      quoted = true;
      at = end + 1;
    } else if (char === '"') {
      const string = readDoubleQuoted(script, at + 1);
      if (!string) return null;
      text += string.text;
      quoted = true;
      at = string.end;
    } else if (char === '\\') {
      if (at + 1 >= script.length) return null;
      const next = script.charAt(at + 1);
      if (next === '\r' || next === '\0') return null;
      if (next !== '\n') {
        text += next;
        quoted = true;
      }
      at += 2;
    } else if (char === '{') {
      // Braces around anything may expand to several words; an empty pair is literal.
      if (script.charAt(at + 1) !== '}') return null;
      text += '{}';
      at += 2;
    } else if (char === '}') return null;
    else {
      text += char;
      at++;
    }
  }
  return text.includes('\0') ? null : { token: { kind: 'word', text, quoted }, end: at };
}

/** From behind the opening quote; null when the string does not end or expands something. */
function readDoubleQuoted(script: string, from: number): { text: string; end: number } | null {
  let text = '';
  for (let at = from; at < script.length; at++) {
    const char = script.charAt(at);
    if (char === '"') return { text, end: at + 1 };
    if (char === '$' || char === '`') return null;
    if (char !== '\\') {
      text += char;
      continue;
    }
    const next = script.charAt(++at);
    if (next === '\n') continue;
    text += '$`"\\'.includes(next) ? next : char + next;
  }
  return null;
}

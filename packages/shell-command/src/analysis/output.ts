import { decodeEscapes } from '../syntax/ansi.ts';
import { isSecretPath } from './secrets.ts';
import { concat, EMPTY, type Field, HOLE, isKnown, literal, Taint, taints, type Text, UNKNOWN } from './values.ts';

const FETCHES = new Set(
  'curl wget nc ncat netcat socat telnet ftp aria2c http https lwp-request fetch lynx'.split(' '),
);

/** What a program prints, as far as it follows from its words and its input. */
export function printed(program: string, args: readonly Field[], stdin: Text, read: (path: Text) => Text): Text {
  const taint = taints(args) | stdin.taint;
  const unknown = (more: number = Taint.none): Text => ({ text: HOLE, taint: taint | more });
  switch (program) {
    case 'echo':
      return echo(args);
    case 'printf':
      return printf(args) ?? unknown();
    case ':':
    case 'true':
    case 'false':
    case 'cd':
    case 'export':
    case 'set':
      return EMPTY;
    case 'tee':
      return stdin;
    case 'cat': {
      const files = args.filter(({ text }) => text === '-' || !text.startsWith('-'));
      if (files.length === 0) return stdin;
      return concat(...files.map((file) => (file.text === '-' ? stdin : read(file))));
    }
    case 'rev':
      if (args.length > 0 || !isKnown(stdin)) return unknown();
      return {
        text: stdin.text
          .split('\n')
          .map((line) => Array.from(line).reverse().join(''))
          .join('\n'),
        taint: taint | Taint.decoded,
      };
    case 'tr':
      return unknown(isKnown(stdin) ? Taint.decoded : Taint.none);
    default:
      break;
  }
  if (decodes(program, args)) return decoded(program, args, stdin) ?? unknown(Taint.decoded);
  if (FETCHES.has(program)) return unknown(Taint.download);
  if (tellsSecrets(program, args)) return unknown(Taint.secret);
  return unknown(lists(program, args) ? Taint.listed : Taint.none);
}

/** True for commands that print names of files. */
function lists(program: string, args: readonly Field[]): boolean {
  if (program === 'find' || program === 'fd' || program === 'ls') return true;
  const searches = program === 'rg' || program === 'grep';
  if (searches) return args.some(({ text }) => /^(?:-[a-zA-Z]*[lL]|--files.*)$/.test(text));
  return program === 'git' && args[0]?.text === 'ls-files';
}

function tellsSecrets(program: string, args: readonly Field[]): boolean {
  if (args.some(({ text }) => isSecretPath(text))) return true;
  if (program === 'env' || program === 'printenv' || program === 'history' || program === 'pass') return true;
  if (program === 'gpg') return args.some(({ text }) => text.startsWith('--export-secret'));
  if (program === 'security') return args.some(({ text }) => text === '-w' || text === '-g');
  return false;
}

/** True for commands that turn unreadable text into readable one. */
function decodes(program: string, args: readonly Field[]): boolean {
  const texts = args.map(({ text }) => text);
  switch (program) {
    case 'base64':
    case 'base32':
    case 'basenc':
      return texts.some((text) => /^(?:-[a-z]*[dD]|--d)/.test(text));
    case 'xxd':
      return texts.some((text) => /^-[a-z]*r/.test(text));
    case 'openssl':
      return texts.some((text) => text === '-d');
    case 'gpg':
      return texts.some((text) => text === '-d' || text === '--decrypt');
    case 'gzip':
    case 'bzip2':
    case 'xz':
    case 'zstd':
      return texts.some((text) => /^(?:-[a-z]*d|--d)/.test(text));
    default:
      return /^(?:gunzip|zcat|bzcat|xzcat|zstdcat|bunzip2|unxz|uudecode|uncompress)$/.test(program);
  }
}

function decoded(program: string, args: readonly Field[], stdin: Text): Text | null {
  const plain = isKnown(stdin) && args.every(({ text }) => text.startsWith('-'));
  if (!plain || (program !== 'base64' && program !== 'xxd')) return null;
  const text = Buffer.from(stdin.text, program === 'xxd' ? 'hex' : 'base64').toString('utf8');
  return text.includes('\0') || text === '' ? null : { text, taint: stdin.taint | Taint.decoded };
}

function echo(args: readonly Field[]): Text {
  let at = 0;
  let escapes = false;
  let line = '\n';
  for (; /^-[neE]+$/.test(args[at]?.text ?? ''); at++) {
    const { text = '' } = args[at] ?? {};
    if (text.includes('n')) line = '';
    if (text.includes('e')) escapes = true;
  }
  const rest = args.slice(at);
  const taint = taints(rest);
  const text = rest.map((arg) => arg.text).join(' ');
  // Shells disagree whether escapes count without -e; where it matters the text is not taken to be known.
  const differs = text.includes('\\') && !escapes;
  const shown = escapes || differs ? decodeEscapes(text) : text;
  return { text: shown === null ? HOLE : shown + line + (differs && shown !== text ? HOLE : ''), taint };
}

function printf(args: readonly Field[]): Text | null {
  const [first, ...values] = args[0]?.text === '--' ? args.slice(1) : args;
  if (!first || first.text.startsWith('-')) return null;
  const format = isKnown(first) ? decodeEscapes(first.text) : null;
  if (format === null || values.length > 1000) return null;
  const parts: Text[] = [];
  let at = 0;
  do {
    const start = at;
    for (const piece of format.split(/(%.)/s)) {
      if (piece === '%%') parts.push(literal('%'));
      else if (piece === '%s' || piece === '%b') {
        const value = values[at++] ?? EMPTY;
        const escapes = piece === '%b' && isKnown(value) ? decodeEscapes(value.text) : value.text;
        parts.push(escapes === null ? UNKNOWN : { text: escapes, taint: value.taint });
      } else if (/^%./s.test(piece)) return null;
      else parts.push(literal(piece));
    }
    if (at === start) break;
  } while (at < values.length);
  return { ...concat(...parts), taint: taints(args) };
}

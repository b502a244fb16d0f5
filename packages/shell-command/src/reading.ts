import { operands, optionSet } from './operands.ts';

const AWK_OPTIONS = optionSet('-F -v -f --field-separator --assign --file');
const NL_OPTIONS = optionSet('-b -d -f -h -i -l -n -s -v -w');
const BAT_OPTIONS = optionSet(
  '--theme --language --style --terminal-width --tabs --line-range --map-syntax -l -r -m -H --highlight-line',
);
const LESS_OPTIONS = optionSet('-p -P -x -y -z -j --pattern --prompt --tabs --shift --jump-target');
const XARGS_OPTIONS = optionSet('-a -d -E -I -L -n -P -s');

/** The file a command shows, or null when it shows none or several. */
export function fileRead(words: readonly string[]): string | null {
  const [program, ...args] = words;
  switch (program) {
    case 'cat':
    case 'more':
      return only(operands(args));
    case 'bat':
    case 'batcat':
      return only(operands(args, BAT_OPTIONS));
    case 'less':
      return only(operands(args, LESS_OPTIONS));
    case 'head':
    case 'tail':
      return headOrTailFile(program, args);
    case 'awk':
      return awkFile(args);
    case 'nl':
      return operands(args, NL_OPTIONS)[0] ?? null;
    case 'sed':
      return sedFile(args);
    default:
      return null;
  }
}

function only(found: readonly string[]): string | null {
  return found.length === 1 ? (found[0] ?? null) : null;
}

function headOrTailFile(program: 'head' | 'tail', args: readonly string[]): string | null {
  const count = program === 'tail' ? /^[+-]?\d+$/ : /^-?\d+$/;
  const [first = '', second = ''] = args;
  let rest = args;
  if (first === '-n' && count.test(second)) rest = args.slice(2);
  else if (first.startsWith('-n') && count.test(first.slice(2))) rest = args.slice(1);
  else if (first.startsWith('-')) return null;
  return rest.find((arg) => !arg.startsWith('-')) ?? null;
}

function awkFile(args: readonly string[]): string | null {
  const found = operands(args, AWK_OPTIONS);
  const programInFile = args.some((arg) => arg === '-f' || arg === '--file');
  return found[programInFile ? 0 : 1] ?? null;
}

const LINE_RANGE = /^(?:\d+,)?\d+p$/;

/** `sed -n 1,9p FILE`, with or without `-e`. */
function sedFile(args: readonly string[]): string | null {
  if (!args.includes('-n')) return null;
  const scripts: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '-e' || arg === '--expression') scripts.push(args[++at] ?? '');
    else if (arg === '-f' || arg === '--file') return null;
    else if (!arg.startsWith('-')) rest.push(arg);
    else if (arg !== '-n' && arg !== '--') return null;
  }
  if (scripts.length === 0) scripts.push(rest.shift() ?? '');
  return scripts.every((script) => LINE_RANGE.test(script)) ? (rest[0] ?? null) : null;
}

const FORMATTERS = new Set(['wc', 'tr', 'cut', 'sort', 'uniq', 'tee', 'column', 'yes', 'printf']);

/** Commands that only shape what others print, and are left out beside them. */
export function isFormatting(words: readonly string[]): boolean {
  const [program = '', ...args] = words;
  if (FORMATTERS.has(program)) return true;
  switch (program) {
    case 'xargs':
      return !xargsChanges(args);
    case 'awk':
    case 'nl':
    case 'sed':
      return fileRead(words) === null;
    case 'head':
    case 'tail':
      return isCountOnly(args);
    default:
      return false;
  }
}

function isCountOnly(args: readonly string[]): boolean {
  const [first = '', second = ''] = args;
  if (args.length < 2) return first === '' || first.startsWith('-');
  return args.length === 2 && (first === '-n' || first === '-c') && /^[+-]?\d+$/.test(second);
}

const CHANGERS = new Set('rm rmdir unlink mv cp ln mkdir touch truncate tee dd install chmod chown chgrp'.split(' '));
const EDITORS = new Set(['sed', 'perl', 'ruby']);

function xargsChanges(args: readonly string[]): boolean {
  const [program = '', ...rest] = xargsCommand(args);
  if (CHANGERS.has(program)) return true;
  if (EDITORS.has(program)) return rest.some((arg) => /^-(?:[a-z]*i|-in-place)/.test(arg));
  return program === 'rg' && rest.some((arg) => arg.startsWith('--replace'));
}

function xargsCommand(args: readonly string[]): readonly string[] {
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--') return args.slice(at + 1);
    if (!arg.startsWith('-')) break;
    if (XARGS_OPTIONS.has(arg)) at++;
  }
  return args.slice(at);
}

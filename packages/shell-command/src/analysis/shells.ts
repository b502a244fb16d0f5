import { type Field, isKnown } from './values.ts';

const SHELLS = new Set('ash bash dash ksh ksh93 lksh mksh oksh rbash rksh sh yash zsh'.split(' '));

export function isShell(program: string): boolean {
  return SHELLS.has(program);
}

export interface ShellCall {
  readonly script: Field | null;
  /** A file to run, when there is no script. */
  readonly file: Field | null;
  readonly zero: Field | null;
  readonly args: readonly Field[];
  /** Starts by reading the user's own files for terminals. */
  readonly interactive: boolean;
  /** Every option was understood. */
  readonly exact: boolean;
  /** Only tells about itself. */
  readonly informs: boolean;
}

const LONG = new Set('--login --noprofile --norc --posix --restricted --noediting --verbose --debugger'.split(' '));

/** Reads the words behind the name of a shell. */
export function readShellCall(args: readonly Field[]): ShellCall {
  let takesScript = false;
  let readsInput = false;
  let interactive = false;
  let exact = true;
  let informs = false;
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at];
    const text = arg?.text ?? '';
    if (!arg || !/^[-+]./.test(text)) break;
    if (!isKnown(arg)) exact = false;
    if (text === '--') {
      at++;
      break;
    }
    if (text.startsWith('--')) {
      if (text === '--version' || text === '--help') informs = true;
      else if (text === '--rcfile' || text === '--init-file') {
        at++;
        exact = false;
      } else if (!LONG.has(text)) exact = false;
      continue;
    }
    for (const letter of text.slice(1)) {
      if (letter === 'c' && text.startsWith('-')) takesScript = true;
      else if (letter === 's') readsInput = true;
      else if (letter === 'i') interactive = true;
      else if (letter === 'o' || letter === 'O') at++;
      else if (!'abefhklmnprtuvxBCEHPTyX'.includes(letter)) exact = false;
    }
  }
  if (args[at]?.text === '-') at++;
  const [first = null, ...rest] = args.slice(at);
  const shared = { interactive, exact, informs };
  if (takesScript) return { script: first, file: null, zero: rest[0] ?? null, args: rest.slice(1), ...shared };
  if (readsInput || !first)
    return { script: null, file: null, zero: null, args: first ? [first, ...rest] : [], ...shared };
  return { script: null, file: first, zero: first, args: rest, ...shared };
}

import { type Field, HOLE, isKnown, Taint } from '../analysis/values.ts';
import { isInfluential } from '../analysis/variables.ts';
import { hasOption, plainArguments } from './arguments.ts';
import { isReadingGit } from './git.ts';

const set = (names: string) => new Set(names.split(' '));

/** Harmless whatever their arguments are. */
const ANY_ARGUMENTS = set(
  ': basename break cd continue dirname echo exit expr false logname ls nproc printf pwd return seq shift sleep true wait wc whoami',
);
/** Harmless with arguments that are known, or are the names of files that were found. */
const READERS = set(
  'cat cksum cmp column comm cut df diff du egrep expand fgrep fold getconf grep groups head id jobs join locale look md5sum nl nm ' +
    'od paste pgrep readlink realpath rev sha1sum sha224sum sha256sum sha384sum sha512sum stat strings sum tail tr tty type uname ' +
    'unexpand uptime vmstat which whereis free lscpu lsblk lsof lsb_release hexdump size factor tsort sw_vers cal arch',
);
const LINUX_ONLY = set('numfmt tac');
const FIND_ACTIONS = set('-exec -execdir -ok -okdir -delete -fls -fprint -fprint0 -fprintf -files0-from');
const TELLS_VERSION = set(
  'bash bun cargo clang cmake deno docker gcc gh git go java javac kubectl make node npm npx perl php pip pip3 pnpm python python3 rg ruby ' +
    'rustc rustup swift terraform tsc yarn zsh',
);
const NO_VALUES = set(
  'LC_ALL LC_CTYPE LANG LANGUAGE TZ COLUMNS LINES NO_COLOR FORCE_COLOR CLICOLOR CLICOLOR_FORCE TERM CI DEBIAN_FRONTEND GIT_TERMINAL_PROMPT GIT_OPTIONAL_LOCKS POSIXLY_CORRECT',
);

/** Variables that change no more than how something is printed, or that only the script itself reads. */
export function isHarmlessSetting(name: string, value: string, exported: boolean): boolean {
  if (NO_VALUES.has(name)) return true;
  if (name.endsWith('PAGER')) return value === '' || value === 'cat';
  if (isInfluential(name)) return false;
  return !exported || /^[a-z_][a-z0-9_]*$/.test(name);
}

/** True when a program with these arguments only looks. */
export function isHarmless(program: string, fields: readonly Field[], platform: string): boolean {
  const args = fields.map(({ text }) => text);
  if (program === 'printf') return args[0] !== '-v' && !(fields[0] && !isKnown(fields[0]));
  if (ANY_ARGUMENTS.has(program)) return true;
  if (program === 'test' || program === '[') return isHarmlessTest(program, fields);
  const isPlain = fields.every((each) => isKnown(each) || each.taint === Taint.listed);
  if (!isPlain) return false;
  if (READERS.has(program)) return true;
  const unsure = fields.some((each) => !isKnown(each) || (each.glob && /^[*?[]/.test(each.text)));
  if (args.length === 1 && TELLS_VERSION.has(program) && /^(?:--version|-v|-V|version)$/.test(args[0] ?? ''))
    return args[0] !== '-v' || !/^(?:bash|zsh|perl)$/.test(program);
  switch (program) {
    case 'sed':
      return isReadingSed(args);
    case 'awk':
    case 'gawk':
    case 'mawk':
      return isReadingAwk(args);
    case 'sha':
      return true;
    default:
      break;
  }
  if (unsure) return false;
  return LINUX_ONLY.has(program) ? platform === 'linux' : isHarmlessCall(program, args);
}

function isHarmlessCall(program: string, args: readonly string[]): boolean {
  switch (program) {
    case 'base64':
      return !args.some((arg) => /^(?:-o|--o)/.test(arg));
    case 'command':
      return /^-[vV]$/.test(args[0] ?? '');
    case 'date':
      return (
        !hasOption(args, 's', 'set') &&
        plainArguments(args).every((arg) => arg.startsWith('+') || hasOption(args, 'drf', 'date', 'reference'))
      );
    case 'export':
    case 'declare':
    case 'local':
    case 'readonly':
    case 'typeset':
      return args.length > 0 && args.every((arg) => /^[A-Za-z_]\w*\+?=/.test(arg));
    case 'fd':
    case 'fdfind':
      return !args.some((arg) => /^(?:-[a-zA-Z]*[xX]|--exec)/.test(arg));
    case 'file':
      return !hasOption(args, 'C', 'compile');
    case 'find':
      return !args.some((arg) => FIND_ACTIONS.has(arg));
    case 'git':
      return isReadingGit(args);
    case 'hostname':
      return plainArguments(args).length === 0 && !hasOption(args, 'bF', 'boot', 'file');
    case 'jq':
      return (
        !args.some((arg) => /^(?:-L|--library-path)/.test(arg)) && !args.some((arg) => /\benv\b|\$ENV\b/.test(arg))
      );
    case 'ps':
      // Words without a dash are options too, and `e` shows environments.
      return !args.some((arg) => /^[a-zA-Z]*e/.test(arg));
    case 'rg':
      return !args.some(
        (arg) => /^--(?:pre|hostname-bin)(?:=|$)/.test(arg) || arg === '--search-zip' || /^-[a-zA-Z]*z/.test(arg),
      );
    case 'set':
      return args.length > 0 && isHarmlessSet(args);
    case 'sort':
      return !args.some((arg) => /^(?:-[a-zA-Z]*[oTS]|--(?:o|co|t))/.test(arg));
    case 'tee':
      return args.every((arg) => arg === '-a' || /^\/dev\/(?:null|stdout|stderr)$/.test(arg));
    case 'tree':
      return !args.some((arg) => /^-[a-zA-Z]*[oR]/.test(arg));
    case 'uniq':
      return uniqOperands(args) < 2;
    case 'xxd':
      return !hasOption(args, 'r', 'revert') && plainArguments(args).length < 2;
    default:
      return false;
  }
}

function uniqOperands(args: readonly string[]): number {
  const takesNext = /^(?:-[fsw]|--skip-fields|--skip-chars|--check-chars)$/;
  return args.filter((arg, at) => !/^-./.test(arg) && !takesNext.test(args[at - 1] ?? '')).length;
}

const SHELL_OPTIONS = set('errexit nounset pipefail xtrace verbose noglob noclobber noexec errtrace posix');

function isHarmlessSet(args: readonly string[]): boolean {
  if (args[0] === '--') return true;
  return args.every((arg, at) => {
    if (/^[-+][euxvfCnETo]+$/.test(arg)) return !arg.endsWith('o') || args[at + 1] !== undefined;
    return /^[-+]\w*o$/.test(args[at - 1] ?? '') && SHELL_OPTIONS.has(arg);
  });
}

/** Options of `test` that take unknown words without evaluating them. */
function isHarmlessTest(program: string, fields: readonly Field[]): boolean {
  const all = program === '[' ? fields.slice(0, -1) : fields;
  const args = all[0]?.text === '!' ? all.slice(1) : all;
  if (args.every(isKnown)) return !args.some(({ text }) => text === '-v' || text === '-R');
  const [first, second] = args;
  if (args.length === 2) return /^-[a-uw-zA-QS-Z]$/.test(first?.text ?? '');
  return args.length === 3 && /^(?:==?|!=|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)$/.test(second?.text ?? '');
}

const SED_ADDRESS = String.raw`(?:(?:\d+|\$|/(?:[^/\\\n]|\\.)*/)(?:,(?:[+~]?\d+|\$|/(?:[^/\\\n]|\\.)*/))?\s*!?\s*)?`;
const SED_SUBSTITUTE = String.raw`[sy]([/|#,:@!%])(?:(?!\1)[^\\\n]|\\.)*\1(?:(?!\1)[^\\\n]|\\.)*\1[gpiI\d]*`;
const SED_COMMAND = new RegExp(`^\\s*${SED_ADDRESS}(?:[pdqPDgGhHxnN=]|${SED_SUBSTITUTE})\\s*$`);

/** True when a sed script does no more than print, delete and substitute, and nothing is edited in place. */
function isReadingSed(args: readonly string[]): boolean {
  const scripts: string[] = [];
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '-e' || arg === '--expression') scripts.push(args[++at] ?? '');
    else if (/^(?:-[nErsuz]+|--quiet|--silent|--regexp-extended)$/.test(arg)) continue;
    else if (/^-./.test(arg)) return false;
    else operands.push(arg);
  }
  if (scripts.length === 0) scripts.push(operands.shift() ?? '');
  if (operands.some((operand) => operand.startsWith(HOLE))) return false;
  return scripts.every(
    (script) =>
      script.length < 1000 &&
      (SED_COMMAND.test(script) || script.split(/[;\n]/).every((each) => SED_COMMAND.test(each))),
  );
}

/** True when an awk program neither writes nor runs anything. */
function isReadingAwk(args: readonly string[]): boolean {
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '-F' || arg === '-v') at++;
    else if (!/^-[Fv]./.test(arg)) break;
  }
  const program = args[at] ?? '';
  if (program === '' || program.startsWith('-') || program.includes(HOLE)) return false;
  if (args.slice(at + 1).some((arg) => /^-|^\0/.test(arg))) return false;
  return !/[>|@]|\bsystem\b|\bgetline\b|\bclose\b/.test(program.replace(/\|\||>=/g, ''));
}

import { operands, optionSet } from './operands.ts';
import { programName, shellScript, splitCommand } from './shell.ts';

const ALWAYS = new Set(
  'cat cd cut echo expr false grep head id ls nl paste pwd rev seq stat tail tr true uname wc which whoami'.split(' '),
);
const UNIQ_OPTIONS = optionSet('-f -s -w --skip-fields --skip-chars --check-chars');
const LINUX_ONLY = new Set(['numfmt', 'tac']);
const FIND_ACTIONS = new Set('-exec -execdir -ok -okdir -delete -fls -fprint -fprint0 -fprintf'.split(' '));
/** Folders whose programs are what their names say; elsewhere, say in the workspace, an `ls` may be anything. */
const SYSTEM_FOLDERS = new Set(['/bin', '/usr/bin', '/usr/local/bin', '/sbin', '/usr/sbin', '/opt/homebrew/bin']);

/**
 * True for commands that only look: these run without asking (core spec 14.2). A script is known safe when it is plain and each of its
 * commands is. Programs count by bare name, or by a path into a system folder.
 */
export function isKnownSafe(argv: readonly string[], platform: string = process.platform): boolean {
  if (shellScript(argv) !== null) {
    return splitCommand(argv)?.every((words) => isKnownSafe(words, platform)) ?? false;
  }
  const [program, ...args] = argv;
  if (program === undefined) return false;
  const name = programName(program);
  if (name !== program && !SYSTEM_FOLDERS.has(program.slice(0, -name.length - 1))) return false;
  if (ALWAYS.has(name)) return true;
  if (LINUX_ONLY.has(name)) return platform === 'linux';
  switch (name) {
    case 'base64':
      return !args.some((arg) => arg.startsWith('-o') || hasName(arg, '--output'));
    case 'find':
      return !args.some((arg) => FIND_ACTIONS.has(arg));
    case 'rg':
      return !args.some(
        (arg) => hasName(arg, '--pre') || hasName(arg, '--hostname-bin') || arg === '--search-zip' || arg === '-z',
      );
    case 'uniq':
      // A second operand is a file to write.
      return operands(args, UNIQ_OPTIONS).length < 2;
    case 'git':
      return isSafeGit(args);
    case 'sed':
      return args.length <= 3 && args[0] === '-n' && /^(?:\d+,)?\d+p$/.test(args[1] ?? '');
    default:
      return false;
  }
}

/**
 * True for commands that are asked about even where everything else runs freely (core spec 14.3): `rm` with `-f` or `-rf` as its
 * first argument, also behind `sudo` or inside a plain script.
 */
export function isDangerous(argv: readonly string[]): boolean {
  if (shellScript(argv) !== null) return splitCommand(argv)?.some(isDangerous) ?? false;
  let at = 0;
  while (argv[at] === 'sudo') at++;
  if (at > 0) return isDangerous(argv.slice(at));
  return argv[0] === 'rm' && (argv[1] === '-f' || argv[1] === '-rf');
}

/** `--name` or `--name=…`. */
function hasName(arg: string, name: string): boolean {
  return arg === name || arg.startsWith(`${name}=`);
}

const GIT_READERS = new Set(['status', 'log', 'diff', 'show', 'branch']);
const GIT_VALUE_OPTIONS = new Set(['-C', '--exec-path', '--git-dir', '--namespace', '--super-prefix', '--work-tree']);
const GIT_BRANCH_READS = new Set('--list -l --show-current -a --all -r --remotes -v -vv --verbose'.split(' '));

function isSafeGit(args: readonly string[]): boolean {
  // Settings given on the line can name programs to run.
  if (args.some((arg) => (arg.startsWith('-c') && !arg.startsWith('--')) || hasName(arg, '--config-env'))) return false;
  const at = gitSubcommandIndex(args);
  const subcommand = args[at];
  if (subcommand === undefined || !GIT_READERS.has(subcommand)) return false;
  const rest = args.slice(at + 1);
  if (rest.some(isUnsafeGitOption)) return false;
  if (subcommand !== 'branch') return true;
  return rest.every((arg) => GIT_BRANCH_READS.has(arg) || arg.startsWith('--format='));
}

const GIT_WRITES_OR_RUNS = ['--output', '--exec', '--ext-diff', '--textconv', '--paginate'];

/** Git accepts shortened option names; of those only `--text` is one of its own. */
function isUnsafeGitOption(arg: string): boolean {
  const name = arg.split('=', 1)[0] ?? '';
  return name.length > 2 && name !== '--text' && GIT_WRITES_OR_RUNS.some((unsafe) => unsafe.startsWith(name));
}

function gitSubcommandIndex(args: readonly string[]): number {
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (!arg.startsWith('-')) break;
    if (GIT_VALUE_OPTIONS.has(arg)) at++;
  }
  return at;
}

import { hasOption, plainArguments } from './arguments.ts';

const WITH_VALUE = new Set([
  '-C',
  '-c',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--exec-path',
  '--super-prefix',
  '--config-env',
]);

export interface GitCall {
  readonly global: readonly string[];
  readonly subcommand: string;
  readonly args: readonly string[];
}

export function gitCall(words: readonly string[]): GitCall {
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) break;
    if (WITH_VALUE.has(word)) at++;
  }
  return { global: words.slice(0, at), subcommand: words[at] ?? '', args: words.slice(at + 1) };
}

/** True for calls that lose work or rewrite what others have. */
export function isDestructiveGit(words: readonly string[]): boolean {
  const { subcommand, args } = gitCall(words);
  const operands = plainArguments(args);
  const has = (...options: readonly string[]) => args.some((arg) => options.includes(arg.split('=', 1)[0] ?? ''));
  switch (subcommand) {
    case 'reset':
      return has('--hard', '--merge', '--keep');
    case 'clean':
      return hasOption(args, 'f', 'force') && !hasOption(args, 'n', 'dry-run');
    case 'push':
      return (
        hasOption(args, 'fd', 'force', 'force-with-lease', 'delete', 'mirror', 'prune') ||
        operands.some((ref) => /^[+:]./.test(ref))
      );
    case 'checkout':
      return (
        hasOption(args, 'f', 'force', 'ours', 'theirs') ||
        args.includes('--') ||
        operands.some((path) => /^(?:\.{1,2}|:\/.*)\/?$/.test(path))
      );
    case 'restore':
      return !hasOption(args, 'S', 'staged') || hasOption(args, 'W', 'worktree');
    case 'switch':
      return hasOption(args, 'fC', 'force', 'discard-changes', 'force-create');
    case 'stash':
      return operands[0] === 'drop' || operands[0] === 'clear';
    case 'branch':
      return hasOption(args, 'DMf', 'force');
    case 'rm':
      return hasOption(args, 'f', 'force');
    case 'update-ref':
    case 'replace':
      return hasOption(args, 'd', 'delete');
    case 'reflog':
      return operands[0] === 'expire' || operands[0] === 'delete';
    case 'gc':
      return has('--prune');
    case 'prune':
    case 'filter-branch':
    case 'filter-repo':
      return true;
    case 'worktree':
    case 'submodule':
      return hasOption(args, 'f', 'force') && ['remove', 'deinit'].includes(operands[0] ?? '');
    case 'remote':
      return operands[0] === 'remove' || operands[0] === 'rm';
    case 'read-tree':
      return has('--reset');
    case 'checkout-index':
      return hasOption(args, 'f', 'force');
    default:
      return false;
  }
}

const READERS = new Set(
  'blame cat-file describe diff diff-tree for-each-ref grep log ls-files ls-tree merge-base name-rev rev-list rev-parse shortlog show show-ref status var whatchanged'.split(
    ' ',
  ),
);
const UNSAFE_OPTIONS = [
  '--output',
  '--exec',
  '--ext-diff',
  '--textconv',
  '--paginate',
  '--open-files-in-pager',
  '--filters',
];
const TAG_READS = /^(?:-l|--list|-n\d*|--sort=.*|--column|--format=.*)$/;
const CONFIG_READS =
  /^(?:--get|--get-all|--list|-l|--global|--local|--system|--show-origin|--show-scope|--name-only|-z|--null)$/;
const BRANCH_READS = new Set('--list -l --show-current -a --all -r --remotes -v -vv --verbose'.split(' '));

/** True for calls that only look, whatever the repository holds. */
export function isReadingGit(words: readonly string[]): boolean {
  if (
    words.some((word) => (word.startsWith('-c') && !word.startsWith('--')) || /^--config-env|^--exec-path=/.test(word))
  )
    return false;
  const { subcommand, args } = gitCall(words);
  const unsafe = (arg: string) => {
    const name = arg.split('=', 1)[0] ?? '';
    if (arg.startsWith('-O') && subcommand === 'grep') return true;
    return name.length > 2 && name !== '--text' && UNSAFE_OPTIONS.some((option) => option.startsWith(name));
  };
  if (args.some(unsafe)) return false;
  if (READERS.has(subcommand)) return true;
  const operands = plainArguments(args);
  switch (subcommand) {
    case 'branch':
      return args.every((arg) => BRANCH_READS.has(arg) || arg.startsWith('--format='));
    case 'remote':
      return args.every((arg) => arg === '-v' || arg === '--verbose') || operands[0] === 'get-url';
    case 'stash':
      return args[0] === 'list' || args[0] === 'show';
    case 'tag':
      return (
        args.length === 0 ||
        (/^(?:-l|--list)$/.test(args[0] ?? '') && args.every((arg) => !arg.startsWith('-') || TAG_READS.test(arg)))
      );
    case 'config':
      return (
        /^(?:--get|--get-all|--list|-l)$/.test(args[0] ?? '') &&
        args.every((arg) => !arg.startsWith('-') || CONFIG_READS.test(arg))
      );
    case 'reflog':
      return args.length === 0 || args[0] === 'show';
    case 'worktree':
      return args[0] === 'list';
    default:
      return subcommand === '' && words.length === 1 && words[0] === '--version';
  }
}

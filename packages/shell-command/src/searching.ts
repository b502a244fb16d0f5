import { operands, optionSet, shortPath } from './operands.ts';

/** What a command lists or searches; paths are shortened. */
export type Looking =
  | { readonly type: 'listFiles'; readonly path: string | null }
  | { readonly type: 'search'; readonly query: string | null; readonly path: string | null };

const LISTERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['ls', optionSet('-I -w --block-size --format --time-style --color --quoting-style')],
  ['eza', optionSet('-I --ignore-glob --color --sort --time-style --time')],
  ['exa', optionSet('-I --ignore-glob --color --sort --time-style --time')],
  ['tree', optionSet('-L -P -I --charset --filelimit --sort')],
  ['du', optionSet('-d --max-depth -B --block-size --exclude --time-style')],
]);
const RG_OPTIONS = optionSet(
  '-g --glob --iglob -t --type --type-add --type-not -m --max-count -A -B -C --context --max-depth',
);
const AG_OPTIONS = optionSet('-G -g --file-search-regex --ignore-dir --ignore-file --path-to-ignore');
const FD_OPTIONS = optionSet('-t --type -e --extension -E --exclude --search-path');
const GREP_OPTIONS = optionSet(
  '-m --max-count -A --after-context -B --before-context -C --context --include --exclude --exclude-dir',
);
const LS_FILES_OPTIONS = optionSet('--exclude --exclude-from --pathspec-from-file');

/** Null for commands that neither list nor search. */
export function looking(words: readonly string[]): Looking | null {
  const [program = '', ...args] = words;
  const lister = LISTERS.get(program);
  if (lister) return listing(operands(args, lister)[0]);
  switch (program) {
    case 'rg':
    case 'rga':
    case 'ripgrep-all':
      return ripgrep(args);
    case 'grep':
    case 'egrep':
    case 'fgrep':
      return grep(args);
    case 'ag':
    case 'ack':
    case 'pt':
      return searching(...operands(args, AG_OPTIONS));
    case 'fd':
      return fd(args);
    case 'find':
      return find(args);
    case 'git':
      if (args[0] === 'grep') return grep(args.slice(1));
      return args[0] === 'ls-files' ? listing(operands(args.slice(1), LS_FILES_OPTIONS)[0]) : null;
    default:
      return /^python(?:[23](?:\.\d+)?)?$/.test(program) ? python(args) : null;
  }
}

function listing(path: string | undefined): Looking {
  return { type: 'listFiles', path: path === undefined ? null : shortPath(path) };
}

function searching(query?: string, path?: string): Looking {
  return { type: 'search', query: query ?? null, path: path === undefined ? null : shortPath(path) };
}

function ripgrep(args: readonly string[]): Looking {
  const found = operands(args, RG_OPTIONS);
  return args.includes('--files') ? listing(found[0]) : searching(found[0], found[1]);
}

/** The pattern is the first operand unless an option gives it. */
function grep(args: readonly string[]): Looking {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  const at = options.findIndex((arg) => ['-e', '--regexp', '-f', '--file'].includes(arg));
  if (at < 0) return searching(...operands(args, GREP_OPTIONS));
  const rest = [...args.slice(0, at), ...args.slice(at + 2)];
  return searching(args[at + 1], operands(rest, new Set([...GREP_OPTIONS, '-e', '--regexp', '-f', '--file']))[0]);
}

function fd(args: readonly string[]): Looking {
  const [first, second] = operands(args, FD_OPTIONS);
  const isPlace = first !== undefined && (first === '.' || first === '..' || /[\\/]/.test(first));
  if (first === undefined || (second === undefined && isPlace)) return listing(first);
  return searching(first, second);
}

const FIND_TESTS = new Set(['-name', '-iname', '-path', '-regex']);

/** Start folders stand before the expression. */
function find(args: readonly string[]): Looking {
  const rest = args.slice(
    Math.max(
      0,
      args.findIndex((arg) => !['-H', '-L', '-P'].includes(arg)),
    ),
  );
  const [first] = rest;
  const path = first === undefined || /^[-!(]/.test(first) ? undefined : first;
  const at = rest.findIndex((arg) => FIND_TESTS.has(arg));
  return at >= 0 && at + 1 < rest.length ? searching(rest[at + 1], path) : listing(path);
}

const WALKERS =
  /\bos\.(?:walk|listdir|scandir)\b|\bglob\.i?glob\b|\.rglob\(|\bPath\([^)]*\)\.(?:glob|iterdir)\(|\bpathlib\.Path\b/;

function python(args: readonly string[]): Looking | null {
  const at = args.indexOf('-c');
  return at >= 0 && WALKERS.test(args[at + 1] ?? '') ? { type: 'listFiles', path: null } : null;
}

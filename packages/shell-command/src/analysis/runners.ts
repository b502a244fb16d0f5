import { type OptionSpec, readOptions, spec, splitOnce } from './options.ts';
import { type Field, field, HOLE, isKnown, Taint, type Text } from './values.ts';

/** `find` without the commands it runs, and those commands. */
export function findCommands(args: readonly Field[]): { own: Field[]; commands: Field[][] } {
  const own: Field[] = [];
  const commands: Field[][] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (!arg) continue;
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(arg.text)) {
      own.push(arg);
      continue;
    }
    const command: Field[] = [];
    for (at++; at < args.length; at++) {
      const word = args[at];
      if (!word || word.text === ';' || (word.text === '+' && command.at(-1)?.text === '{}')) break;
      command.push(word);
    }
    // Found paths begin with a start folder.
    commands.push(command.map((word) => ({ ...filled(word, '{}', './\0'), taint: word.taint | Taint.listed })));
  }
  return { own, commands };
}

function filled(word: Field, mark: string, text: string): Field {
  return word.text.includes(mark) ? { ...word, text: word.text.replaceAll(mark, text) } : word;
}

const XARGS: OptionSpec = spec(
  '0a:d:E:e::I:i::L:l::n:P:prs:txJ:oR:S:',
  'null arg-file= delimiter= eof replace= max-lines= max-args= max-procs= interactive no-run-if-empty max-chars= verbose exit show-limits open-tty process-slot-var=',
);

/** The command xargs runs, with what it reads put in. */
export function xargsCommand(args: readonly Field[], stdin: Text): { fields: Field[]; exact: boolean } {
  const { found, rest, exact } = readOptions(args, XARGS);
  const replace = found.find(({ name }) => ['I', 'i', 'replace', 'J'].includes(name));
  const fromFile = found.some(({ name }) => name === 'a' || name === 'arg-file');
  const input: Text = fromFile ? { text: HOLE, taint: Taint.none } : stdin;
  const program = rest.length > 0 ? [...rest] : [field('echo')];
  if (replace) {
    const mark = replace.value?.text || '{}';
    const text = isKnown(input) ? input.text.trim() : HOLE;
    return { fields: program.map((word) => put(word, mark, text, input.taint)), exact };
  }
  const quoted = /['"\\]/.test(input.text);
  if (!isKnown(input) || quoted) return { fields: [...program, field(HOLE, input.taint)], exact };
  const more = input.text.split(/[\s\0]+/).filter((text) => text !== '');
  return { fields: [...program, ...more.map((text) => field(text, input.taint))], exact };
}

function put(word: Field, mark: string, text: string, taint: number): Field {
  return word.text.includes(mark) ? { ...filled(word, mark, text), taint: word.taint | taint } : word;
}

/** Settings of git whose values are commands. */
const GIT_COMMANDS =
  /^(?:core\.(?:pager|editor|sshcommand|askpass|fsmonitor|gitproxy|hookspath)|pager\..*|sequence\.editor|diff\.external|diff\..*\.(?:command|textconv)|merge\..*\.driver|filter\..*\.(?:clean|smudge|process)|credential.*\.helper|(?:difftool|mergetool|browser|man)\..*\.cmd|gpg(?:\..*)?\.program|sendemail\..*cmd|uploadpack\.packobjectshook|remote\..*\.(?:uploadpack|receivepack|vcs))$/;

/** Scripts a git command line carries: aliases, pagers, editors, and those of the commands that run others. */
export function gitScripts(args: readonly Field[]): Field[] {
  const scripts: Field[] = [];
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at];
    if (!arg?.text.startsWith('-')) break;
    if (!arg.text.startsWith('-c')) {
      if (/^(?:-C|--git-dir|--work-tree|--namespace|--exec-path|--super-prefix|--config-env)$/.test(arg.text)) at++;
      continue;
    }
    const setting = arg.text === '-c' ? args[++at] : { ...arg, text: arg.text.slice(2) };
    const [key = '', value] = splitOnce(setting?.text ?? '', '=');
    if (!setting || value === undefined) continue;
    if (/^alias\./i.test(key))
      scripts.push({ ...setting, text: value.startsWith('!') ? value.slice(1) : `git ${value}` });
    else if (GIT_COMMANDS.test(key.toLowerCase())) scripts.push({ ...setting, text: value.replace(/^!/, '') });
  }
  const [subcommand, ...rest] = args.slice(at);
  const joined = (words: readonly Field[]) => ({
    ...field(words.map(({ text }) => text).join(' ')),
    taint: Taint.none,
  });
  switch (subcommand?.text) {
    case 'rebase':
      return [...scripts, ...valuesOf(rest, ['-x', '--exec'])];
    case 'bisect':
      return rest[0]?.text === 'run' ? [...scripts, joined(rest.slice(1))] : scripts;
    case 'submodule': {
      const [verb, ...script] = rest.filter(({ text }) => !/^(?:--quiet|-q|--recursive)$/.test(text));
      return verb?.text === 'foreach' ? [...scripts, joined(script)] : scripts;
    }
    case 'filter-branch':
      return [...scripts, ...rest.filter((_, nth) => rest[nth - 1]?.text.endsWith('-filter'))];
    case 'difftool':
    case 'mergetool':
      return [...scripts, ...valuesOf(rest, ['-x', '--extcmd'])];
    default:
      return scripts;
  }
}

/** The values of an option written `-x value`, `-xvalue` or `--name=value`. */
export function valuesOf(args: readonly Field[], names: readonly string[]): Field[] {
  return args.flatMap((arg, at) => {
    for (const name of names) {
      const next = args[at + 1];
      if (arg.text === name) return next ? [next] : [];
      const start = name.startsWith('--') ? `${name}=` : name;
      if (arg.text.startsWith(start)) return [{ ...arg, text: arg.text.slice(start.length) }];
    }
    return [];
  });
}

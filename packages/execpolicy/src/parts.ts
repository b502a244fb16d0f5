import { shellScript, splitCommand } from '@codex/shell-command';
import { readScript } from './shell-reader.ts';

/** What a command line consists of, for judging. */
export interface CommandParts {
  /** Judged one by one; a script that is more than plain commands stays whole. */
  readonly commands: readonly (readonly string[])[];
  /** Commands seen inside what stays whole: rules may forbid or question them. */
  readonly hidden: readonly (readonly string[])[];
  /** The one command of a script with a here document: never known safe, never proposed as an amendment. */
  readonly complex: boolean;
  /** Files are written or variables set around the command, which no rule has allowed: rules can only restrict it. */
  readonly restrictOnly: boolean;
}

/** Scripts within scripts within scripts are followed this far. */
const MAX_DEPTH = 8;

const PLAIN = { complex: false, restrictOnly: false };

/** Takes a command line apart (execpolicy specification §3). Pure. */
export function partsOf(argv: readonly string[]): CommandParts {
  const plain = splitCommand(argv);
  if (plain) return { commands: plain, hidden: plain.flatMap((words) => nestedCommands(words, 0)), ...PLAIN };
  const script = shellScript(argv) ?? '';
  const { commands, hereDocs, doesMore } = readScript(script);
  const [only] = commands;
  if (hereDocs === 1 && commands.length === 1 && only?.literal === true) {
    return { commands: [only.words], hidden: nestedCommands(only.words, 0), complex: true, restrictOnly: doesMore };
  }
  const words = commands.map((command) => command.words);
  return { commands: [argv], hidden: withNested(words, 0), ...PLAIN };
}

const SHELLS = new Set(['bash', 'sh', 'zsh', 'dash', 'ksh']);

/** The script a command hands to another shell, or to its own. */
function innerScript(words: readonly string[]): string | null {
  const [program = '', ...args] = words;
  if (program === 'eval') return args.join(' ');
  if (!SHELLS.has(program.slice(program.lastIndexOf('/') + 1))) return null;
  const flag = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  return flag < 0 ? null : (args[flag + 1] ?? null);
}

function nestedCommands(words: readonly string[], depth: number): (readonly string[])[] {
  const script = depth < MAX_DEPTH ? innerScript(words) : null;
  if (script === null) return [];
  const commands = readScript(script).commands.map((command) => command.words);
  return withNested(commands, depth + 1);
}

function withNested(commands: readonly (readonly string[])[], depth: number): (readonly string[])[] {
  return commands.flatMap((words) => [words, ...nestedCommands(words, depth)]);
}

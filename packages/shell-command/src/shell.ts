import { type PlainScript, parsePlainScript } from './script.ts';

const SHELLS = new Set(['bash', 'zsh', 'sh']);

/** The last segment of a program's path. */
export function programName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The script of `[bash|zsh|sh, -lc|-c, script]`, else null. */
export function shellScript(argv: readonly string[]): string | null {
  const [shell, flag, script] = argv;
  if (argv.length !== 3 || shell === undefined || script === undefined) return null;
  return SHELLS.has(programName(shell)) && (flag === '-lc' || flag === '-c') ? script : null;
}

/**
 * The plain commands a command line consists of (core spec 14.1): those of a shell's script, or the command itself when it is no
 * shell call. Null when the script is more than plain commands, and for an empty command line.
 */
export function splitCommand(argv: readonly string[]): string[][] | null {
  const plain = plainCommands(argv);
  return plain ? plain.commands.map((words) => [...words]) : null;
}

export function plainCommands(argv: readonly string[]): PlainScript | null {
  const script = shellScript(argv);
  if (script !== null) return parsePlainScript(script);
  return argv.length > 0 ? { commands: [argv], piped: false } : null;
}

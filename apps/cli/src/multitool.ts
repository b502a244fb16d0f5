import { ABSENT, COMMANDS, type Command, findCommand, TERMINAL } from './commands.ts';
import type { AppIo } from './io.ts';
import { parseRoot, type RootOption } from './root-options.ts';
import { VERSION } from './version.ts';

const USAGE_ERROR = 2;

type Commands = Readonly<Record<string, Command>>;

/**
 * The command line `codex`: finds the subcommand, hands it the options written before it, and answers with its exit
 * code; without one the terminal interface runs, and the first word is its prompt. Only the chosen app is loaded. A command
 * line that cannot be understood is explained on stderr, exit code 2.
 */
export async function main(
  argv: string[],
  io: AppIo,
  commands: Commands = COMMANDS,
  terminal: Command = TERMINAL,
): Promise<number> {
  const parsed = parseRoot(argv);
  switch (parsed.kind) {
    case 'version':
      io.stdout.write(`codex-cli ${VERSION}\n`);
      return 0;
    case 'help':
      io.stdout.write(helpText(commands));
      return 0;
    case 'invalid':
      return usageError(io, parsed.message);
    case 'command': {
      const { name, options, rest } = parsed;
      if (name === 'help') return runHelp(rest, io, commands);
      const command = name === null ? undefined : findCommand(commands, name);
      if (name !== null && command) return run(command, name, options, rest, io);
      if (name !== null && ABSENT.has(name)) return usageError(io, unknownCommand(name));
      // Any other word is a prompt, and what follows `--`, whatever it says.
      return run(terminal, 'codex', options, name === null ? ['--', ...rest] : [name, ...rest], io, 0);
    }
  }
}

/** `before` of the words handed over stood before the subcommand. */
async function run(
  command: Command,
  name: string,
  options: RootOption[],
  rest: string[],
  io: AppIo,
  before?: number,
): Promise<number> {
  const passed: string[] = [];
  for (const option of options) {
    const words = command.accept(option);
    if (words === null) return usageError(io, `option '${option.name}' does not apply to '${name}'`);
    passed.push(...words);
  }
  const app = await command.load();
  return app([...passed, ...rest], io, before ?? passed.length);
}

async function runHelp(rest: string[], io: AppIo, commands: Commands): Promise<number> {
  const [name, ...deeper] = rest;
  if (name === undefined || name === 'help') {
    io.stdout.write(helpText(commands));
    return 0;
  }
  const command = findCommand(commands, name);
  return command ? run(command, name, [], [...deeper, '--help'], io) : usageError(io, unknownCommand(name));
}

function unknownCommand(name: string): string {
  return ABSENT.has(name) ? `'${name}' is not part of this build` : `unknown command '${name}'`;
}

function usageError(io: AppIo, message: string): number {
  io.stderr.write(
    `error: ${message}\n\nUsage: codex [OPTIONS] [PROMPT]\n       codex [OPTIONS] <COMMAND> [ARGS]\n\nSee 'codex --help' for the commands.\n`,
  );
  return USAGE_ERROR;
}

function helpText(commands: Commands): string {
  const rows = Object.entries(commands).map(([name, { summary, aliases }]) => {
    const also = aliases.length > 0 ? ` (also: ${aliases.join(', ')})` : '';
    return `  ${name.padEnd(14)}${summary}${also}`;
  });
  return `Codex, a coding agent for the terminal, to embed and to script.

Usage: codex [OPTIONS] [PROMPT]
       codex [OPTIONS] <COMMAND> [ARGS]

Without a command the terminal interface opens, with PROMPT as the first message.

Commands:
${rows.join('\n')}
  help          Print this text, or that of a command

Options, before or after the command:
  -c, --config KEY=VALUE    Set one configuration value for this run; dotted key, TOML value
      --enable FEATURE      Switch a feature on
      --disable FEATURE     Switch a feature off
  -p, --profile NAME        Use a profile of config.toml
  -m, --model NAME          Use this model
  -s, --sandbox MODE        read-only, workspace-write or danger-full-access
  -a, --ask-for-approval W  untrusted, on-request, on-failure or never
      --full-auto           Short for -a on-request -s workspace-write
      --yolo                No questions and no sandbox; only where a machine may be lost
  -C, --cd DIR              Work in this folder
      --add-dir DIR         A further folder that may be written
  -i, --image FILE          An image that goes with the prompt
      --search              Let the model search the live web
      --oss                 Use a model on this machine; --local-provider says which
      --no-alt-screen       Show transcript and lists in the scrollback, too
  -h, --help                Print this text
  -V, --version             Print the version

'codex help COMMAND' tells more about a command.
`;
}

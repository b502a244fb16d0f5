import { ABSENT, COMMANDS, type Command, findCommand } from './commands.ts';
import type { AppIo } from './io.ts';
import { parseRoot, type RootOption } from './root-options.ts';
import { VERSION } from './version.ts';

const USAGE_ERROR = 2;

type Commands = Readonly<Record<string, Command>>;

/**
 * The command line `codex`: finds the subcommand, hands it the options written before it, and answers with its exit
 * code. Only the chosen app is loaded. A command line that cannot be understood is explained on stderr, exit code 2.
 */
export async function main(argv: string[], io: AppIo, commands: Commands = COMMANDS): Promise<number> {
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
    case 'command':
      return parsed.name === 'help'
        ? runHelp(parsed.rest, io, commands)
        : runCommand(commands, parsed.name, parsed.options, parsed.rest, io);
  }
}

async function runCommand(
  commands: Commands,
  name: string | null,
  options: RootOption[],
  rest: string[],
  io: AppIo,
): Promise<number> {
  if (name === null) return usageError(io, 'a command is needed: the interactive terminal is not part of this build');
  const command = findCommand(commands, name);
  if (!command) return usageError(io, unknownCommand(name));
  const passed: string[] = [];
  for (const option of options) {
    const words = command.accept(option);
    if (words === null) return usageError(io, `option '${option.name}' does not apply to '${name}'`);
    passed.push(...words);
  }
  const app = await command.load();
  return app([...passed, ...rest], io, passed.length);
}

async function runHelp(rest: string[], io: AppIo, commands: Commands): Promise<number> {
  const [name, ...deeper] = rest;
  if (name === undefined || name === 'help') {
    io.stdout.write(helpText(commands));
    return 0;
  }
  return runCommand(commands, name, [], [...deeper, '--help'], io);
}

function unknownCommand(name: string): string {
  return ABSENT.has(name) ? `'${name}' is not part of this build` : `unknown command '${name}'`;
}

function usageError(io: AppIo, message: string): number {
  io.stderr.write(
    `error: ${message}\n\nUsage: codex [OPTIONS] <COMMAND> [ARGS]\n\nSee 'codex --help' for the commands.\n`,
  );
  return USAGE_ERROR;
}

function helpText(commands: Commands): string {
  const rows = Object.entries(commands).map(([name, { summary, aliases }]) => {
    const also = aliases.length > 0 ? ` (also: ${aliases.join(', ')})` : '';
    return `  ${name.padEnd(14)}${summary}${also}`;
  });
  return `Codex, a coding agent to embed and to script.

Usage: codex [OPTIONS] <COMMAND> [ARGS]

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
  -h, --help                Print this text
  -V, --version             Print the version

'codex help COMMAND' tells more about a command.
`;
}

import type { AppIo } from './io.ts';

const USAGE_ERROR = 2;
const HELP = `Look at what rules files make of commands

Usage: codex execpolicy <COMMAND>

Commands:
  check  Say as JSON which rules match a command, and with what decision
  help   Print this text
`;

/** `codex execpolicy check …` (execpolicy specification §9). */
export async function execpolicy(argv: string[], io: AppIo): Promise<number> {
  const [name, ...rest] = withoutSettings(argv);
  if (name === '--help' || name === '-h' || (name === 'help' && !rest.length)) {
    io.stdout.write(HELP);
    return 0;
  }
  const args = name === 'help' && rest[0] === 'check' ? ['--help'] : name === 'check' ? rest : null;
  if (args === null) {
    io.stderr.write(name === undefined ? HELP : `error: unknown command '${name}'\n\n${HELP}`);
    return USAGE_ERROR;
  }
  const { runCheck } = await import('@codex/execpolicy');
  const { exitCode, stdout, stderr } = await runCheck(args, io.cwd);
  io.stdout.write(stdout);
  io.stderr.write(stderr);
  return exitCode;
}

/** Settings of the whole program may stand in front; they mean nothing here. */
function withoutSettings(argv: string[]): string[] {
  const [first] = argv;
  if (first === '-c' || first === '--config' || first === '--enable' || first === '--disable') {
    return withoutSettings(argv.slice(2));
  }
  return first && /^--(config|enable|disable)=/.test(first) ? withoutSettings(argv.slice(1)) : argv;
}

import { toMessage } from '@codex/base';
import { parseArguments } from './arguments.ts';
import { type AppIo, VERSION } from './io.ts';

/**
 * The app-server: arguments without the program and subcommand name; resolves to the exit code once everything is
 * written. 0 after the end of stdin or a drain, 2 for a command line that cannot be understood, 1 for other faults.
 */
export async function main(argv: string[], io: AppIo): Promise<number> {
  const parsed = parseArguments(argv);
  switch (parsed.kind) {
    case 'help':
      io.stdout.write((await import('./help.ts')).HELP);
      return 0;
    case 'version':
      io.stdout.write(`codex-app-server ${VERSION}\n`);
      return 0;
    case 'invalid':
      return usageError(io, parsed.message);
    case 'generate':
      return attempt(io, async () => (await import('./generate.ts')).generate(parsed, io.cwd));
    case 'serve': {
      const { listen } = parsed;
      return attempt(io, async () =>
        listen.kind === 'stdio'
          ? (await import('./serve.ts')).serveStdio(parsed, io)
          : (await import('./serve-web-socket.ts')).serveWebSocket({ ...parsed, ...listen }, io),
      );
    }
  }
}

async function attempt(io: AppIo, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    io.stderr.write(`Error: ${toMessage(error)}\n`);
    return 1;
  }
}

function usageError(io: AppIo, message: string): number {
  io.stderr.write(`error: ${message}\n\nUsage: codex app-server [OPTIONS]\n\nFor more information, try '--help'.\n`);
  return 2;
}

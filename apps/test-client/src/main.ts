import { ConnectionClosed, RpcError } from '@codex/app-server-client';
import { isAbort, toMessage } from '@codex/base';
import { parseArguments } from './arguments.ts';
import type { AppIo } from './io.ts';
import { runCommand } from './run.ts';

const HELP = `Drives an app-server by hand and shows the traffic: → what is sent, ← what comes back.

Usage: codex test-client [OPTIONS] send TEXT              One turn on a new thread
       codex test-client [OPTIONS] resume THREAD TEXT     One turn on a stored thread
       codex test-client [OPTIONS] request METHOD [JSON]  One request and its answer

Options:
      --server COMMAND   Shell command that serves on stdin and stdout (default: this program's app-server)
      --show WHAT        summary (default): one short line per message; all: whole messages
      --approve HOW      How questions are answered: accept, decline (default), cancel, or ask on stdin
  -h, --help             Print this text

Exit codes: 0 the turn completed or the request was answered, 1 it failed, 2 the command line is wrong.
`;

/** A client to try the app-server with; arguments without the program and subcommand name. Resolves to the exit code. */
export async function main(argv: string[], io: AppIo): Promise<number> {
  const args = parseArguments(argv);
  switch (args.kind) {
    case 'help':
      io.stdout.write(HELP);
      return 0;
    case 'invalid':
      io.stderr.write(`error: ${args.message}\n\nFor more information, try '--help'.\n`);
      return 2;
    case 'run':
      break;
  }
  try {
    return await runCommand(args.command, args.options, io);
  } catch (error) {
    if (!(error instanceof RpcError) && !(error instanceof ConnectionClosed) && !isAbort(error)) throw error;
    io.stderr.write(`Error: ${toMessage(error)}\n`);
    return 1;
  }
}

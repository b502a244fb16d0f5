import { main } from './multitool.ts';

/** What writing to a reader that is gone answers. */
const CLOSED: ReadonlySet<string> = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

/** The program: runs the multitool on this process and ends it when all output is out. */
async function run(): Promise<void> {
  // Output that cannot be written must not end a run that still has files to write. A reader that went away is no
  // failure, a full disk is.
  let outputError: NodeJS.ErrnoException | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!CLOSED.has(error.code ?? '')) outputError ??= error;
    });
  }
  let code = 1;
  try {
    code = await main(process.argv.slice(2), {
      // Opened by whoever reads it: a millisecond that most starts do not need.
      get stdin() {
        return process.stdin;
      },
      stdout: process.stdout,
      stderr: process.stderr,
      env: process.env,
      cwd: await currentFolder(),
    });
  } catch (error) {
    const { isCodexError, toMessage } = await import('@codex/base');
    const text = error instanceof Error && !isCodexError(error) ? (error.stack ?? error.message) : toMessage(error);
    process.stderr.write(`codex: ${text}\n`);
  }
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
  if (outputError) {
    process.stderr.write(`codex: cannot write output: ${outputError.message}\n`);
    code ||= 1;
  }
  process.exit(code);
}

async function currentFolder(): Promise<string> {
  try {
    return process.cwd();
  } catch (cause) {
    const { CodexError } = await import('@codex/base');
    throw new CodexError('invalidRequest', 'the current folder does not exist any more; change to another one', {
      cause,
    });
  }
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

void run();

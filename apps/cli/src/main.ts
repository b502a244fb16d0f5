import { main } from './multitool.ts';

/** The program: runs the multitool on this process and ends it when all output is out. */
async function run(): Promise<void> {
  // A reader that goes away must not end a run that still has files to write; the app sees the failed write.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  let code = 1;
  try {
    const { stdin, stdout, stderr, env } = process;
    code = await main(process.argv.slice(2), { stdin, stdout, stderr, env, cwd: process.cwd() });
  } catch (error) {
    const { isCodexError } = await import('@codex/base');
    const text = isCodexError(error) || !(error instanceof Error) ? String(error) : (error.stack ?? String(error));
    process.stderr.write(`codex: ${text}\n`);
  }
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
  process.exit(code);
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

void run();

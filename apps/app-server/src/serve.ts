import { homedir } from 'node:os';
import { resolveHome } from '@codex/config';
import { createServer } from '@codex/server';
import type { Setting } from './arguments.ts';
import { createLog } from './log.ts';
import { type AppIo, VERSION } from './io.ts';
import { toOverrides } from './settings.ts';
import { catchSignals } from './signals.ts';
import { stdioChannel } from './stdio.ts';

/**
 * Serves one client on stdin and stdout until the input ends or a signal comes; then answers what was asked, ends the
 * threads, and resolves to the exit code (app-server specification §3.1, §3.4).
 */
export async function serveStdio(
  options: { settings: readonly Setting[]; profile: string | undefined },
  io: AppIo,
): Promise<number> {
  const { env, cwd } = io;
  const overrides = toOverrides(options.settings);
  const home = resolveHome(env, homedir());
  const log = createLog(io.stderr, env);
  const channel = stdioChannel({ input: io.stdin, output: io.stdout, log });
  const signals = catchSignals(() => channel.endInput());
  try {
    const server = createServer({
      home,
      cwd,
      env,
      overrides,
      ...(options.profile === undefined ? {} : { profile: options.profile }),
      // What a client on stdio is taken for, whoever it is.
      sessionSource: 'vscode',
      transport: 'stdio',
      version: VERSION,
      honourApiKeyEnv: false,
      log,
    });
    await server.connect(channel, { name: 'stdio' }).closed;
    await server.close();
    await channel.flushed();
  } finally {
    await log.flush();
    signals.stop();
  }
  return signals.exitCode;
}

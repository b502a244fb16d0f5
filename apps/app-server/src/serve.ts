import { homedir } from 'node:os';
import { type OverrideFlag, readOverrides, resolveHome } from '@codex/config';
import { createServer, type Server } from '@codex/server';
import { collectGarbage } from './collect-garbage.ts';
import { createLog, type Log } from './log.ts';
import { type AppIo, VERSION } from './io.ts';
import { catchSignals } from './signals.ts';
import { stdioChannel } from './stdio.ts';

export interface ServeOptions {
  settings: readonly OverrideFlag[];
  profile: string | undefined;
}

/** The server of this process. Throws CodexError `config` for settings that mean nothing. */
export function openServer(options: ServeOptions, io: AppIo, transport: 'stdio' | 'websocket', log: Log): Server {
  return createServer({
    home: resolveHome(io.env, homedir()),
    cwd: io.cwd,
    env: io.env,
    overrides: readOverrides(options.settings),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    // What a client of the app-server is taken for, whoever it is.
    sessionSource: 'vscode',
    transport,
    version: VERSION,
    honourApiKeyEnv: false,
    log,
    keepLog: log.keep,
    collectGarbage: () => void collectGarbage(),
  });
}

/**
 * Serves one client on stdin and stdout until the input ends or a signal comes; then answers what was asked, ends the
 * threads, and resolves to the exit code (app-server specification §3.1, §3.4).
 */
export async function serveStdio(options: ServeOptions, io: AppIo): Promise<number> {
  const log = createLog(io.stderr, io.env);
  const server = openServer(options, io, 'stdio', log);
  const channel = stdioChannel({ input: io.stdin, output: io.stdout, log });
  const signals = catchSignals(() => channel.endInput());
  try {
    await server.connect(channel, { name: 'stdio' }).closed;
    await server.close();
    await channel.flushed();
  } finally {
    await log.flush();
    signals.stop();
  }
  return signals.exitCode;
}

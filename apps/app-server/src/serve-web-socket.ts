import { BlockList, isIPv6 } from 'node:net';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { systemClock, systemCode } from '@codex/base';
import type { AppIo } from './io.ts';
import { createLog } from './log.ts';
import { openServer, type ServeOptions } from './serve.ts';
import { catchSignals } from './signals.ts';
import { openSocketAuth } from './socket-auth.ts';
import type { SocketAuthOptions } from './socket-auth-options.ts';
import { type Listener, type ListenOptions, listenWebSocket } from './web-socket.ts';

/**
 * Serves any number of clients over websockets. The first SIGINT or SIGTERM lets the running turns end, with everything
 * else going on meanwhile, and then closes; the second ends it at once. Resolves to the exit code, 0 either way
 * (app-server specification §3.2, §3.4).
 */
export async function serveWebSocket(
  options: ServeOptions & { host: string; port: number; auth: SocketAuthOptions },
  io: AppIo,
): Promise<number> {
  const auth = await openSocketAuth(options.auth, { cwd: io.cwd, clock: systemClock });
  const log = createLog(io.stderr, io.env);
  const server = openServer(options, io, 'websocket', log);
  const asked = gate();
  const forced = gate();
  // A server that was started with nohup is to live on. Node forgets that SIGHUP was to be ignored, but nohup also takes
  // the terminal away from stdin.
  const signals = catchSignals(asked.open, { onSecond: forced.open, ignoreHangUp: !isatty(0) });
  let listener: Listener | undefined;
  try {
    listener = await listen({
      host: options.host,
      port: options.port,
      ...{ log, auth },
      onConnection: (channel, number) => void server.connect(channel, { name: `ws-${number}` }),
    });
    io.stderr.write(banner(listener, auth !== null));
    await asked.opened;
    const turns = server.runningTurns;
    if (turns > 0) io.stderr.write(`waiting for ${turns} running turn(s); a second signal ends them at once\n`);
    await Promise.race([wind(server, listener), forced.opened]);
    return 0;
  } finally {
    listener?.abandon();
    await log.flush();
    signals.stop();
  }
}

const UNGUARDED = `
WARNING: whoever reaches this address may run commands here as you. There is no authentication.
Ask for a token with \`--ws-auth capability-token --ws-token-file FILE\`, or listen on 127.0.0.1.

`;

/** Every turn ends, every client has read how, everything is written down. */
async function wind(server: ReturnType<typeof openServer>, listener: Listener): Promise<void> {
  await server.drain();
  listener.stop();
  await server.close();
  await listener.close();
}

async function listen(options: ListenOptions): Promise<Listener> {
  try {
    return await listenWebSocket(options);
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'EADDRINUSE') throw error;
    const { host, port } = options;
    throw new Error(`Address in use (os error ${constants.errno.EADDRINUSE}): ${authority(host, port)}`, {
      cause: error,
    });
  }
}

function banner({ host, port }: Listener, isGuarded: boolean): string {
  const place = authority(host, port);
  const isLocal = isLoopback(host);
  const note = isLocal
    ? 'binds localhost only (use SSH port-forwarding for remote access)'
    : 'this is a raw WS server; put TLS in front of it';
  return [
    'codex app-server (WebSockets)',
    `  listening on: ws://${place}`,
    `  readyz: http://${place}/readyz`,
    `  healthz: http://${place}/healthz`,
    `  note: ${note}\n`,
    ...(isLocal || isGuarded ? [] : [UNGUARDED]),
  ].join('\n');
}

function authority(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

function isLoopback(host: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

import type { Socket } from 'node:net';
import { type Clock, systemCode } from '@codex/base';
import { admit, type GateDeps } from './gate.ts';
import { type Authority, normalizeHost } from './host.ts';
import { attend, join, openTunnel } from './tunnel.ts';
import type { Upstream } from './upstream.ts';

export interface SocksDeps {
  gate: GateDeps;
  clock: Clock;
  upstream(scheme: 'http' | 'https'): Upstream | null;
}

const VERSION = 5;
const NO_AUTH = 0;
const NO_METHOD = 0xff;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

/** RFC 1928, section 6. */
const REPLY = {
  done: 0,
  failed: 1,
  notAllowed: 2,
  unreachable: 4,
  refused: 5,
  noCommand: 7,
  noAddressType: 8,
} as const;
const HANDSHAKE_MS = 30_000;

/**
 * Serves one SOCKS5 client: connections over TCP, no authentication. UDP and listening are answered with "command not
 * supported". Never rejects.
 */
export async function serveSocks(socket: Socket, deps: SocksDeps): Promise<void> {
  const late = deps.clock.timer(HANDSHAKE_MS, () => socket.destroy());
  const read = reader(socket);
  const reply = (code: number) => socket.write(Uint8Array.of(VERSION, code, 0, IPV4, 0, 0, 0, 0, 0, 0));
  const refuse = (code: number) => {
    reply(code);
    socket.end();
  };
  try {
    const [version, count = 0] = await read(2);
    const methods = await read(count);
    if (version !== VERSION || !methods.includes(NO_AUTH)) {
      socket.end(Uint8Array.of(VERSION, NO_METHOD));
      return;
    }
    socket.write(Uint8Array.of(VERSION, NO_AUTH));
    const [again, command, , kind] = await read(4);
    if (again !== VERSION) return void socket.destroy();
    const target = await readTarget(read, kind);
    late();
    if (target === 'noAddressType') return refuse(REPLY.noAddressType);
    if (command !== CONNECT) return refuse(REPLY.noCommand);
    if (!target) return refuse(REPLY.unreachable);

    const waiting = attend(socket);
    const { signal } = waiting;
    const upstream = deps.upstream('https');
    const asked = { protocol: 'socks5_tcp', ...target, method: null } as const;
    const admission = await admit(asked, deps.gate, { signal, byName: upstream !== null });
    if (admission.kind === 'blocked') return refuse(REPLY.notAllowed);
    if (admission.kind === 'unreachable') return refuse(REPLY.unreachable);
    const far = await openTunnel({ ...target, lookup: admission.lookup, upstream }, { clock: deps.clock, signal });
    waiting.done();
    reply(REPLY.done);
    join(socket, far);
  } catch (error) {
    refuse(systemCode(error) === 'ECONNREFUSED' ? REPLY.refused : REPLY.failed);
  } finally {
    late();
  }
}

async function readTarget(
  read: (bytes: number) => Promise<Buffer>,
  kind: number | undefined,
): Promise<Authority | 'noAddressType' | null> {
  let text: string;
  if (kind === IPV4) text = (await read(4)).join('.');
  else if (kind === IPV6) text = ((await read(16)).toString('hex').match(/.{4}/g) ?? []).join(':');
  else if (kind === NAME) text = (await read((await read(1))[0] ?? 0)).toString('latin1');
  else return 'noAddressType';
  const port = (await read(2)).readUInt16BE();
  const host = normalizeHost(text);
  return host === null || port === 0 ? null : { host, port };
}

/** Reads exactly so many bytes at a time, and leaves the rest in the socket. Rejects when it ends before. */
function reader(socket: Socket): (bytes: number) => Promise<Buffer> {
  return (bytes) =>
    new Promise((resolve, reject) => {
      if (bytes === 0) return resolve(Buffer.alloc(0));
      const attempt = () => {
        const chunk = socket.read(bytes) as Buffer | null;
        if (chunk?.length === bytes) settle(() => resolve(chunk));
        else if (socket.readableEnded || socket.destroyed) settle(() => reject(new Error('the client is gone')));
      };
      const settle = (finish: () => void) => {
        for (const event of ['readable', 'end', 'close']) socket.off(event, attempt);
        finish();
      };
      for (const event of ['readable', 'end', 'close']) socket.on(event, attempt);
      attempt();
    });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { Server } from 'node:net';
import { type Clock, toMessage } from '@codex/base';
import type { CommandNetwork } from '../isolation.ts';

/** A network namespace with nothing in it but one port that leads to us. */
export interface NetworkRoom {
  /** What to put in front of a command line to start it inside. */
  enter: readonly string[];
}

const OPEN_MS = 10_000;

/** Runs inside, before any command: listens, hands the listening socket over, and waits to be ended. */
const DOORKEEPER = `
const server = require('node:net').createServer();
server.listen(Number(process.argv[1]), '127.0.0.1', () => process.send({ pid: process.pid }, server));
process.on('disconnect', () => process.exit());
`;

/**
 * Makes a namespace whose loopback has `network.port` open: what connects to it inside arrives at `network.accept` out
 * here, and there is no other way out. No process stays; the namespace lasts as long as `network.signal` has not aborted
 * and commands in it run. Rejects with an Error that says what is missing. Takes some 80 ms.
 */
export async function openRoom(
  programs: { bwrap: string; nsenter: string },
  network: CommandNetwork,
  clock: Clock,
): Promise<NetworkRoom> {
  const inside = ['--unshare-user', '--unshare-net', '--cap-drop', 'ALL', '--die-with-parent', '--dev-bind', '/', '/'];
  const child = spawn(programs.bwrap, [...inside, '--', process.execPath, '-e', DOORKEEPER, String(network.port)], {
    cwd: '/',
    env: { ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const said = lastWords(child);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const opened: number[] = [];
  let server: Server | undefined;
  const close = () => {
    server?.close();
    for (const fd of opened.splice(0)) closeSync(fd);
  };
  const stop = clock.timer(OPEN_MS, () => child.kill('SIGKILL'));
  try {
    const received = await new Promise<{ pid: number; server: Server }>((resolve, reject) => {
      const fail = () => reject(new Error(`no network for commands: ${said() || 'its namespace was not made'}`));
      child.once('message', (message: unknown, handle: unknown) => {
        const { pid } = message as { pid: number };
        if (handle instanceof Server) resolve({ pid, server: handle });
        else fail();
      });
      child.once('error', (error) =>
        reject(new Error(`no network for commands: ${toMessage(error)}`, { cause: error })),
      );
      child.once('exit', fail);
    });
    server = received.server;
    // The type does not know it: clients may end their half and still read.
    Object.assign(server, { allowHalfOpen: true });
    // Commands keep the process alive as long as they run; a door alone does not.
    server.unref();
    server.on('connection', (socket) => network.accept(socket));
    for (const kind of ['user', 'net']) opened.push(openSync(`/proc/${received.pid}/ns/${kind}`, 'r'));
  } catch (error) {
    close();
    throw error;
  } finally {
    stop();
    child.kill('SIGKILL');
    await gone;
  }
  const [user, net] = opened.map((fd) => `/proc/${process.pid}/fd/${fd}`);
  const enter = [programs.nsenter, '--preserve-credentials', `--user=${user}`, `--net=${net}`, '--'];
  const problem = await whyNotEntered(enter, programs.bwrap, clock);
  if (problem !== null) {
    close();
    throw new Error(`no network for commands: ${programs.nsenter} does not work here: ${problem}`);
  }
  if (network.signal.aborted) close();
  else network.signal.addEventListener('abort', close, { once: true });
  return { enter };
}

/** Goes in once, or a system that forbids it would speak in the output of commands. */
async function whyNotEntered(enter: readonly string[], bwrap: string, clock: Clock): Promise<string | null> {
  const [program = '', ...args] = enter;
  const child = spawn(program, [...args, bwrap, '--version'], {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = lastWords(child);
  const stop = clock.timer(OPEN_MS, () => child.kill('SIGKILL'));
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
    child.once('error', () => resolve(null));
  });
  stop();
  return code === 0 ? null : said() || 'it ended before the command';
}

function lastWords(child: ChildProcess): () => string {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-1000);
  });
  return () => said.trim();
}

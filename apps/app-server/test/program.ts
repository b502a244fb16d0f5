import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Bundler {
  bundle: (options: { entry: string; folder: string; loader: string }) => Promise<string>;
}

/** The app as a program of its own, made from the sources with the repository's bundler. */
export async function buildProgram(entry: string): Promise<{ path: string; home: string; remove(): void }> {
  const build = new URL('../../../tools/build/', import.meta.url);
  const { bundle } = (await import(new URL('bundle.mjs', build).href)) as Bundler;
  const folder = mkdtempSync(join(tmpdir(), 'app-server-test-'));
  await bundle({
    entry: fileURLToPath(new URL(entry, import.meta.url)),
    folder: join(folder, 'program'),
    loader: fileURLToPath(new URL('loader.cjs', build)),
  });
  const home = mkdtempSync(join(folder, 'home-'));
  return {
    path: join(folder, 'program/main.cjs'),
    home,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Running {
  child: ChildProcessWithoutNullStreams;
  /** Messages in order, waiting for more until the program ends. */
  messages: AsyncIterable<{ id?: number; method?: string; result?: unknown; error?: { message: string } }>;
  /** Resolves when the program has ended. */
  ended: Promise<{ code: number | null; signal: string | null; stderr: string }>;
  send(...messages: object[]): void;
}

export function start(program: string, home: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, CODEX_HOME: home, ...env },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  return {
    child,
    messages: parse(child.stdout),
    ended: new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, stderr }))),
    send: (...messages) => {
      child.stdin.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
    },
  };
}

async function* parse(stdout: AsyncIterable<Uint8Array>): AsyncGenerator<Record<string, never>> {
  let text = '';
  for await (const chunk of stdout) {
    text += Buffer.from(chunk).toString('utf8');
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}

export const INITIALIZE = { id: 0, method: 'initialize', params: { clientInfo: { name: 'test', version: '1' } } };

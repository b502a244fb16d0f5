import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type MockModel, type Step, startMockModel } from '@codex/mock-model';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

interface Bundler {
  bundle: (options: { entry: string; folder: string; loader: string }) => Promise<string>;
}

/** Bundles a program, the whole one by default, into a folder, as a release has it; resolves to the file to run. */
export async function buildProgram(folder: string, entry = '../../cli/src/main.ts'): Promise<string> {
  const build = new URL('../../../tools/build/', import.meta.url);
  const { bundle } = (await import(new URL('bundle.mjs', build).href)) as Bundler;
  await bundle({
    entry: fileURLToPath(new URL(entry, import.meta.url)),
    folder,
    loader: fileURLToPath(new URL('loader.cjs', build)),
  });
  return join(folder, 'loader.cjs');
}

export interface Bench {
  model: MockModel;
  home: string;
  folder: string;
  env: Record<string, string>;
  /** Starts the program in a terminal of its own. */
  codex: (args?: string[], options?: { columns?: number; rows?: number; env?: Record<string, string> }) => Tty;
  close(): Promise<void>;
}

/** A home that trusts its work folder and leads to a scripted model. */
export async function bench(program: string, steps: Step[], options: { trusted?: boolean } = {}): Promise<Bench> {
  const model = await startMockModel({ steps });
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'tui-test-')));
  const home = join(root, 'home');
  const folder = join(root, 'work');
  mkdirSync(home);
  mkdirSync(folder);
  const trust = options.trusted === false ? '' : `[projects."${folder}"]\ntrust_level = "trusted"\n`;
  writeFileSync(
    join(home, 'config.toml'),
    `model = "gpt-5.4"\nmodel_provider = "mock"\nsandbox_mode = "danger-full-access"\napproval_policy = "untrusted"\n[model_providers.mock]\nname = "mock"\nbase_url = "${model.url}/v1"\nwire_api = "responses"\nstream_max_retries = 0\nrequest_max_retries = 0\n${trust}`,
  );
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    CODEX_HOME: home,
    SHELL: '/bin/sh',
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
  };
  const ttys: Tty[] = [];
  return {
    model,
    home,
    folder,
    env,
    codex(args = [], { columns = 80, rows = 30, env: more = {} } = {}) {
      const tty = openTty([process.execPath, program, ...args], {
        columns,
        rows,
        cwd: folder,
        env: { ...env, ...more },
      });
      ttys.push(tty);
      return tty;
    },
    async close() {
      for (const tty of ttys) tty.kill();
      await Promise.all(ttys.map((tty) => tty.exited));
      await model.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** A program in a real pseudo terminal, and the screen a terminal emulator makes of what it writes. */
export interface Tty {
  type(keys: string): void;
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** Resolves to the screen as soon as it shows the text; rejects with the screen when it does not in time. */
  shows(wanted: string | RegExp): Promise<string>;
  /** The same for a text that has to go. */
  hides(unwanted: string | RegExp): Promise<string>;
  /** The rows of the screen, without trailing blanks. */
  screen(): string;
  /** Scrollback and screen. */
  everything(): string;
  cursor(): { column: number; row: number };
  /** Everything written so far, as it came. */
  raw(): string;
  isAlternate(): boolean;
  kill(signal?: string): void;
  readonly pid: number;
  readonly exited: Promise<{ exitCode: number; signal?: number | undefined }>;
}

const PATIENCE_MS = 12_000;

export function openTty(
  [command = '', ...args]: readonly string[],
  options: { columns: number; rows: number; cwd: string; env: Record<string, string> },
): Tty {
  const { columns, rows, cwd, env } = options;
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 5000 });
  const pty: IPty = spawn(command, args, { cols: columns, rows, cwd, env, name: 'xterm-256color' });
  const checks = new Set<() => void>();
  let written = '';
  let isOver = false;
  pty.onData((data) => {
    written += data;
    emulator.write(data, () => {
      for (const check of checks) check();
    });
  });
  emulator.onData((data) => pty.write(data));
  const exited = new Promise<{ exitCode: number; signal?: number | undefined }>((resolve) => {
    pty.onExit((how) => {
      isOver = true;
      // What was written last is still on its way into the emulator.
      emulator.write('', () => {
        for (const check of checks) check();
        resolve(how);
      });
    });
  });
  const lines = (from: number) => {
    const { active } = emulator.buffer;
    const found: string[] = [];
    for (let at = from; at < active.length; at++) found.push(active.getLine(at)?.translateToString(true) ?? '');
    return found.join('\n').trimEnd();
  };
  const screen = () => lines(emulator.buffer.active.baseY);
  const matches = (wanted: string | RegExp) =>
    typeof wanted === 'string' ? screen().includes(wanted) : wanted.test(screen());
  const until = (holds: () => boolean, what: string) =>
    new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        checks.delete(check);
        reject(new Error(`${what}; the screen is:\n${screen()}`));
      }, PATIENCE_MS);
      const check = () => {
        if (!holds()) return;
        clearTimeout(timer);
        checks.delete(check);
        resolve(screen());
      };
      checks.add(check);
      check();
    });
  return {
    type: (keys) => pty.write(keys),
    paste: (text) => pty.write(`\u001b[200~${text}\u001b[201~`),
    resize(cols, newRows) {
      emulator.resize(cols, newRows);
      pty.resize(cols, newRows);
    },
    shows: (wanted) => until(() => matches(wanted), `it never showed ${String(wanted)}`),
    hides: (unwanted) => until(() => !matches(unwanted), `it kept showing ${String(unwanted)}`),
    screen,
    everything: () => lines(0),
    cursor: () => ({ column: emulator.buffer.active.cursorX, row: emulator.buffer.active.cursorY }),
    raw: () => written,
    isAlternate: () => emulator.buffer.active.type === 'alternate',
    kill: (signal = 'SIGKILL') => {
      if (!isOver) pty.kill(signal);
    },
    pid: pty.pid,
    exited,
  };
}

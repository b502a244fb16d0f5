import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { eachLine } from './each-line.mjs';

const ANSWER_MS = 180_000;
/** Answers above this many characters are not parsed, as that would be measured too; they resolve to their size. */
const LARGE = 1 << 20;

/** One of the two programs compared: how to start it, and fresh homes for it below `work`. */
export function createSide({ name, command, work, modelPort }) {
  let homes = 0;
  return {
    name,
    /** A fresh CODEX_HOME with our configuration, and a workspace. */
    home() {
      const root = path.join(work, `${name}-${++homes}`);
      const dirs = {
        root,
        home: path.join(root, 'home'),
        cwd: path.join(root, 'ws'),
        user: path.join(root, 'user'),
        tmp: path.join(root, 'tmp'),
      };
      for (const dir of Object.values(dirs)) fs.mkdirSync(dir, { recursive: true });
      fs.writeFileSync(path.join(dirs.home, 'config.toml'), config(modelPort));
      return dirs;
    },
    server: (dirs) => startServer(command, dirs),
    /** Runs `codex exec` once; resolves to its wall time in milliseconds. */
    exec: (dirs, prompt) => runExec(command, dirs, prompt),
  };
}

function config(port) {
  return [
    'model = "gpt-5.2-codex"',
    'model_provider = "mock"',
    'approval_policy = "never"',
    'sandbox_mode = "danger-full-access"',
    '[model_providers.mock]',
    'name = "Mock"',
    `base_url = "http://127.0.0.1:${port}/v1"`,
    'wire_api = "responses"',
    'request_max_retries = 0',
    'stream_max_retries = 0',
    '',
  ].join('\n');
}

/** Only the local model can be reached. */
export function environment(dirs) {
  return {
    PATH: process.env.PATH ?? '',
    HOME: dirs.user,
    CODEX_HOME: dirs.home,
    TMPDIR: dirs.tmp,
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    USER: 'bench',
    TZ: 'UTC',
    TERM: 'dumb',
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1,localhost',
    CODEX_NO_BUILD: '1',
  };
}

function startServer(command, dirs) {
  const child = spawn(command, ['app-server'], {
    cwd: dirs.cwd,
    env: environment(dirs),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-2000);
  });
  const pending = new Map();
  const endings = new Map(); // turns that ended before somebody waited, by thread
  let nextId = 1;
  let dead = null;
  const fail = (error) => {
    dead = error;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  child.stdin.on('error', () => {});
  child.once('error', fail);
  /** @type {Promise<void>} */
  const exited = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      fail(new Error(`${command} app-server ended (${signal ?? code}): ${stderr.trim()}`));
      resolve();
    });
  });

  const settle = (key, how) => {
    const entry = pending.get(key);
    if (!entry) return false;
    pending.delete(key);
    how(entry);
    return true;
  };
  const receive = (line) => {
    // Streams are long: only answers and ends of turns are worth parsing.
    if (line.length > LARGE) {
      const id = /^\{"id":(\d+),"result":/.exec(line)?.[1];
      settle(Number(id), ({ resolve }) => resolve({ size: line.length }));
      return;
    }
    if (line.includes('/delta"') || !(line.includes('"turn/completed"') || line.includes('"id":'))) return;
    const message = JSON.parse(line);
    if (message.method === 'turn/completed') {
      const { threadId, turn } = message.params;
      const result =
        turn.status === 'completed'
          ? null
          : new Error(`the turn ended as ${turn.status}: ${JSON.stringify(turn.error)}`);
      if (!settle(`turn ${threadId}`, ({ resolve, reject }) => (result ? reject(result) : resolve())))
        endings.set(threadId, result);
    } else if (message.method === undefined) {
      settle(message.id, ({ resolve, reject }) =>
        message.error ? reject(new Error(message.error.message)) : resolve(message.result),
      );
    }
  };
  eachLine(child.stdout, receive);

  const wait = (key) =>
    new Promise((resolve, reject) => {
      if (dead) {
        reject(dead);
        return;
      }
      const limit = setTimeout(
        () =>
          settle(key, (entry) =>
            entry.reject(new Error(`nothing within ${ANSWER_MS} ms for ${key}: ${stderr.trim()}`)),
          ),
        ANSWER_MS,
      );
      const end = (finish) => (value) => {
        clearTimeout(limit);
        finish(value);
      };
      pending.set(key, { resolve: end(resolve), reject: end(reject) });
    });
  const request = (method, params) => {
    const id = nextId++;
    child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
    return wait(id);
  };
  return {
    pid: child.pid,
    async initialize() {
      await request('initialize', {
        clientInfo: { name: 'bench', title: 'Bench', version: '1.0.0' },
        capabilities: { experimentalApi: true },
      });
      child.stdin.write('{"method":"initialized"}\n');
    },
    thread: async (params = {}) => (await request('thread/start', { cwd: dirs.cwd, ...params })).thread.id,
    ping: () => request('thread/loaded/list', {}),
    request,
    /** Starts a turn and resolves when it is completed. */
    async turn(threadId, text) {
      const over = wait(`turn ${threadId}`);
      over.catch(() => {});
      endings.delete(threadId);
      await request('turn/start', { threadId, input: [{ type: 'text', text, text_elements: [] }] });
      await over;
    },
    /** Ends it as a client would, by closing its input. */
    async close() {
      child.stdin.end();
      const limit = setTimeout(() => child.kill('SIGKILL'), 3000);
      await exited;
      clearTimeout(limit);
    },
  };
}

function runExec(command, dirs, prompt) {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, ['exec', '--skip-git-repo-check', prompt], {
      cwd: dirs.cwd,
      env: environment(dirs),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    const limit = setTimeout(() => child.kill('SIGKILL'), ANSWER_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      const ms = performance.now() - started;
      if (code === 0) resolve(ms);
      else reject(new Error(`${command} exec ended with ${code}: ${output.trim().slice(-500)}`));
    });
  });
}

import { spawn } from 'node:child_process';
import { eachLine } from '../bench/each-line.mjs';

const ANSWER_MS = 60_000;
const END_MS = 30_000;

/**
 * One app-server over stdio. Everything it says is kept in `messages`, in order; `onMessage` hears it at once. Questions
 * are answered by `answers[method](params)`; one without an answer stays open.
 */
export function startProgram({
  command,
  args = [],
  cwd,
  env,
  answers = {},
  onMessage = (/** @type {any} */ _message) => {},
}) {
  const child = spawn(command, ['app-server', ...args], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const messages = [];
  const waiters = new Set();
  const pending = new Map();
  const strays = [];
  let stderr = '';
  let nextId = 1;
  /** @type {Error | null} */
  let ended = null;
  child.stdin.on('error', () => {});
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-4000);
  });
  const check = () => {
    for (const waiter of waiters) waiter();
  };
  /** @type {Promise<{ code: number | null, signal: string | null }>} */
  const exited = new Promise((resolve) => {
    child.once('error', (error) => {
      stderr += error.message;
    });
    child.once('close', (code, signal) => {
      ended = new Error(`app-server ended (${signal ?? code}): ${stderr.trim()}`);
      for (const { reject } of [...pending.values()]) reject(ended);
      pending.clear();
      check();
      resolve({ code, signal });
    });
  });

  /** One that does not end by itself is killed. */
  const within = async (end) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), END_MS);
    try {
      return await end;
    } finally {
      clearTimeout(limit);
    }
  };
  const send = (message) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const receive = (line) => {
    let message;
    try {
      message = JSON.parse(line);
    } catch {
      strays.push(line);
      return;
    }
    messages.push(message);
    const { id, method } = message;
    if (method === undefined) {
      pending.get(id)?.resolve(message);
      pending.delete(id);
    } else if (id !== undefined && answers[method]) send({ id, result: answers[method](message.params) });
    onMessage(message);
    check();
  };
  eachLine(child.stdout, receive);

  /** The first message from `from` on that fits. */
  const waitFor = (fits, what, { from = 0, ms = ANSWER_MS } = {}) =>
    new Promise((resolve, reject) => {
      let at = from;
      const look = () => {
        for (; at < messages.length; at++) if (fits(messages[at])) return finish(resolve, messages[at]);
        if (ended) finish(reject, ended);
      };
      const timer = setTimeout(() => finish(reject, new Error(`no ${what} within ${ms} ms: ${stderr.trim()}`)), ms);
      const finish = (settle, value) => {
        clearTimeout(timer);
        waiters.delete(look);
        settle(value);
      };
      waiters.add(look);
      look();
    });

  /** The whole answer, error or not. */
  const call = (method, params) => {
    if (ended) return Promise.reject(ended);
    const id = nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => settle(reject)(new Error(`no answer to ${method} within ${ANSWER_MS} ms: ${stderr.trim()}`)),
        ANSWER_MS,
      );
      const settle = (how) => (value) => {
        clearTimeout(timer);
        pending.delete(id);
        how(value);
      };
      pending.set(id, { resolve: settle(resolve), reject: settle(reject) });
      send({ id, method, params });
    });
  };
  const request = async (method, params) => {
    const { result, error } = await call(method, params);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  return {
    pid: child.pid,
    messages,
    /** Lines that are no JSON. */
    strays,
    exited,
    get ended() {
      return ended !== null;
    },
    get stderr() {
      return stderr;
    },
    answers,
    write: (bytes) => child.stdin.write(bytes),
    send,
    call,
    request,
    waitFor,
    async initialize() {
      await request('initialize', {
        clientInfo: { name: 'soak', title: 'Soak', version: '1.0.0' },
        capabilities: { experimentalApi: true },
      });
      send({ method: 'initialized' });
    },
    /** thread/start; resolves to the thread. */
    thread: async (params = {}) => (await request('thread/start', { cwd, ...params })).thread,
    /** turn/start with one text; resolves to the turn. */
    begin: async (threadId, text, params = {}) =>
      (await request('turn/start', { threadId, input: [{ type: 'text', text, text_elements: [] }], ...params })).turn,
    /** Resolves to the turn of `turn/completed`. */
    completed: async (turnId) =>
      (await waitFor((m) => m.method === 'turn/completed' && m.params.turn.id === turnId, `end of turn ${turnId}`))
        .params.turn,
    /** @param {NodeJS.Signals} signal */
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return within(exited);
    },
    /** Ends it as a client would, by closing its input; what was wrong with its end. */
    async close() {
      child.stdin.end();
      const { code, signal } = await within(exited);
      return code === 0 ? [] : [`ended with ${signal ?? code}: ${stderr.trim()}`];
    },
  };
}

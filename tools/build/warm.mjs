import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

const LIMIT_MS = 20_000;

/**
 * Starts the fresh bundle the way it will be used, so that the code cache holds what a real run compiles. Only for
 * speed: whatever goes wrong is ignored.
 */
export async function warm(folder) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-warm-'));
  const model = await startModel();
  try {
    fs.writeFileSync(path.join(home, 'config.toml'), config(model.port));
    const params = { approvalPolicy: 'never', sandbox: 'danger-full-access', cwd: home };
    const calls = [
      { id: 1, method: 'initialize', params: { clientInfo: { name: 'warm', version: '0' } } },
      { method: 'initialized' },
      { id: 2, method: 'thread/start', params },
    ];
    const run = (args, input, untilIdle) => start(folder, home, args, input, untilIdle);
    await run(['--version'], '');
    await run(['exec', '--skip-git-repo-check', '-C', home, 'warm up'], '');
    await run(['app-server'], calls.map((call) => `${JSON.stringify(call)}\n`).join(''), (line) =>
      turnAfterStart(line),
    );
  } finally {
    model.close();
    fs.rmSync(home, { recursive: true, force: true });
  }
}

/** What to write after a line of the server: a turn once the thread is there, the end of input once the turn is over. */
function turnAfterStart(line) {
  const message = JSON.parse(line);
  if (message.id === 2) {
    const threadId = message.result?.thread?.id;
    if (!threadId) return null;
    return `${JSON.stringify({ id: 3, method: 'turn/start', params: { threadId, input: [{ type: 'text', text: 'warm up' }] } })}\n`;
  }
  return message.method === 'turn/completed' || (message.id === 3 && message.error) ? null : '';
}

/** `answer` gives more input for a line, '' for none yet, null to end it; without it the input ends at once. */
function start(folder, home, args, input, answer) {
  return /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      const child = spawn(process.execPath, [path.join(folder, 'loader.cjs'), ...args], {
        cwd: home,
        stdio: ['pipe', 'pipe', 'ignore'],
        env: {
          PATH: process.env.PATH ?? '',
          HOME: home,
          CODEX_HOME: home,
          SHELL: '/bin/sh',
          CODEX_CODE_CACHE: 'refresh',
          CODEX_API_KEY: 'warm',
        },
      });
      const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
      const done = () => {
        clearTimeout(limit);
        resolve();
      };
      child.once('error', done);
      child.once('close', done);
      child.stdin.on('error', () => {});
      if (answer) child.stdin.write(input);
      else child.stdin.end(input);
      let rest = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (answer && child.stdin.writable) reply(child, answer, line);
      });
    })
  );
}

function reply(child, answer, line) {
  try {
    const more = answer(line);
    if (more === null) child.stdin.end();
    else if (more) child.stdin.write(more);
  } catch {
    child.stdin.end();
  }
}

/** Answers every request with one short message: first a shell call, then text. */
function startModel() {
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(body.includes('function_call_output') ? sse(sayOk()) : sse(callTrue()));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({
        port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

function sayOk() {
  return { type: 'message', id: 'm1', role: 'assistant', content: [{ type: 'output_text', text: 'ok' }] };
}

function callTrue() {
  return { type: 'function_call', id: 'f1', call_id: 'c1', name: 'exec_command', arguments: '{"cmd":"true"}' };
}

function sse(item) {
  const usage = {
    input_tokens: 1,
    input_tokens_details: null,
    output_tokens: 1,
    output_tokens_details: null,
    total_tokens: 2,
  };
  return [
    { type: 'response.created', response: { id: 'r1' } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress' } },
    ...(item.type === 'message'
      ? [{ type: 'response.output_text.delta', item_id: 'm1', output_index: 0, content_index: 0, delta: 'ok' }]
      : []),
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { id: 'r1', usage } },
  ]
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
}

function config(port) {
  return [
    'model = "gpt-5.2-codex"',
    'model_provider = "warm"',
    'approval_policy = "never"',
    'sandbox_mode = "danger-full-access"',
    '[model_providers.warm]',
    'name = "warm"',
    `base_url = "http://127.0.0.1:${port}/v1"`,
    'wire_api = "responses"',
    'request_max_retries = 0',
    'stream_max_retries = 0',
    '',
  ].join('\n');
}

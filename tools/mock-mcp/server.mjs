// An MCP server on stdin and stdout for tests. Its tools do what their names say; README.md has the list.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import process from 'node:process';

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const waiting = new Map();
let nextId = 1;
const ask = (method, params) =>
  new Promise((resolve) => {
    const id = `s${nextId++}`;
    waiting.set(id, resolve);
    send({ id, method, params });
  });
const FLOOD = 2000;
const MEBIBYTE = 1024 * 1024;
const cancelled = [];
const tool = (name, more = {}) => ({ name, description: `Does ${name}.`, inputSchema: { type: 'object' }, ...more });
const TOOLS = [
  ...['echo', 'env', 'fail', 'data', 'hang', 'cancelled', 'ask', 'die', 'progress', 'refuse'],
  ...['shapeless', 'nothing', 'mute', 'flood', 'huge', 'endless'],
].map((n) => tool(n));
TOOLS.push(tool('wipe', { annotations: { destructiveHint: true } }));

const progress = (meta) =>
  send({
    method: 'notifications/progress',
    params: { progressToken: meta?.progressToken, progress: 1, message: 'half' },
  });

async function call({ name, arguments: args, _meta }) {
  const text = (value) => ({ content: [{ type: 'text', text: value }] });
  switch (name) {
    case 'echo':
      return text(JSON.stringify(args ?? null));
    case 'wipe':
      return text('wiped');
    case 'env':
      return text(JSON.stringify(process.env));
    case 'fail':
      return { ...text('it failed'), isError: true };
    case 'data':
      return { ...text('{}'), structuredContent: { a: 1 } };
    case 'hang':
      progress(_meta);
      return new Promise(() => {});
    case 'cancelled':
      return text(JSON.stringify(cancelled.length));
    case 'ask': {
      const answer = await ask('elicitation/create', args);
      return text(JSON.stringify(answer.result ?? answer.error));
    }
    case 'progress':
      progress(_meta);
      // Read by the client before the answer comes.
      await ask('ping', {});
      return text('done');
    case 'die':
      process.exit(3);
    case 'shapeless':
      return { content: 'no list' };
    case 'nothing':
      return null;
    case 'mute':
      process.stdout.end();
      return new Promise(() => {});
    case 'flood':
      for (let i = 0; i < FLOOD; i++) {
        send({ method: 'notifications/message', params: { level: 'info', data: `message ${i}` } });
        process.stderr.write(`${'log '.repeat(100)}\n`);
      }
      return text('flooded');
    case 'huge':
      return text('x'.repeat(8 * MEBIBYTE));
    case 'endless':
      process.stdout.write('{"jsonrpc":"2.0","result":"');
      for (;;) await new Promise((resolve) => process.stdout.write('x'.repeat(MEBIBYTE), resolve));
  }
  throw new Error('no such thing');
}

async function handle(message) {
  if (message.method === undefined) {
    waiting.get(message.id)?.(message);
    return;
  }
  if (message.method === 'notifications/cancelled') cancelled.push(message.params);
  if (message.id === undefined) return;
  const done = (result) => send({ id: message.id, result });
  switch (message.method) {
    case 'initialize':
      if (process.env.SLOW === 'initialize') return;
      if (process.env.START === 'refuse') {
        return send({ id: message.id, error: { code: -32000, message: 'not today' } });
      }
      process.stdout.write('this line is no message\n');
      return done({
        protocolVersion: message.params.protocolVersion,
        capabilities: { tools: {}, resources: {} },
        serverInfo: { name: 'test', version: '1' },
      });
    case 'tools/list': {
      if (process.env.SLOW === 'tools/list') return;
      const from = Number(message.params?.cursor ?? 0);
      if (process.env.START === 'pages') return done({ tools: TOOLS.slice(0, 1), nextCursor: String(from + 1) });
      return done({
        tools: [...TOOLS.slice(from, from + 4), null, { name: 7 }],
        ...(from + 4 < TOOLS.length ? { nextCursor: String(from + 4) } : {}),
      });
    }
    case 'resources/read':
      return done({ contents: [{ uri: message.params.uri, text: 'content' }] });
    case 'resources/list':
      return done({ resources: [{ uri: 'memo://one', name: 'one' }] });
    case 'tools/call':
      try {
        return done(await call(message.params));
      } catch (error) {
        return send({ id: message.id, error: { code: -32000, message: error.message } });
      }
    default:
      return send({ id: message.id, error: { code: -32601, message: 'unknown method' } });
  }
}

if (process.env.START === 'exit') process.exit(3);
if (process.env.START === 'garbage') process.stdout.write(Buffer.from('{{{{\n\0\xff\n[]\n7\n{"id":1}\n', 'latin1'));
if (process.env.MARK) writeFileSync(process.env.MARK, String(process.pid));
if (process.env.CHILD) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  process.stderr.write(`child ${child.pid}\n`);
}
let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) void handle(JSON.parse(line));
});
if (process.env.STUBBORN) {
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1000);
} else process.stdin.on('end', () => process.exit(0));

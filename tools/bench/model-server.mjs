// A Responses API in a process of its own, so that its work is not counted with the program under test. What it answers
// is decided by a marker in the last user input: `bench-say`, `bench-deltas-N`, `bench-shell-N` (calls), `bench-loud-N`
// (megabytes a command prints). Prints its port.
import http from 'node:http';

const MARKER = /bench-(say|deltas|shell|loud)(?:-(\d+))?/g;
const USAGE = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 15,
};

const precomputed = new Map();
let replies = 0;

function events(list) {
  return Buffer.from(list.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
}

function message(id, deltas) {
  const shell = (text) => ({
    type: 'message',
    role: 'assistant',
    id: `msg-${id}`,
    content: [{ type: 'output_text', text }],
  });
  return events([
    { type: 'response.created', response: { id: `resp-${id}` } },
    { type: 'response.output_item.added', item: shell('') },
    ...deltas.map((delta) => ({ type: 'response.output_text.delta', item_id: `msg-${id}`, delta })),
    { type: 'response.output_item.done', item: shell(deltas.join('')) },
    { type: 'response.completed', response: { id: `resp-${id}`, usage: USAGE } },
  ]);
}

function shellCall(id, cmd) {
  const call = {
    type: 'function_call',
    name: 'exec_command',
    arguments: JSON.stringify({ cmd, yield_time_ms: 30_000 }),
    call_id: `call-${id}`,
  };
  return events([
    { type: 'response.created', response: { id: `resp-${id}` } },
    { type: 'response.output_item.done', item: call },
    { type: 'response.completed', response: { id: `resp-${id}`, usage: USAGE } },
  ]);
}

function longMessage(count) {
  if (!precomputed.has(count))
    precomputed.set(
      count,
      message(
        'long',
        Array.from({ length: count }, (_, i) => `word${i % 1000} `),
      ),
    );
  return precomputed.get(count);
}

function answer(body) {
  const id = ++replies;
  const last = [...body.matchAll(MARKER)].at(-1);
  const [, kind, number] = last ?? [];
  if (kind === 'deltas') return longMessage(Number(number));
  const done = last ? body.slice(last.index).split('"function_call_output"').length - 1 : 0;
  if (kind === 'shell' && done < Number(number)) return shellCall(id, 'true');
  if (kind === 'loud' && done < 1) return shellCall(id, `head -c ${number}000000 /dev/zero | tr '\\0' x`);
  return message(id, ['done']);
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(answer(Buffer.concat(chunks).toString('latin1')));
  });
});
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`${/** @type {import('node:net').AddressInfo} */ (server.address()).port}\n`),
);
process.stdin.on('end', () => process.exit()).resume();

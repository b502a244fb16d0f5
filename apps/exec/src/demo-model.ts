import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isObject, parseJson } from '@codex/base';
import type { RecordedAnswer } from './demo-session.ts';

export interface RecordedModel {
  /** The provider's base URL. */
  readonly url: string;
  /** Why the recording no longer fits what happened; null while it does. */
  readonly derailed: string | null;
  /** True when the whole session has been played. */
  readonly finished: boolean;
  close(): Promise<void>;
}

type Json = Record<string, unknown>;

/**
 * A Responses endpoint on 127.0.0.1 that plays a recorded session: one answer per call, in order. Before it goes on it
 * looks at the result of what it asked for; when that is not what the recording expects it says so and stops.
 */
export async function playRecording(session: readonly RecordedAnswer[], node: string): Promise<RecordedModel> {
  let played = 0;
  let derailed: string | null = null;

  const answer = (request: Json): object[] => {
    const last = session[played - 1];
    if (last?.expects && derailed === null && !last.expects.pattern.test(outputOf(request, callId(played - 1)))) {
      derailed = last.expects.otherwise;
    }
    const next = session[played];
    if (derailed !== null || !next) return message(`The recording cannot go on: ${derailed ?? 'it is over'}.`);
    const events = [...message(next.says), ...call(next, callId(played), request, node)];
    played += 1;
    return events;
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = parseJson(await readText(request));
    if (request.method !== 'POST' || !request.url?.endsWith('/responses') || !body.ok || !isObject(body.value)) {
      response.writeHead(request.method === 'GET' ? 200 : 404, { 'content-type': 'application/json' });
      response.end('{"models":[]}');
      return;
    }
    const id = `recorded-${played}`;
    const usage = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
    const events = [
      { type: 'response.created', response: { id } },
      ...answer(body.value),
      { type: 'response.completed', response: { id, usage } },
    ];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    get derailed() {
      return derailed;
    },
    get finished() {
      return derailed === null && played === session.length;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function callId(step: number): string {
  return `recorded-call-${step}`;
}

function message(text: string): object[] {
  const item = { type: 'message', role: 'assistant', id: 'recorded-message' };
  return [
    { type: 'response.output_item.added', item: { ...item, content: [] } },
    { type: 'response.output_text.delta', item_id: item.id, content_index: 0, delta: text },
    { type: 'response.output_item.done', item: { ...item, content: [{ type: 'output_text', text }] } },
  ];
}

/** The recorded wish as a call of a tool that this request offers. */
function call({ does }: RecordedAnswer, id: string, request: Json, node: string): object[] {
  const done = (item: object) => [{ type: 'response.output_item.done', item: { ...item, call_id: id } }];
  const invoke = (name: string, args: object) => done({ type: 'function_call', name, arguments: JSON.stringify(args) });
  const tools = Array.isArray(request['tools']) ? request['tools'].filter(isObject) : [];
  const offered = (name: string) => tools.find((tool) => tool['name'] === name);
  const shell = (command: string) => {
    if (offered('exec_command')) return invoke('exec_command', { cmd: command });
    if (offered('shell_command')) return invoke('shell_command', { command });
    return invoke('shell', { command: ['bash', '-lc', command] });
  };
  switch (does.kind) {
    case 'nothing':
      return [];
    case 'command':
      return shell(does.command.replaceAll('{node}', node));
    case 'patch': {
      const tool = offered('apply_patch');
      if (tool?.['type'] === 'custom')
        return done({ type: 'custom_tool_call', name: 'apply_patch', input: does.patch });
      if (tool) return invoke('apply_patch', { input: does.patch });
      return shell(`apply_patch <<'EOF'\n${does.patch}\nEOF`);
    }
  }
}

function outputOf(request: Json, id: string): string {
  const input = Array.isArray(request['input']) ? request['input'].filter(isObject) : [];
  const item = input.findLast((entry) => entry['call_id'] === id && String(entry['type']).endsWith('_output'));
  const output = item?.['output'];
  return typeof output === 'string' ? output : JSON.stringify(output ?? '');
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

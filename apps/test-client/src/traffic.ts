import type { Writable } from 'node:stream';
import { type Channel, isObject } from '@codex/base';
import type { RpcMessage } from '@codex/protocol';

/** The same channel, with every message shown on its way. */
export function tap(
  channel: Channel<unknown, RpcMessage>,
  show: 'all' | 'summary',
  out: Writable,
): Channel<unknown, RpcMessage> {
  // Both sides number their own requests.
  const requests = new Map<unknown, string>();
  const questions = new Map<unknown, string>();
  const print = (arrow: '→' | '←', message: unknown) => {
    const [own, others] = arrow === '→' ? [requests, questions] : [questions, requests];
    if (isObject(message) && typeof message['method'] === 'string') own.set(message['id'], message['method']);
    const text = show === 'all' ? json(message) : summary(message, others);
    out.write(`${arrow} ${text}\n`);
  };
  async function* messages(): AsyncGenerator<unknown> {
    for await (const message of channel.messages) {
      print('←', message);
      yield message;
    }
  }
  return {
    messages: messages(),
    send: (message) => {
      print('→', message);
      channel.send(message);
    },
    close: (reason) => channel.close(reason),
  };
}

/** One short line: what it is and what matters in it. */
function summary(message: unknown, asked: ReadonlyMap<unknown, string>): string {
  if (!isObject(message)) return json(message);
  const { id, method, params, result, error } = message;
  if (typeof method === 'string') {
    const kind = id === undefined ? '' : ` #${shown(id)}`;
    return `${method}${kind} ${facts(params)}`.trimEnd();
  }
  const what = `${asked.get(id) ?? 'answer'} #${shown(id)}`;
  if (error !== undefined) return `${what} error ${shown(error)}`;
  return `${what} ok ${facts(result)}`.trimEnd();
}

const MAX_SHOWN = 160;

/** The members that tell one message from the next: texts and states, without ids. */
function facts(value: unknown): string {
  if (!isObject(value)) return value === undefined || value === null ? '' : shown(value);
  const { item, turn, thread, delta, error, status, decision, command, ...rest } = value;
  if (typeof delta === 'string') return JSON.stringify(delta);
  if (isObject(item)) return itemFacts(item);
  if (isObject(turn)) return [turn['status'], isObject(turn['error']) ? shown(turn['error']) : ''].join(' ').trim();
  if (isObject(thread)) return shown(thread['id']);
  const kept = { error, status, decision, command };
  const known = Object.entries(kept).filter(([, member]) => member !== undefined && member !== null);
  if (known.length > 0) return known.map(([name, member]) => `${name}=${shown(member)}`).join(' ');
  const others = Object.entries(rest).filter(([name]) => !/^(thread|turn|item)Id$/.test(name));
  return others.length === 0 ? '' : shown(Object.fromEntries(others));
}

function itemFacts(item: Record<string, unknown>): string {
  const { type, text, command, status, exitCode, query } = item;
  const main = text ?? command ?? query;
  return [type, main === undefined ? '' : shown(main), status, typeof exitCode === 'number' ? `exit ${exitCode}` : '']
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

function shown(value: unknown): string {
  const text = json(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

const SECRETS: ReadonlySet<string> = new Set(['apiKey', 'accessToken', 'authToken']);

/** What is shown may end in a report: keys and tokens stay out of it. */
function json(value: unknown): string {
  const hide = (name: string, member: unknown) => (SECRETS.has(name) && typeof member === 'string' ? '…' : member);
  return JSON.stringify(value, hide) ?? '';
}

import { parseArgs } from 'node:util';
import { isObject, parseJson, toMessage } from '@codex/base';

export type Approve = 'accept' | 'decline' | 'cancel' | 'ask';

export interface Options {
  /** A shell command that serves on its stdin and stdout; null for this program's own app-server. */
  server: string | null;
  show: 'all' | 'summary';
  approve: Approve;
}

export type Command =
  | { kind: 'send'; text: string }
  | { kind: 'resume'; threadId: string; text: string }
  | { kind: 'request'; method: string; params: unknown };

export type Arguments =
  | { kind: 'help' }
  | { kind: 'invalid'; message: string }
  | { kind: 'run'; command: Command; options: Options };

const SHOW = ['all', 'summary'] as const;
const APPROVE = ['accept', 'decline', 'cancel', 'ask'] as const;

export function parseArguments(argv: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        server: { type: 'string' },
        show: { type: 'string', default: 'summary' },
        approve: { type: 'string', default: 'decline' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help || positionals.length === 0) return { kind: 'help' };
    const show = SHOW.find((name) => name === values.show);
    if (!show) return invalid(`--show is ${SHOW.join(' or ')}, not '${values.show}'`);
    const approve = APPROVE.find((name) => name === values.approve);
    if (!approve) return invalid(`--approve is one of ${APPROVE.join(', ')}, not '${values.approve}'`);
    const command = commandOf(positionals);
    if ('message' in command) return invalid(command.message);
    return { kind: 'run', command, options: { server: values.server ?? null, show, approve } };
  } catch (error) {
    return invalid(toMessage(error));
  }
}

function commandOf([name, ...words]: string[]): Command | { message: string } {
  const [first, second, surplus] = words;
  switch (name) {
    case 'send':
      if (first === undefined || second !== undefined) return { message: 'send takes one text' };
      return { kind: 'send', text: first };
    case 'resume':
      if (first === undefined || second === undefined || surplus !== undefined) {
        return { message: 'resume takes a thread id and a text' };
      }
      return { kind: 'resume', threadId: first, text: second };
    case 'request':
      if (first === undefined || surplus !== undefined) return { message: 'request takes a method and JSON params' };
      return requestOf(first, second ?? '{}');
    default:
      return { message: `unknown command '${name}'` };
  }
}

function requestOf(method: string, json: string): Command | { message: string } {
  const parsed = parseJson(json);
  if (!parsed.ok) return { message: `the params are no JSON: ${parsed.error}` };
  if (!isObject(parsed.value) && parsed.value !== null) return { message: 'the params must be a JSON object' };
  return { kind: 'request', method, params: parsed.value ?? undefined };
}

function invalid(message: string): Arguments {
  return { kind: 'invalid', message };
}

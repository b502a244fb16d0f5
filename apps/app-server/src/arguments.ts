import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import type { OverrideFlag } from '@codex/config';
import { readSocketAuthOptions, type SocketAuthOptions } from './socket-auth-options.ts';

export type Arguments =
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'invalid'; message: string }
  | { kind: 'generate'; what: 'generate-ts' | 'generate-json-schema'; out: string; experimental: boolean }
  | { kind: 'serve'; listen: Listen; settings: OverrideFlag[]; profile: string | undefined };

export type Listen = { kind: 'stdio' } | { kind: 'websocket'; host: string; port: number; auth: SocketAuthOptions };

const OPTIONS = {
  listen: { type: 'string' },
  'ws-auth': { type: 'string' },
  'ws-token-file': { type: 'string' },
  'ws-token-sha256': { type: 'string' },
  'ws-shared-secret-file': { type: 'string' },
  'ws-issuer': { type: 'string' },
  'ws-audience': { type: 'string' },
  'ws-max-clock-skew-seconds': { type: 'string' },
  'analytics-default-enabled': { type: 'boolean' },
  config: { type: 'string', short: 'c', multiple: true },
  enable: { type: 'string', multiple: true },
  disable: { type: 'string', multiple: true },
  profile: { type: 'string', short: 'p' },
  out: { type: 'string', short: 'o' },
  experimental: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

const GENERATORS = ['generate-ts', 'generate-json-schema'] as const;
const ONLY_FOR_GENERATORS = ['out', 'experimental'];

/** Reads the command line of the app-server (app-server specification §1). Never throws. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const settings: OverrideFlag[] = [];
  const positionals: string[] = [];
  const texts = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, inlineValue } = token;
    // `-c=x` is as good as `-cx`.
    const value = inlineValue && !rawName.startsWith('--') ? token.value?.replace(/^=/, '') : token.value;
    const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as keyof typeof OPTIONS] : undefined;
    if (!option) return invalid(`unexpected argument '${rawName}' found`);
    if (option.type === 'boolean') {
      if (value !== undefined) return invalid(`unexpected value '${value}' for '--${name}' found`);
      continue;
    }
    if (value === undefined || (!inlineValue && /^-./.test(value))) {
      return invalid(`a value is required for '--${name}' but none was supplied`);
    }
    texts.set(name, value);
    if (name === 'config' || name === 'enable' || name === 'disable') settings.push({ option: name, text: value });
  }
  const [command, surplus] = positionals;
  if (values.help || command === 'help') return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const generator = GENERATORS.find((name) => name === command);
  if (command !== undefined && !generator) return invalid(`unrecognized subcommand '${command}'`);
  if (surplus !== undefined) return invalid(`unexpected argument '${surplus}' found`);
  if (generator) {
    const out = texts.get('out');
    if (out === undefined) return invalid("the option '--out <DIR>' is required");
    return { kind: 'generate', what: generator, out, experimental: values.experimental === true };
  }
  const misplaced = ONLY_FOR_GENERATORS.find((name) => Object.hasOwn(values, name));
  if (misplaced) return invalid(`'--${misplaced}' belongs to generate-ts and generate-json-schema`);
  const auth = readSocketAuthOptions(texts);
  if (typeof auth === 'string') return invalid(auth);
  const listen = parseListen(texts.get('listen') ?? 'stdio://', auth);
  if ('message' in listen) return invalid(listen.message);
  return { kind: 'serve', listen, settings, profile: texts.get('profile') };
}

function invalid(message: string): Arguments {
  return { kind: 'invalid', message };
}

function parseListen(url: string, auth: SocketAuthOptions): Listen | { message: string } {
  if (url === 'stdio://') return { kind: 'stdio' };
  const fail = (why: string) => ({ message: `invalid value '${url}' for '--listen <URL>': ${why}` });
  if (!url.startsWith('ws://')) {
    return fail(`unsupported --listen URL \`${url}\`; expected \`stdio://\` or \`ws://IP:PORT\``);
  }
  const [, bracketed, plain, digits] = /^ws:\/\/(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(url) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  const version = isIP(host);
  if (version === 0 || (version === 6) !== (bracketed !== undefined) || port > 65_535) {
    return fail(`invalid websocket --listen URL \`${url}\`; expected \`ws://IP:PORT\``);
  }
  return { kind: 'websocket', host, port, auth };
}

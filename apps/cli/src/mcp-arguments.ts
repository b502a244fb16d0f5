import type { McpServerToml, OverrideFlag } from '@codex/config';

type Action =
  | { kind: 'list'; json: boolean }
  | { kind: 'get'; name: string; json: boolean }
  | { kind: 'add'; name: string; server: McpServerToml }
  | { kind: 'remove' | 'logout'; name: string }
  | { kind: 'login'; name: string; scopes: string[] | null };

export type McpArguments =
  | { kind: 'help' }
  | { kind: 'invalid'; message: string }
  | { kind: 'run'; action: Action; settings: OverrideFlag[] };

export const MCP_HELP = `Look after the MCP servers of config.toml

Usage: codex mcp list [--json]
       codex mcp get NAME [--json]
       codex mcp add NAME [--env KEY=VALUE]... -- COMMAND [ARG]...
       codex mcp add NAME --url URL [--bearer-token-env-var NAME]
       codex mcp remove NAME
       codex mcp login NAME [--scopes SCOPE,SCOPE]
       codex mcp logout NAME

Options:
      --json                       Print JSON
      --env KEY=VALUE              A variable of the server's environment (repeatable)
      --url URL                    The address of a server over HTTP
      --bearer-token-env-var NAME  The variable that holds the token for it
      --scopes SCOPE,SCOPE         What to ask the authorization server for
  -c, --config KEY=VALUE           Set one configuration value for this run (repeatable)
      --enable FEATURE             Switch a feature on (repeatable)
      --disable FEATURE            Switch a feature off (repeatable)
  -h, --help                       Print this text

A name consists of letters, numbers, '-' and '_'. Exit codes: 0 done, 1 it failed, 2 wrong usage.
`;

const FLAG = true;
const VALUE = false;
/** The options of each command besides those of all. */
const COMMANDS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  list: { json: FLAG },
  get: { json: FLAG },
  add: { env: VALUE, url: VALUE, 'bearer-token-env-var': VALUE },
  remove: {},
  login: { scopes: VALUE },
  logout: {},
};
const OF_ALL = { config: VALUE, enable: VALUE, disable: VALUE };

/** Reads what follows `mcp` (mcp specification §4). Never throws. */
export function readMcpArguments(argv: readonly string[]): McpArguments {
  const settings: OverrideFlag[] = [];
  const words: string[] = [];
  const values = new Map<string, string[]>();
  let command: string | undefined;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') {
      words.push(...argv.slice(at + 1));
      break;
    }
    if (word === '-h' || word === '--help' || (command === undefined && word === 'help')) return { kind: 'help' };
    if (!word.startsWith('-')) {
      // From the first word of a server's command on, everything is part of it.
      if (command === 'add' && words.length > 0) {
        words.push(...argv.slice(at));
        break;
      }
      if (command !== undefined) words.push(word);
      else if (Object.hasOwn(COMMANDS, word)) command = word;
      else return invalid(`unrecognized subcommand '${word}'`);
      continue;
    }
    const [, option = '', attached] = /^--([^=]+)(?:=(.*))?$/s.exec(word.replace(/^-c/, '--config')) ?? [];
    const known: Readonly<Record<string, boolean>> = { ...OF_ALL, ...(command === undefined ? {} : COMMANDS[command]) };
    if (!Object.hasOwn(known, option)) return invalid(`unexpected argument '${word}' found`);
    if (known[option] === FLAG) {
      if (attached !== undefined) return invalid(`unexpected value '${attached}' for '--${option}' found`);
      values.set(option, []);
      continue;
    }
    const value = attached ?? argv[++at];
    if (value === undefined) return invalid(`a value is required for '--${option}' but none was supplied`);
    if (option === 'config' || option === 'enable' || option === 'disable') settings.push({ option, text: value });
    else if (option === 'env') values.set(option, [...(values.get(option) ?? []), value]);
    else if (values.has(option)) return invalid(`the argument '--${option}' cannot be used multiple times`);
    else values.set(option, [value]);
  }
  if (command === undefined) return invalid('a command is needed: list, get, add, remove, login or logout');
  const action = readAction(command, words, values);
  return typeof action === 'string' ? invalid(action) : { kind: 'run', action, settings };
}

function readAction(command: string, words: readonly string[], values: ReadonlyMap<string, string[]>): Action | string {
  const json = values.has('json');
  const [name, ...rest] = words;
  if (command === 'list') return name === undefined ? { kind: 'list', json } : surplus(name);
  if (name === undefined) return 'the following required arguments were not provided:\n  <NAME>';
  if (command === 'add') {
    const server = readServer(rest, values);
    return typeof server === 'string' ? server : { kind: 'add', name, server };
  }
  if (rest[0] !== undefined) return surplus(rest[0]);
  switch (command) {
    case 'get':
      return { kind: 'get', name, json };
    case 'login':
      return { kind: 'login', name, scopes: values.get('scopes')?.[0]?.split(',').filter(Boolean) ?? null };
    default:
      return { kind: command === 'remove' ? 'remove' : 'logout', name };
  }
}

function readServer(words: readonly string[], values: ReadonlyMap<string, string[]>): McpServerToml | string {
  const [command, ...args] = words;
  const [url, variable] = [values.get('url')?.[0], values.get('bearer-token-env-var')?.[0]];
  const env = values.get('env') ?? [];
  if (url !== undefined) {
    if (command !== undefined) return "the argument '--url <URL>' cannot be used with '[COMMAND]...'";
    if (env.length > 0) return "the argument '--env <KEY=VALUE>' cannot be used with '--url <URL>'";
    if (!/^https?:/.test(url) || !URL.canParse(url))
      return `invalid value '${url}' for '--url <URL>': not an HTTP address`;
    return { url, ...(variable === undefined ? {} : { bearer_token_env_var: variable }) };
  }
  if (command === undefined) return 'the following required arguments were not provided:\n  <COMMAND|--url <URL>>';
  if (variable !== undefined) return "the argument '--bearer-token-env-var <ENV_VAR>' needs '--url <URL>'";
  const wrong = env.find((entry) => entry.indexOf('=') < 1);
  if (wrong !== undefined) {
    return `invalid value '${wrong}' for '--env <KEY=VALUE>': environment entries must be in KEY=VALUE form`;
  }
  const pairs = env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]);
  return {
    command,
    ...(args.length > 0 ? { args } : {}),
    ...(pairs.length > 0 ? { env: Object.fromEntries(pairs) as Record<string, string> } : {}),
  };
}

function surplus(word: string): string {
  return `unexpected argument '${word}' found`;
}

function invalid(message: string): McpArguments {
  return { kind: 'invalid', message };
}

import type { AppMain } from './io.ts';
import type { RootOption } from './root-options.ts';

export interface Command {
  summary: string;
  aliases: readonly string[];
  /** Fetches the app; nothing of it is read before. */
  load(): Promise<AppMain>;
  /** Turns one option written before the subcommand into arguments of the app, or null when it means nothing there. */
  accept(option: RootOption): string[] | null;
}

const nothing = () => null;

/** The subcommands of this build, in the order of the help text. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  exec: {
    summary: 'Run one prompt without a terminal and print the answer or JSON events',
    aliases: ['e'],
    load: async () => (await import('@codex/exec')).main,
    accept: forExec,
  },
  review: {
    summary: 'Review code without a terminal; the same as exec review',
    aliases: [],
    load: async () => {
      const { main } = await import('@codex/exec');
      return (argv, io, before = 0) => main([...argv.slice(0, before), 'review', ...argv.slice(before)], io, before);
    },
    accept: forExec,
  },
  resume: {
    summary: 'Go on with an earlier session at the terminal',
    aliases: [],
    load: async () => (await import('@codex/tui')).resume,
    accept: forTerminal,
  },
  fork: {
    summary: 'Go on with a copy of an earlier session',
    aliases: [],
    load: async () => (await import('@codex/tui')).fork,
    accept: forTerminal,
  },
  'app-server': {
    summary: 'Serve the JSON-RPC protocol for editors and other programs',
    aliases: [],
    load: async () => (await import('@codex/app-server')).main,
    accept: forAppServer,
  },
  login: {
    summary: 'Sign in with ChatGPT or an API key, or say who is signed in',
    aliases: [],
    load: async () => (await import('./login.ts')).login,
    accept: forSettings,
  },
  logout: {
    summary: 'Forget who is signed in',
    aliases: [],
    load: async () => (await import('./login.ts')).logout,
    accept: forSettings,
  },
  mcp: {
    summary: 'List, add and remove MCP servers, and log in to them',
    aliases: [],
    load: async () => (await import('./mcp.ts')).mcp,
    accept: forSettings,
  },
  sandbox: {
    summary: 'Run a command in the sandbox, as commands of a model are run',
    aliases: [],
    load: async () => (await import('./sandbox.ts')).sandbox,
    accept: forSandbox,
  },
  execpolicy: {
    summary: 'Say what rules files make of a command',
    aliases: [],
    load: async () => (await import('./execpolicy.ts')).execpolicy,
    accept: forExecpolicy,
  },
  demo: {
    summary: 'Show a whole turn against a built-in model, without a key or network',
    aliases: [],
    load: async () => (await import('@codex/exec')).demo,
    accept: nothing,
  },
  'test-client': {
    summary: 'Drive an app-server by hand',
    aliases: [],
    load: async () => (await import('@codex/test-client')).main,
    accept: nothing,
  },
};

/** What runs when no subcommand is named. */
export const TERMINAL: Command = {
  summary: 'Work with Codex at the terminal',
  aliases: [],
  load: async () => (await import('@codex/tui')).main,
  accept: forTerminal,
};

/** Known to other builds of Codex: a clear answer beats "unknown command". */
export const ABSENT: ReadonlySet<string> = new Set([
  'a',
  'apply',
  'cloud',
  'completion',
  'debug',
  'features',
  'mcp-server',
  'tui',
]);

/** The command with this name or alias. */
export function findCommand(commands: Readonly<Record<string, Command>>, name: string): Command | undefined {
  if (Object.hasOwn(commands, name)) return commands[name];
  return Object.values(commands).find((command) => command.aliases.includes(name));
}

function forTerminal({ name, value }: RootOption): string[] {
  return value === undefined ? [name] : [`${name}=${value}`];
}

/** exec has these options itself, but for three: it never asks, it has no screen, and search is a setting. */
function forExec(option: RootOption): string[] | null {
  if (option.name === '--ask-for-approval' || option.name === '--no-alt-screen') return [];
  if (option.name === '--search') return ['--config', 'web_search="live"'];
  return forTerminal(option);
}

const SANDBOX_OPTIONS = new Set(['--config', '--enable', '--disable', '--sandbox', '--profile', '--full-auto']);

function forSandbox({ name, value }: RootOption): string[] | null {
  if (!SANDBOX_OPTIONS.has(name)) return null;
  return value === undefined ? [name] : [name, value];
}

function forSettings({ name, value }: RootOption): string[] | null {
  return name === '--config' || name === '--enable' || name === '--disable' ? [name, value ?? ''] : null;
}

/** Settings say nothing about rules files; they are let pass, as in other places of the line. */
function forExecpolicy({ name }: RootOption): string[] | null {
  return name === '--config' || name === '--enable' || name === '--disable' ? [] : null;
}

const SETTING_OF_OPTION: Readonly<Record<string, string>> = {
  '--model': 'model',
  '--profile': 'profile',
  '--sandbox': 'sandbox_mode',
  '--ask-for-approval': 'approval_policy',
};

/** The app-server is configured by settings only; options that stand for one become it. */
function forAppServer({ name, value }: RootOption): string[] | null {
  if (name === '--config' || name === '--enable' || name === '--disable') return [name, value ?? ''];
  if (name === '--search') return ['--config', 'web_search="live"'];
  const setting = SETTING_OF_OPTION[name];
  return setting === undefined ? null : ['--config', `${setting}=${JSON.stringify(value)}`];
}

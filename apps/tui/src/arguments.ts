import type { ThreadTarget } from '@codex/app-server-client';
import {
  type CommandLineRules,
  type OverrideFlag,
  readCommandLine,
  RUN_OPTIONS,
  type ThreadOptions,
  threadOptions,
} from '@codex/config';
import type { AskForApproval } from '@codex/protocol';

/** What the program begins with. */
export type Purpose = 'new' | 'resume' | 'fork';

export interface RunArguments extends ThreadOptions {
  kind: 'run';
  purpose: Purpose;
  /** The stored session; null to choose one, or for a new one. */
  target: ThreadTarget | null;
  allFolders: boolean;
  prompt: string | null;
  settings: OverrideFlag[];
  profile: string | undefined;
  images: string[];
  approval: AskForApproval | undefined;
  cwd: string | undefined;
  alternateScreen: boolean;
}

export type Arguments = RunArguments | { kind: 'help' } | { kind: 'version' } | { kind: 'invalid'; message: string };

const OPTIONS = {
  ...RUN_OPTIONS,
  'ask-for-approval': {
    type: 'string',
    short: 'a',
    oneOf: ['untrusted', 'on-failure', 'on-request', 'never'],
  },
  search: { type: 'boolean' },
  'no-alt-screen': { type: 'boolean' },
} as const satisfies CommandLineRules['options'];

const STORED = { last: { type: 'boolean' }, all: { type: 'boolean' } } as const;

/** Reads the command line of `codex`, `codex resume` and `codex fork`; `before` words stood before such a word. Never throws. */
export function parseArguments(purpose: Purpose, argv: readonly string[], before = 0): Arguments {
  const options = purpose === 'new' ? OPTIONS : { ...OPTIONS, ...STORED };
  const line = readCommandLine(argv, { options }, before);
  if ('message' in line) return { kind: 'invalid', message: line.message };
  const { flags, values, settings, positionals } = line;
  if (flags.has('help')) return { kind: 'help' };
  if (flags.has('version')) return { kind: 'version' };
  const words = [...positionals];
  const key = purpose === 'new' || flags.has('last') ? undefined : words.shift();
  const [prompt, surplus] = words;
  if (surplus !== undefined) return { kind: 'invalid', message: `unexpected argument '${surplus}' found` };
  const value = (name: string) => values.get(name)?.at(-1);
  return {
    kind: 'run',
    purpose,
    target: key !== undefined ? { by: 'key', key } : flags.has('last') ? { by: 'last' } : null,
    allFolders: flags.has('all'),
    prompt: prompt ?? null,
    settings: flags.has('search') ? [...settings, { option: 'config', text: 'web_search="live"' }] : settings,
    profile: value('profile'),
    ...threadOptions(line),
    images: values.get('image') ?? [],
    approval: approvalOf(flags, value('ask-for-approval')),
    cwd: value('cd'),
    alternateScreen: !flags.has('no-alt-screen'),
  };
}

function approvalOf(flags: ReadonlySet<string>, chosen: string | undefined): AskForApproval | undefined {
  if (flags.has('dangerously-bypass-approvals-and-sandbox')) return 'never';
  return flags.has('full-auto') ? 'on-request' : (chosen as AskForApproval | undefined);
}

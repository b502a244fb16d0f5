import {
  type CommandLineRules,
  type OverrideFlag,
  readCommandLine,
  RUN_OPTIONS,
  type ThreadOptions,
  threadOptions,
} from '@codex/config';
import type { ThreadTarget } from '@codex/app-server-client';
import { readReview, type Review, REVIEW_OPTIONS, REVIEW_TARGETS } from './review-arguments.ts';

export interface RunArguments extends ThreadOptions {
  kind: 'run';
  /** The session to go on with; null for a new one. */
  resume: { target: ThreadTarget; allFolders: boolean } | null;
  /** A review instead of a turn; null for none. */
  review: Review | null;
  /** Null: from stdin. */
  prompt: string | null;
  settings: OverrideFlag[];
  profile: string | undefined;
  images: string[];
  cwd: string | undefined;
  skipGitCheck: boolean;
  ephemeral: boolean;
  outputSchema: string | undefined;
  lastMessageFile: string | undefined;
  color: 'always' | 'never' | 'auto';
  json: boolean;
  ignoreUserConfig: boolean;
  ignoreRules: boolean;
  /** Milliseconds that the run may take; null for any. */
  timeLimit: number | null;
}

export type Arguments = RunArguments | { kind: 'help' } | { kind: 'version' } | { kind: 'invalid'; message: string };

const RULES: CommandLineRules = {
  options: {
    ...RUN_OPTIONS,
    'skip-git-repo-check': { type: 'boolean' },
    ephemeral: { type: 'boolean' },
    'output-schema': { type: 'string' },
    color: { type: 'string', oneOf: ['always', 'never', 'auto'] },
    'progress-cursor': { type: 'boolean' },
    json: { type: 'boolean' },
    timeout: { type: 'string' },
    'ignore-user-config': { type: 'boolean' },
    'ignore-rules': { type: 'boolean' },
    'output-last-message': { type: 'string', short: 'o' },
    ...REVIEW_TARGETS,
    last: { type: 'boolean' },
    all: { type: 'boolean' },
  },
  aliases: { 'experimental-json': 'json' },
  commands: new Set(['resume', 'review', 'help']),
  accepts: (option, command) =>
    command === 'review' ? REVIEW_OPTIONS.has(option) : !Object.hasOwn(REVIEW_TARGETS, option),
};

/** Reads the command line of exec (exec specification, "Command line"). Never throws. */
export function parseArguments(argv: readonly string[], before = 0): Arguments {
  const given = readCommandLine(argv, RULES, before);
  if ('message' in given) return { kind: 'invalid', message: given.message };
  const { command, flags, values, settings } = given;
  if (flags.has('help') || command === 'help') return { kind: 'help' };
  if (flags.has('version')) return { kind: 'version' };
  const stray = ['last', 'all'].find((name) => flags.has(name));
  if (stray !== undefined && command !== 'resume') {
    return { kind: 'invalid', message: `unexpected argument '--${stray}' found` };
  }

  const positionals = [...given.positionals];
  let resume: RunArguments['resume'] = null;
  if (command === 'resume') {
    const key = flags.has('last') ? undefined : positionals.shift();
    if (key === undefined && !flags.has('last')) {
      return { kind: 'invalid', message: 'resume needs the id or name of a session, or --last' };
    }
    resume = { target: key === undefined ? { by: 'last' } : { by: 'key', key }, allFolders: flags.has('all') };
  }
  const [prompt, surplus] = positionals;
  const value = (name: string) => values.get(name)?.at(-1);
  const review = command === 'review' ? readReview(given, value, prompt) : null;
  if (typeof review === 'string') return { kind: 'invalid', message: review };
  if (surplus !== undefined) return { kind: 'invalid', message: `unexpected argument '${surplus}' found` };

  const seconds = value('timeout');
  if (seconds !== undefined && !(Number(seconds) > 0)) {
    return { kind: 'invalid', message: `invalid value '${seconds}' for '--timeout': a number of seconds is wanted` };
  }
  const bypass = flags.has('dangerously-bypass-approvals-and-sandbox');
  return {
    kind: 'run',
    resume,
    review,
    prompt: prompt === undefined || prompt === '-' ? null : prompt,
    settings,
    profile: value('profile'),
    ...threadOptions(given),
    images: values.get('image') ?? [],
    cwd: value('cd'),
    skipGitCheck: bypass || flags.has('skip-git-repo-check'),
    ephemeral: flags.has('ephemeral'),
    outputSchema: value('output-schema'),
    lastMessageFile: value('output-last-message'),
    color: (value('color') ?? 'auto') as RunArguments['color'],
    json: flags.has('json'),
    ignoreUserConfig: flags.has('ignore-user-config'),
    ignoreRules: flags.has('ignore-rules'),
    timeLimit: seconds === undefined ? null : Number(seconds) * 1000,
  };
}

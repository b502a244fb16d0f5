import { parseArgs } from 'node:util';
import type { OverrideFlag } from '@codex/config';
import { readReview, type Review, REVIEW_OPTIONS, REVIEW_TARGETS } from './review-arguments.ts';

export type SandboxName = 'read-only' | 'workspace-write' | 'danger-full-access';

export interface RunArguments {
  kind: 'run';
  /** The session to go on with; null for a new one. */
  resume: { target: { by: 'last' } | { by: 'key'; key: string }; allFolders: boolean } | null;
  /** A review instead of a turn; null for none. */
  review: Review | null;
  /** Null: from stdin. */
  prompt: string | null;
  settings: OverrideFlag[];
  profile: string | undefined;
  model: string | undefined;
  images: string[];
  sandbox: SandboxName | undefined;
  bypass: boolean;
  cwd: string | undefined;
  addDirs: string[];
  skipGitCheck: boolean;
  ephemeral: boolean;
  oss: boolean;
  localProvider: string | undefined;
  outputSchema: string | undefined;
  lastMessageFile: string | undefined;
  color: 'always' | 'never' | 'auto';
  json: boolean;
}

export type Arguments = RunArguments | { kind: 'help' } | { kind: 'version' } | { kind: 'invalid'; message: string };

interface Option {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  /** The only values it takes. */
  oneOf?: readonly string[];
}

const OPTIONS: Readonly<Record<string, Option>> = {
  config: { type: 'string', short: 'c', multiple: true },
  enable: { type: 'string', multiple: true },
  disable: { type: 'string', multiple: true },
  image: { type: 'string', short: 'i', multiple: true },
  model: { type: 'string', short: 'm' },
  oss: { type: 'boolean' },
  'local-provider': { type: 'string' },
  sandbox: { type: 'string', short: 's', oneOf: ['read-only', 'workspace-write', 'danger-full-access'] },
  profile: { type: 'string', short: 'p' },
  'full-auto': { type: 'boolean' },
  'dangerously-bypass-approvals-and-sandbox': { type: 'boolean' },
  cd: { type: 'string', short: 'C' },
  'skip-git-repo-check': { type: 'boolean' },
  'add-dir': { type: 'string', multiple: true },
  ephemeral: { type: 'boolean' },
  'output-schema': { type: 'string' },
  color: { type: 'string', oneOf: ['always', 'never', 'auto'] },
  'progress-cursor': { type: 'boolean' },
  json: { type: 'boolean' },
  'output-last-message': { type: 'string', short: 'o' },
  ...REVIEW_TARGETS,
  last: { type: 'boolean' },
  all: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
};

const ALIASES: Readonly<Record<string, string>> = {
  'experimental-json': 'json',
  yolo: 'dangerously-bypass-approvals-and-sandbox',
};

const COMMANDS = new Set(['resume', 'review', 'help']);

interface Given {
  command: string | null;
  /** Options of the current command. */
  seen: Set<string>;
  flags: Set<string>;
  values: Map<string, string[]>;
  settings: OverrideFlag[];
  positionals: string[];
}

/**
 * Reads the command line of exec (exec specification, "Command line"). An option counts once, but may be written again
 * after the subcommand (`before` words stand before it) and after `resume`; then the last one counts. Never throws.
 */
export function parseArguments(argv: readonly string[], before = 0): Arguments {
  const given = collect(argv, before);
  if ('message' in given) return { kind: 'invalid', message: given.message };
  const { command, flags, values, settings } = given;
  if (flags.has('help') || command === 'help') return { kind: 'help' };
  if (flags.has('version')) return { kind: 'version' };
  const conflict = conflictIn(given);
  if (conflict) return { kind: 'invalid', message: conflict };

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

  const bypass = flags.has('dangerously-bypass-approvals-and-sandbox');
  const chosen = value('sandbox') as SandboxName | undefined;
  return {
    kind: 'run',
    resume,
    review,
    prompt: prompt === undefined || prompt === '-' ? null : prompt,
    settings,
    profile: value('profile'),
    model: value('model'),
    images: values.get('image') ?? [],
    sandbox: bypass ? 'danger-full-access' : flags.has('full-auto') ? 'workspace-write' : chosen,
    bypass,
    cwd: value('cd'),
    addDirs: values.get('add-dir') ?? [],
    skipGitCheck: bypass || flags.has('skip-git-repo-check'),
    ephemeral: flags.has('ephemeral'),
    oss: flags.has('oss'),
    localProvider: value('local-provider'),
    outputSchema: value('output-schema'),
    lastMessageFile: value('output-last-message'),
    color: (value('color') ?? 'auto') as RunArguments['color'],
    json: flags.has('json'),
  };
}

function collect(argv: readonly string[], before: number): Given | { message: string } {
  const options = { ...OPTIONS, ...Object.fromEntries(Object.entries(ALIASES).map(([a, b]) => [a, OPTIONS[b]])) };
  const { tokens } = parseArgs({
    args: [...argv],
    options: options as Record<string, { type: 'string' | 'boolean'; short?: string }>,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given: Given = {
    ...{ command: null, settings: [], positionals: [] },
    ...{ seen: new Set(), flags: new Set(), values: new Map() },
  };
  let inherited = before > 0;
  let terminated = false;
  /** `-i` takes all words up to the next option, but in `resume` one. */
  let takingImages = false;
  for (const token of tokens) {
    if (inherited && token.index >= before) {
      inherited = false;
      takingImages = false;
      given.seen.clear();
    }
    if (token.kind === 'option-terminator') {
      terminated = true;
      takingImages = false;
    } else if (token.kind === 'positional') {
      if (takingImages) push(given.values, 'image', splitImages(token.value));
      else if (given.command === null && given.positionals.length === 0 && !terminated && COMMANDS.has(token.value)) {
        given.command = token.value;
        given.seen.clear();
      } else given.positionals.push(token.value);
    } else {
      const name = ALIASES[token.name] ?? token.name;
      const mistake = takeOption(given, name, token);
      if (mistake) return { message: mistake };
      takingImages = name === 'image' && given.command === null;
    }
  }
  return given;
}

/** Stores the option; a text says why it cannot. */
function takeOption(
  given: Given,
  name: string,
  token: { rawName: string; value: string | undefined; inlineValue: boolean | undefined },
): string | null {
  const { rawName, inlineValue } = token;
  // `-m=x` is as good as `-mx`.
  const value = inlineValue && !rawName.startsWith('--') ? token.value?.replace(/^=/, '') : token.value;
  const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
  const isKnown = given.command === 'review' ? REVIEW_OPTIONS.has(name) : !Object.hasOwn(REVIEW_TARGETS, name);
  if (!option || !isKnown) return `unexpected argument '${rawName}' found`;
  if (!option.multiple && given.seen.has(name)) return `the argument '--${name}' cannot be used multiple times`;
  given.seen.add(name);
  if (option.type === 'boolean') {
    if (value !== undefined) return `unexpected value '${value}' for '--${name}' found`;
    given.flags.add(name);
    return null;
  }
  if (value === undefined || (!inlineValue && /^-./.test(value))) {
    return `a value is required for '--${name}' but none was supplied`;
  }
  if (option.oneOf && !option.oneOf.includes(value)) {
    return `invalid value '${value}' for '--${name}'\n  [possible values: ${option.oneOf.join(', ')}]`;
  }
  if (name === 'config' || name === 'enable' || name === 'disable') given.settings.push({ option: name, text: value });
  else push(given.values, name, name === 'image' ? splitImages(value) : [value]);
  return null;
}

function conflictIn({ command, flags }: Given): string | null {
  if (flags.has('full-auto') && flags.has('dangerously-bypass-approvals-and-sandbox')) {
    return "the argument '--full-auto' cannot be used with '--dangerously-bypass-approvals-and-sandbox'";
  }
  const stray = ['last', 'all'].find((name) => flags.has(name));
  return stray !== undefined && command !== 'resume' ? `unexpected argument '--${stray}' found` : null;
}

function splitImages(value: string): string[] {
  return value.split(',').filter((path) => path !== '');
}

function push(values: Map<string, string[]>, name: string, more: readonly string[]): void {
  values.set(name, [...(values.get(name) ?? []), ...more]);
}

import { parseArgs } from 'node:util';
import type { OverrideFlag } from './overrides.ts';

export interface CommandLineOption {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** May be given more than once. */
  readonly multiple?: boolean;
  /** The only values it takes. */
  readonly oneOf?: readonly string[];
}

/** Options that mean the same to everything that runs turns. */
export const RUN_OPTIONS = {
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
  'add-dir': { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const satisfies Readonly<Record<string, CommandLineOption>>;

const ALIASES: Readonly<Record<string, string>> = { yolo: 'dangerously-bypass-approvals-and-sandbox' };

export interface CommandLineRules {
  readonly options: Readonly<Record<string, CommandLineOption>>;
  /** Other names of options. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Words that are subcommands when they come first. */
  readonly commands?: ReadonlySet<string>;
  /** Whether an option may stand behind a subcommand, or before any (null). All may, by default. */
  readonly accepts?: (option: string, command: string | null) => boolean;
}

/** What was written, not yet understood. */
export interface CommandLine {
  command: string | null;
  flags: Set<string>;
  values: Map<string, string[]>;
  settings: OverrideFlag[];
  positionals: string[];
}

/**
 * Reads a command line, or tells what is wrong with it. An option counts once, but may be written again after the program's
 * subcommand (`before` words stand before it) and after one of `commands`; then the last one counts. Never throws.
 */
export function readCommandLine(
  argv: readonly string[],
  rules: CommandLineRules,
  before = 0,
): CommandLine | { message: string } {
  const aliases = { ...ALIASES, ...rules.aliases };
  const renamed = Object.entries(aliases).map(([alias, name]) => [alias, rules.options[name]]);
  const { tokens } = parseArgs({
    args: [...argv],
    options: { ...rules.options, ...Object.fromEntries(renamed) } as Record<
      string,
      { type: 'string' | 'boolean'; short?: string }
    >,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const line: CommandLine = { command: null, flags: new Set(), values: new Map(), settings: [], positionals: [] };
  const seen = new Set<string>();
  let inherited = before > 0;
  let terminated = false;
  /** `-i` takes all words up to the next option, but behind a subcommand one. */
  let takingImages = false;
  for (const token of tokens) {
    if (inherited && token.index >= before) {
      inherited = false;
      takingImages = false;
      seen.clear();
    }
    if (token.kind === 'option-terminator') {
      terminated = true;
      takingImages = false;
    } else if (token.kind === 'positional') {
      const isFirst = line.command === null && line.positionals.length === 0 && !terminated;
      if (takingImages) push(line.values, 'image', splitImages(token.value));
      else if (isFirst && rules.commands?.has(token.value)) {
        line.command = token.value;
        seen.clear();
      } else line.positionals.push(token.value);
    } else {
      const name = aliases[token.name] ?? token.name;
      const mistake = takeOption(line, seen, rules, { ...token, name });
      if (mistake) return { message: mistake };
      takingImages = name === 'image' && line.command === null;
    }
  }
  const conflict = line.flags.has('full-auto') && line.flags.has('dangerously-bypass-approvals-and-sandbox');
  if (!conflict) return line;
  return { message: "the argument '--full-auto' cannot be used with '--dangerously-bypass-approvals-and-sandbox'" };
}

/** Stores the option; a text says why it cannot. */
function takeOption(
  line: CommandLine,
  seen: Set<string>,
  { options, accepts }: CommandLineRules,
  token: { name: string; rawName: string; value: string | undefined; inlineValue: boolean | undefined },
): string | null {
  const { name, rawName, inlineValue } = token;
  // `-m=x` is as good as `-mx`.
  const value = inlineValue && !rawName.startsWith('--') ? token.value?.replace(/^=/, '') : token.value;
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option || accepts?.(name, line.command) === false) return `unexpected argument '${rawName}' found`;
  if (!option.multiple && seen.has(name)) return `the argument '--${name}' cannot be used multiple times`;
  seen.add(name);
  if (option.type === 'boolean') {
    if (value !== undefined) return `unexpected value '${value}' for '--${name}' found`;
    line.flags.add(name);
    return null;
  }
  if (value === undefined || (!inlineValue && /^-./.test(value))) {
    return `a value is required for '--${name}' but none was supplied`;
  }
  if (option.oneOf && !option.oneOf.includes(value)) {
    return `invalid value '${value}' for '--${name}'\n  [possible values: ${option.oneOf.join(', ')}]`;
  }
  if (name === 'config' || name === 'enable' || name === 'disable') line.settings.push({ option: name, text: value });
  else push(line.values, name, name === 'image' ? splitImages(value) : [value]);
  return null;
}

function splitImages(value: string): string[] {
  return value.split(',').filter((path) => path !== '');
}

function push(values: Map<string, string[]>, name: string, more: readonly string[]): void {
  values.set(name, [...(values.get(name) ?? []), ...more]);
}

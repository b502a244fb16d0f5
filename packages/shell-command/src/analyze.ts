import { execute } from './analysis/execute.ts';
import { programOf } from './analysis/invocation.ts';
import { field, HOLE, isKnown, State, UNKNOWN } from './analysis/values.ts';
import type { Context, Ran } from './analysis/ran.ts';
import { ScriptWalker } from './analysis/walk.ts';

/** What a command line would run. */
export interface CommandAnalysis {
  /** Every command that can run is listed, with all its words. */
  readonly complete: boolean;
  readonly commands: readonly AnalyzedCommand[];
  /** Why it is not complete, in words for people; empty when it is. */
  readonly reasons: readonly string[];
}

export interface AnalyzedCommand {
  /** Null when not all words are known literally; empty when there are only redirections or assignments. */
  readonly words: readonly string[] | null;
  /** The name of the program where it is known though not all words are. */
  readonly program: string | null;
  /** Shells, wrappers and settings it runs through, outermost first. */
  readonly via: readonly string[];
  /** Files it is connected to; the target is null when not known literally, and empty for here-documents. */
  readonly redirects: readonly { readonly op: string; readonly target: string | null }[];
  readonly background: boolean;
  /** Whether it runs depends on something else. */
  readonly conditional: boolean;
  /** Names of the variables set for it. */
  readonly env: readonly string[];
}

/** Characters of all words together that are read. */
const MAX_LENGTH = 1 << 20;

/** All that reading a command line tells; what `judge` works on. */
export interface Walked {
  readonly ran: readonly Ran[];
  readonly reasons: readonly string[];
  readonly alarms: readonly string[];
}

export function walk(argv: readonly string[]): Walked {
  const failed = (reason: string): Walked => ({ ran: [], reasons: [reason], alarms: [] });
  if (argv.length === 0) return failed('no command');
  if (argv.reduce((sum, word) => sum + word.length, 0) > MAX_LENGTH) return failed('too long');
  if (argv.some((word) => word.includes(HOLE))) return failed('NUL character');
  const walker = new ScriptWalker();
  const context: Context = {
    state: new State(),
    via: [],
    stdin: UNKNOWN,
    background: false,
    conditional: false,
    posix: false,
    depth: 0,
  };
  const fields = argv.map((word) => field(word));
  try {
    execute(walker, { fields, env: [], redirects: [], context });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    walker.note('too complicated');
  }
  return { ran: [...walker.ran.values()], reasons: [...walker.reasons], alarms: [...walker.alarms] };
}

/**
 * Reads a command line as the shells would and lists every command that can run: inside pipes, lists, loops, functions, substitutions,
 * here-documents, wrappers and shells within shells. Variables set in the script, and texts it builds from literal ones, are followed.
 * Takes at most 1 MiB; deep nesting and heavy branching end the reading with a reason. Never throws.
 */
export function analyze(argv: readonly string[]): CommandAnalysis {
  const { ran, reasons, alarms } = walk(argv);
  const commands = ran.map(publicCommand);
  const unknown = commands.some(({ words, redirects }) => !words || redirects.some(({ target }) => target === null));
  const all = [...reasons, ...alarms, ...(unknown && reasons.length === 0 ? ['words not known literally'] : [])];
  return { complete: all.length === 0, commands, reasons: all };
}

function publicCommand({ fields, via, redirects, background, conditional, env }: Ran): AnalyzedCommand {
  const [first] = fields;
  return {
    words: fields.every(isKnown) ? fields.map(({ text }) => text) : null,
    program: first && isKnown(first) ? programOf(first.text) : null,
    via,
    redirects: redirects.map(({ operator, target }) => ({
      op: operator,
      target: isKnown(target) ? target.text : null,
    })),
    background,
    conditional,
    env: [...new Set(env.map(({ name }) => name))],
  };
}

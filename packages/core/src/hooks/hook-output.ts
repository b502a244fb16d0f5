import { isObject, parseJson } from '@codex/base';
import type { HookOutputEntry } from '@codex/protocol';

/** How the process of a hook ended; `error` when it did not come to its own end. */
export type HookExit =
  | { readonly error: string }
  | { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** What a hook has to say. */
export interface HookVerdict {
  readonly status: 'completed' | 'failed' | 'blocked' | 'stopped';
  readonly entries: HookOutputEntry[];
  /** For the model: context of a session, or why it shall go on. */
  readonly message: string | null;
}

type Fields = Readonly<Record<string, unknown>>;
type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const isBoolean = (value: unknown) => typeof value === 'boolean';
const isText = (value: unknown) => value === null || typeof value === 'string';
const COMMON: Shape = { continue: isBoolean, stopReason: isText, suppressOutput: isBoolean, systemMessage: isText };
const SPECIFIC: Shape = {
  hookEventName: (value) => value === 'SessionStart' || value === 'Stop',
  additionalContext: isText,
};
const START: Shape = {
  ...COMMON,
  hookSpecificOutput: (value) => value === null || (fits(value, SPECIFIC) && 'hookEventName' in value),
};
const STOP: Shape = { ...COMMON, decision: (value) => value === null || value === 'block', reason: isText };

/** What a SessionStart hook says: plain text is context, as is that of its JSON (core specification §20.2). */
export function readStart(exit: HookExit): HookVerdict {
  const stdout = successfulOutput(exit);
  if (typeof stdout !== 'string') return stdout;
  const fields = fieldsOf(stdout, START);
  if (!fields) {
    if (/^[[{]/.test(stdout)) return failed('hook returned invalid session start JSON output');
    return withContext(stdout, []);
  }
  const specific = fields['hookSpecificOutput'];
  const context = isObject(specific) ? textOf(specific['additionalContext']) : null;
  const said = withContext(context, warnings(fields));
  return fields['continue'] === false ? stopped(said.entries, fields) : said;
}

/** What a Stop hook says: nothing, JSON, or by exit code 2 and stderr that the model shall go on. */
export function readStop(exit: HookExit): HookVerdict {
  if ('exitCode' in exit && exit.exitCode === 2) {
    const reason = textOf(exit.stderr);
    if (reason !== null) return blocked(reason, []);
    return failed('Stop hook exited with code 2 but did not write a continuation prompt to stderr');
  }
  const stdout = successfulOutput(exit);
  if (typeof stdout !== 'string') return stdout;
  const fields = stdout ? fieldsOf(stdout, STOP) : {};
  if (!fields) return failed('hook returned invalid stop hook JSON output');
  const entries = warnings(fields);
  if (fields['continue'] === false) return stopped(entries, fields);
  if (fields['decision'] !== 'block') return { status: 'completed', entries, message: null };
  const reason = textOf(fields['reason']);
  if (reason !== null) return blocked(reason, entries);
  return failed('Stop hook returned decision:block without a non-empty reason', entries);
}

/** The trimmed output of a hook that went well. */
function successfulOutput(exit: HookExit): string | HookVerdict {
  if ('error' in exit) return failed(exit.error);
  return exit.exitCode === 0 ? exit.stdout.trim() : failed(`hook exited with code ${exit.exitCode}`);
}

/** Null for what is not an object of exactly these fields. */
function fieldsOf(text: string, shape: Shape): Fields | null {
  const parsed = parseJson(text);
  return parsed.ok && fits(parsed.value, shape) ? parsed.value : null;
}

function fits(value: unknown, shape: Shape): value is Fields {
  const isKnown = ([key, member]: [string, unknown]) => Object.hasOwn(shape, key) && shape[key]?.(member);
  return isObject(value) && Object.entries(value).every(isKnown);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.trim() || null : null;
}

function entry(kind: HookOutputEntry['kind'], text: string | null): HookOutputEntry[] {
  return text === null ? [] : [{ kind, text }];
}

function warnings(fields: Fields): HookOutputEntry[] {
  return entry('warning', textOf(fields['systemMessage']));
}

function withContext(text: string | null, entries: HookOutputEntry[]): HookVerdict {
  const message = text || null;
  return { status: 'completed', entries: [...entries, ...entry('context', message)], message };
}

function stopped(entries: HookOutputEntry[], fields: Fields): HookVerdict {
  return { status: 'stopped', entries: [...entries, ...entry('stop', textOf(fields['stopReason']))], message: null };
}

function blocked(reason: string, entries: HookOutputEntry[]): HookVerdict {
  return { status: 'blocked', entries: [...entries, ...entry('feedback', reason)], message: reason };
}

function failed(error: string, entries: HookOutputEntry[] = []): HookVerdict {
  return { status: 'failed', entries: [...entries, ...entry('error', error)], message: null };
}

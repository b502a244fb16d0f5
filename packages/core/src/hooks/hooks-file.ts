import type { PatchFiles } from '@codex/apply-patch';
import { isObject, parseJson, systemCode, toMessage } from '@codex/base';
import type { HookEventName } from '@codex/protocol';

/** One command that runs when something happens. */
export interface HookHandler {
  readonly event: HookEventName;
  /** Fits how the session began; null fits always. */
  readonly matcher: RegExp | null;
  readonly command: string;
  readonly timeoutSeconds: number;
  /** What a client may show while it runs. */
  readonly statusMessage: string | null;
  readonly sourcePath: string;
  /** Counts all handlers of a session from 0; also the order of their results. */
  readonly order: number;
}

export interface HooksFound {
  readonly handlers: HookHandler[];
  /** What was left out, and why. */
  readonly warnings: string[];
}

type Command = Pick<HookHandler, 'command' | 'timeoutSeconds' | 'statusMessage'>;

const MAX_BYTES = 1024 * 1024;
const DEFAULT_TIMEOUT_SECONDS = 600;
const EVENTS: readonly (readonly [key: string, event: HookEventName])[] = [
  ['SessionStart', 'sessionStart'],
  ['Stop', 'stop'],
];

/** Reads `hooks.json` files in their order (core specification §20.2). Never rejects; a missing file is none. */
export async function findHooks(paths: readonly string[], files: Pick<PatchFiles, 'read'>): Promise<HooksFound> {
  const found: HooksFound = { handlers: [], warnings: [] };
  for (const path of paths) {
    try {
      addHooks(found, Buffer.from(await files.read(path, MAX_BYTES)).toString(), path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') continue;
      found.warnings.push(`failed to read hooks config ${path}: ${toMessage(error)}`);
    }
  }
  return found;
}

/** Adds what one file says. A part that is not understood is left out and the rest counts. */
function addHooks(found: HooksFound, text: string, sourcePath: string): void {
  const fault = (place: string, why: string) => void found.warnings.push(`hooks config ${sourcePath}: ${place} ${why}`);
  const list = (value: unknown, place: string): unknown[] => {
    if (Array.isArray(value)) return value;
    if (value !== undefined) fault(place, 'must be a list');
    return [];
  };
  const parsed = parseJson(text);
  if (!parsed.ok) {
    found.warnings.push(`failed to parse hooks config ${sourcePath}: ${parsed.error}`);
    return;
  }
  const hooks = isObject(parsed.value) ? (parsed.value['hooks'] ?? {}) : null;
  if (!isObject(hooks)) {
    fault('hooks', 'must be an object');
    return;
  }
  for (const [key, event] of EVENTS) {
    for (const [i, group] of list(hooks[key], `hooks.${key}`).entries()) {
      const place = `hooks.${key}[${i}]`;
      if (!isObject(group)) {
        fault(place, 'must be an object');
        continue;
      }
      const matcher = event === 'sessionStart' ? readMatcher(group['matcher']) : null;
      if (typeof matcher === 'string') {
        fault(`${place}.matcher`, matcher);
        continue;
      }
      for (const [j, entry] of list(group['hooks'], `${place}.hooks`).entries()) {
        const command = readCommand(entry);
        if (typeof command === 'string') fault(`${place}.hooks[${j}]`, command);
        else found.handlers.push({ event, matcher, ...command, sourcePath, order: found.handlers.length });
      }
    }
  }
}

/** A text says what is wrong. */
function readMatcher(value: unknown): RegExp | null | string {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') return 'must be a text';
  try {
    return new RegExp(value);
  } catch (error) {
    return `is skipped: ${toMessage(error)}`;
  }
}

/** A text says what is wrong. */
function readCommand(entry: unknown): Command | string {
  if (!isObject(entry)) return 'must be an object';
  const { type, command, statusMessage } = entry;
  if (type === 'prompt' || type === 'agent') return `is skipped: ${type} hooks are not supported`;
  if (type !== 'command') return 'needs a type, one of command, prompt, agent';
  if (typeof command !== 'string' || !command.trim()) return 'needs a command';
  if (entry['async'] === true) return 'is skipped: async hooks are not supported';
  const timeout = entry['timeout'] ?? entry['timeoutSec'] ?? DEFAULT_TIMEOUT_SECONDS;
  if (typeof timeout !== 'number' || timeout < 0) return 'needs a timeout in seconds';
  return {
    command,
    timeoutSeconds: Math.max(1, timeout),
    statusMessage: typeof statusMessage === 'string' ? statusMessage : null,
  };
}

import { CodexError, systemCode, toMessage } from '@codex/base';
import { getSystemErrorMap } from 'node:util';

/** Where libuv words an error differently from the system's own strerror. */
const SYSTEM_TEXTS: Readonly<Record<string, string>> = {
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
  ENOMEM: 'Cannot allocate memory',
  ETXTBSY: 'Text file busy',
};

/** What could not be used: the program, its folder, or the words handed to it. */
export type SpawnSubject = 'program' | 'cwd' | 'arguments';

const NOUNS: Readonly<Record<SpawnSubject, string>> = {
  program: 'program',
  cwd: 'working directory',
  arguments: 'arguments',
};

/**
 * A command that could not be started. `message` is the system's text and what it is about, for instance
 * `No such file or directory (os error 2): working directory /x`; `errno` and `osError` are null when we refused before
 * asking the system.
 */
export class SpawnError extends CodexError {
  override readonly name = 'SpawnError';
  /** The system's text without the number. */
  readonly reason: string;
  /** The symbolic name, such as ENOENT. */
  readonly errno: string | null;
  /** The number, such as 2. */
  readonly osError: number | null;
  readonly subject: SpawnSubject;

  constructor(
    fault: { reason: string; errno?: string; osError?: number; subject: SpawnSubject; named?: string | undefined },
    options: ErrorOptions = {},
  ) {
    const { subject, named } = fault;
    const number = fault.osError === undefined ? '' : ` (os error ${fault.osError})`;
    const what = named === undefined ? '' : `: ${NOUNS[subject]} ${named}`;
    const data = { subject, errno: fault.errno ?? null, ...(named === undefined ? {} : { [subject]: named }) };
    super('invalidRequest', `${fault.reason}${number}${what}`, { ...options, data });
    this.reason = fault.reason;
    this.errno = fault.errno ?? null;
    this.osError = fault.osError ?? null;
    this.subject = subject;
  }
}

export function isSpawnError(error: unknown): error is SpawnError {
  return error instanceof SpawnError;
}

/** Wraps what `spawn` failed with. `named` is the program or the folder, as it was given. */
export function spawnError(cause: unknown, subject: SpawnSubject, named?: string): SpawnError {
  const errno = systemCode(cause);
  const known = errno === undefined ? undefined : numberAndText(errno);
  if (errno === undefined || !known) return new SpawnError({ reason: toMessage(cause), subject, named }, { cause });
  return new SpawnError({ reason: known.text, errno, osError: known.number, subject, named }, { cause });
}

/** The error the system would have given, for checks done before asking it. */
export function systemSpawnError(errno: string, subject: SpawnSubject, named: string): SpawnError {
  const known = numberAndText(errno);
  if (!known) return new SpawnError({ reason: errno, subject, named });
  return new SpawnError({ reason: known.text, errno, osError: known.number, subject, named });
}

function numberAndText(errno: string): { number: number; text: string } | undefined {
  for (const [number, [name, text]] of getSystemErrorMap()) {
    if (name !== errno) continue;
    return { number: -number, text: SYSTEM_TEXTS[errno] ?? text.charAt(0).toUpperCase() + text.slice(1) };
  }
  return undefined;
}

import { constants } from 'node:os';

export type OutputStream = 'stdout' | 'stderr';

export interface TerminalSize {
  rows: number;
  cols: number;
}

/** A command ready to be started: validated, wrapped by the isolation, environment complete. */
export interface Launch {
  program: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
}

/**
 * `exited`: the process is gone. `closed`: its input was never open, or has been ended. `full`: it does not read what
 * it was sent before. Nothing of the data was taken in any of these cases.
 */
export type WriteResult = { ok: true } | { ok: false; reason: 'exited' | 'closed' | 'full' };

export type ResizeResult = { ok: true } | { ok: false; reason: 'exited' | 'notATerminal' | 'invalidSize' };

/** One started process, whatever carries its input and output. */
export interface Child {
  /** Also its process group. */
  readonly pid: number;
  /** The exit code, 128 + n after signal n; settles when the process itself has ended. */
  readonly exit: Promise<number>;
  /** Settles when all output has been read, which somebody holding the pipes may delay beyond `exit`. */
  readonly outputEnd: Promise<void>;
  /** While paused nothing is read, so that the process has to wait. */
  pause(): void;
  resume(): void;
  write(data: Uint8Array): WriteResult;
  endInput(): void;
  resize(size: TerminalSize): ResizeResult;
  /** Gives back every file descriptor; safe to call twice. */
  release(): void;
}

export type OnData = (stream: OutputStream, chunk: Uint8Array) => void;

/** How much a process may leave unread before writes are refused. */
export const MAX_UNREAD_INPUT = 8 * 1024 * 1024;

export function exitCodeOf(code: number | null, signal: NodeJS.Signals | number | null | undefined): number {
  if (code !== null && !signal) return code;
  const number = typeof signal === 'number' ? signal : signal ? constants.signals[signal] : 0;
  return 128 + number;
}

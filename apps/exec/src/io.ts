import type { Readable, Writable } from 'node:stream';

/** What the app needs from the process it runs in. */
export interface AppIo {
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable;
  stderr: Writable & { isTTY?: boolean };
  env: NodeJS.ProcessEnv;
  /** Absolute path. */
  cwd: string;
}

export const VERSION = '0.115.0';

/** Exit codes, for scripts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, sandbox: 5, timeLimit: 124 } as const;

/** Ends the run before it began: `message` goes to stderr as it is. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.failed, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

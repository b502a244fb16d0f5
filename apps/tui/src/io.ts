import type { Readable, Writable } from 'node:stream';

/** What the terminal interface gets from the process it runs in. */
export interface AppIo {
  stdin: Readable & { isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  stderr: Writable;
  env: NodeJS.ProcessEnv;
  /** Absolute path. */
  cwd: string;
}

export const VERSION = '0.115.0';
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Why the interface does not begin; the message is for people. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

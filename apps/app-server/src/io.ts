import type { Readable, Writable } from 'node:stream';

/** What the app needs from the process it runs in. */
export interface AppIo {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  env: NodeJS.ProcessEnv;
  /** Absolute path. */
  cwd: string;
}

export const VERSION = '0.115.0';

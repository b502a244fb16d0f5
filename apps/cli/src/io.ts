import type { Readable, Writable } from 'node:stream';

/** Everything an app gets from the process it runs in; each app states the part of it that it uses. */
export interface AppIo {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  env: NodeJS.ProcessEnv;
  /** Absolute path. */
  cwd: string;
}

/**
 * An app's entry: arguments without the program and subcommand name, of which the first `before` were written before
 * that name; resolves to the exit code once everything is closed.
 */
export type AppMain = (argv: string[], io: AppIo, before: number) => Promise<number>;

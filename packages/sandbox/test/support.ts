import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, nullLogger, systemClock } from '@codex/base';
import { afterEach } from 'vitest';
import { type CommandSpec, createRunner, type Isolation, type Runner } from '../src/index.ts';

export const PATH = '/usr/local/bin:/usr/bin:/bin';

const undo: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const run of undo.splice(0).reverse()) await run();
});

/** Runs after the test, the last one first. */
export function undoLater(run: () => void | Promise<void>): void {
  undo.push(run);
}

export function testRunner(isolation?: Isolation, clock: Clock = systemClock): Runner {
  const runner = createRunner({ clock, log: nullLogger, isolation });
  undo.push(() => runner.close());
  return runner;
}

export function testFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sandbox-test-')));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function command(argv: string[], more: Partial<CommandSpec> = {}): CommandSpec {
  return { argv, cwd: '/', env: { PATH }, policy: { type: 'dangerFullAccess' }, ...more };
}

export function sh(script: string, more: Partial<CommandSpec> = {}): CommandSpec {
  return command(['/bin/sh', '-c', script], more);
}

/** Running and no zombie. */
export function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return !['Z', 'X'].includes(text.slice(text.lastIndexOf(')') + 2)[0] ?? '');
}

export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

export function ownChildren(): string[] {
  return readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
}

export async function eventually(condition: () => boolean): Promise<void> {
  const giveUp = systemClock.now() + 30_000;
  while (!condition()) {
    if (systemClock.now() > giveUp) throw new Error('did not happen within 30 s');
    await systemClock.sleep(5);
  }
}

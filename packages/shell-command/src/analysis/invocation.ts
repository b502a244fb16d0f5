import type { Context, Redirection, Setting, Walker } from './ran.ts';
import { type Field, HOLE, type Text } from './values.ts';

/** One command with its words expanded, about to run. */
export interface Invocation {
  readonly fields: readonly Field[];
  readonly env: readonly Setting[];
  readonly redirects: readonly Redirection[];
  readonly context: Context;
}

/** The last segment of a program's path, without what stands there unknown. */
export function programOf(text: string): string {
  const name = text.replaceAll(HOLE, '');
  return name.slice(name.lastIndexOf('/') + 1).replace(/\.exe$/i, '');
}

/** Lists the command as one that can run. */
export function record(walker: Walker, invocation: Invocation, code: readonly Text[] = []): void {
  const { fields, env, redirects, context } = invocation;
  const { via, background, conditional, stdin } = context;
  walker.record({ fields, env, redirects, via, background, conditional, stdin, code });
}

/** How a wrapper is called in `via`: by name, or by the path that is not one of the system. */
export function viaName({ fields }: Invocation, program: string): string {
  const text = fields[0]?.text ?? program;
  return isSystemPath(text) ? program : text;
}

const SYSTEM_FOLDERS = new Set(['/bin', '/usr/bin', '/usr/local/bin', '/sbin', '/usr/sbin', '/opt/homebrew/bin']);

/** A bare name, or a path into a folder where programs are what their names say. */
export function isSystemPath(program: string): boolean {
  const at = program.lastIndexOf('/');
  return at < 0 || SYSTEM_FOLDERS.has(program.slice(0, at));
}

import { locate, whyNotFolder } from './locate.ts';
import { type SpawnError, systemSpawnError } from './spawn-error.ts';

/**
 * The error that the system would give for a command whose folder or program cannot be used: what is started in its
 * place (the sandbox, a terminal's helper) would only exit with a code. Undefined when it can be started, and on Windows,
 * which finds programs in other ways.
 */
export function whyNotStartable(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): SpawnError | undefined {
  if (process.platform === 'win32') return undefined;
  const folder = whyNotFolder(cwd);
  if (folder !== undefined) return systemSpawnError(folder, 'cwd', cwd);
  const [program = ''] = argv;
  const found = locate(program, cwd, env['PATH']);
  return 'errno' in found ? systemSpawnError(found.errno, 'program', program) : undefined;
}

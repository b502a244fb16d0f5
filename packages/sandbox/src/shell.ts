import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { locate } from './locate.ts';

export type ShellKind = 'zsh' | 'bash' | 'sh' | 'powershell' | 'cmd';

export interface Shell {
  /** Absolute where it could be found. */
  path: string;
  /** The name shown to the model, such as `bash`. */
  name: string;
  kind: ShellKind;
}

type Env = Readonly<Record<string, string | undefined>>;

const PROGRAMS: Readonly<Record<ShellKind, readonly string[]>> = {
  zsh: ['zsh', '/bin/zsh', '/usr/bin/zsh'],
  bash: ['bash', '/bin/bash', '/usr/bin/bash'],
  sh: ['sh', '/bin/sh'],
  powershell: ['pwsh', 'powershell'],
  cmd: ['cmd'],
};

const LAST_RESORT: Shell = { path: '/bin/sh', name: 'sh', kind: 'sh' };

/**
 * The user's shell: the login shell when we know how to drive it, else the best one that is installed. Spec §18.4.
 * `env` is searched for PATH; `loginShell` looks into the user database.
 */
export function detectShell(
  env: Env,
  loginShell: () => string | null | undefined = systemLoginShell,
  platform: NodeJS.Platform = process.platform,
): Shell {
  if (platform === 'win32') {
    return installed('powershell', env) ?? installed('cmd', env) ?? { path: 'cmd.exe', name: 'cmd', kind: 'cmd' };
  }
  const login = loginShell();
  const kind = login ? shellKind(login) : undefined;
  if (login && kind && kind !== 'cmd' && usable(login, env)) return shellAt(login, kind);
  const order: ShellKind[] = platform === 'darwin' ? ['zsh', 'bash'] : ['bash', 'zsh'];
  for (const candidate of order) {
    const found = installed(candidate, env);
    if (found) return found;
  }
  return LAST_RESORT;
}

/** The shell a caller asked for by path or by name; a known one that is not there is looked for, else `/bin/sh`. */
export function namedShell(pathOrName: string, env: Env): Shell {
  const kind = shellKind(pathOrName);
  if (!kind) return LAST_RESORT;
  const found = locate(pathOrName, '/', env['PATH']);
  if ('path' in found) return shellAt(found.path, kind);
  return installed(kind, env) ?? LAST_RESORT;
}

/** The arguments that make `shell` run `script`, as a login shell or not. */
export function shellArgv(shell: Pick<Shell, 'path' | 'kind'>, script: string, login: boolean): string[] {
  switch (shell.kind) {
    case 'zsh':
    case 'bash':
    case 'sh':
      return [shell.path, login ? '-lc' : '-c', script];
    case 'powershell':
      return login ? [shell.path, '-Command', script] : [shell.path, '-NoProfile', '-Command', script];
    case 'cmd':
      return [shell.path, '/c', script];
  }
}

function shellKind(path: string): ShellKind | undefined {
  const name = shellName(path);
  if (name === 'pwsh' || name === 'powershell') return 'powershell';
  return name === 'zsh' || name === 'bash' || name === 'sh' || name === 'cmd' ? name : undefined;
}

function shellName(path: string): string {
  return basename(path.replaceAll('\\', '/'))
    .toLowerCase()
    .replace(/\.exe$/, '');
}

function shellAt(path: string, kind: ShellKind): Shell {
  return { path, name: kind === 'powershell' ? 'powershell' : shellName(path), kind };
}

function installed(kind: ShellKind, env: Env): Shell | undefined {
  for (const program of PROGRAMS[kind]) {
    const found = locate(program, '/', env['PATH']);
    if ('path' in found) return shellAt(found.path, kind);
  }
  return undefined;
}

function usable(path: string, env: Env): boolean {
  return 'path' in locate(path, '/', env['PATH']);
}

function systemLoginShell(): string | null {
  try {
    return userInfo().shell;
  } catch {
    // No entry in the user database, as in many containers.
    return null;
  }
}

import { spawnSync } from 'node:child_process';
import { toMessage } from '@codex/base';
import type { SandboxPolicy } from '@codex/protocol';
import { type Isolation, notEnforceable, type SandboxSupport, type Wrapped } from '../isolation.ts';
import { locate } from '../locate.ts';
import { isConfining, resolvePolicy } from '../policy.ts';
import { whyNotStartable } from '../startable.ts';
import { SANDBOX_EXEC, seatbeltArgs } from './profile.ts';

const TRIAL_TIMEOUT_MS = 10_000;
const TRIAL: SandboxPolicy = { type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false };

/**
 * Confines commands with the macOS seatbelt; spec §16.4. One trial run before the first command decides for the life of
 * this object whether it works here, and when it does not, confined commands are refused with `sandboxUnavailable`.
 * `program` is for tests: the real one is at a fixed place, where only the system can change it.
 */
export function seatbeltIsolation(program: string = SANDBOX_EXEC): Isolation {
  let known: SandboxSupport | undefined;
  const support = () => (known ??= tryOut(program));
  const wrap = (
    argv: readonly string[],
    policy: SandboxPolicy,
    cwd: string,
    env: Readonly<Record<string, string>>,
    policyCwd: string,
  ): Wrapped => {
    const { reason } = support();
    if (reason !== null) return { ok: false, error: notEnforceable(policy, reason) };
    const fault = whyNotStartable(argv, cwd, env);
    if (fault) return { ok: false, error: fault };
    const resolved = resolvePolicy(policy, policyCwd, env);
    return {
      ok: true,
      argv: [program, ...seatbeltArgs(resolved), ...argv],
      env: { ...env, CODEX_SANDBOX: 'seatbelt' },
    };
  };
  return {
    support,
    wrap: (argv, policy, cwd, env, policyCwd = cwd, network) => {
      if (!isConfining(policy)) return { ok: true, argv, env };
      if (network) return { ok: false, error: notEnforceable(policy, 'the network proxy for commands needs Linux') };
      return wrap(argv, policy, cwd, env, policyCwd);
    },
  };
}

function tryOut(program: string): SandboxSupport {
  const reason = whyUnusable(program);
  return { available: reason === null, kind: 'seatbelt', reason };
}

function whyUnusable(program: string): string | null {
  const found = locate(program, '/', undefined);
  if ('errno' in found) return `${program}, which comes with macOS, cannot be used (${found.errno})`;
  const args = [...seatbeltArgs(resolvePolicy(TRIAL, '/', {})), '/usr/bin/true'];
  const { status, signal, stderr, error } = spawnSync(program, args, {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TRIAL_TIMEOUT_MS,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
  });
  if (status === 0) return null;
  const said = stderr?.trim() || (error ? toMessage(error) : `it ended with ${signal ?? `code ${status}`}`);
  return `${program} does not work here: ${said}; a sandbox cannot be opened inside another one`;
}

import type { SandboxPolicy } from '@codex/protocol';
import { nullLogger, systemClock } from '@codex/base';
import { createRunner, type Isolation } from '@codex/sandbox';
import { onTestFinished } from 'vitest';
import { rig, type Rig } from './harness.ts';

export interface Confined {
  policy: SandboxPolicy;
  policyCwd: string | undefined;
}

/** A sandbox for tests: what is confined prints that it may not, and does nothing. */
export async function confiningRig(steps: Parameters<typeof rig>[0]): Promise<Rig & { confined: Confined[] }> {
  const confined: Confined[] = [];
  const isolation: Isolation = {
    support: () => ({ available: true, kind: 'test', reason: null }),
    wrap(argv, policy, _cwd, env, policyCwd) {
      if (policy.type === 'dangerFullAccess' || policy.type === 'externalSandbox') return { ok: true, argv, env };
      confined.push({ policy, policyCwd });
      return { ok: true, argv: ['/bin/sh', '-c', 'echo Read-only file system; exit 1'], env };
    },
  };
  const runner = createRunner({ clock: systemClock, log: nullLogger, isolation });
  onTestFinished(() => runner.close());
  return { ...(await rig(steps, { deps: { runner } })), confined };
}

import type { Socket } from 'node:net';
import { CodexError } from '@codex/base';
import type { SandboxPolicy } from '@codex/protocol';
import { isConfining } from './policy.ts';

/** What can be enforced here, for the user and for deciding whether to ask instead. */
export interface SandboxSupport {
  /** Confining policies can be enforced. */
  available: boolean;
  /** The mechanism, such as `bubblewrap`; `none` without one. */
  kind: string;
  /** What is missing when not available. */
  reason: string | null;
}

/** A command line to start instead, in a session of its own. */
export interface WrappedCommand {
  ok: true;
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Gives back what the command line refers to. To be called once, when the started process has ended or none was. */
  release?: (() => Promise<void>) | undefined;
  /** Empty folders to remove, each with its parent folder, should this process die before it can call `release`. */
  litter?: readonly string[] | undefined;
}

export type Wrapped = WrappedCommand | { ok: false; error: CodexError };

/** The one way out of confined commands: a port of their loopback. Commands given the same object share a loopback. */
export interface CommandNetwork {
  /** The port as commands see it. */
  readonly port: number;
  /** Takes what connects to it. */
  accept(socket: Socket): void;
  /** Aborts when there will be no more commands. */
  readonly signal: AbortSignal;
}

/**
 * The seam to the operating system's sandbox. `wrap` turns a command into one that cannot do more than `policy` says,
 * or refuses; it must never hand back a confined command as it came. `policyCwd` is the folder a workspace policy is
 * about, when it is not the one the command starts in. With a `network` a confined command reaches nothing but that,
 * whatever the policy says of the network.
 */
export interface Isolation {
  support(): SandboxSupport;
  wrap(
    argv: readonly string[],
    policy: SandboxPolicy,
    cwd: string,
    env: Readonly<Record<string, string>>,
    policyCwd?: string,
    network?: CommandNetwork,
  ): Wrapped | Promise<Wrapped>;
}

const POLICY_NAMES: Readonly<Record<SandboxPolicy['type'], string>> = {
  readOnly: 'read-only',
  workspaceWrite: 'workspace-write',
  dangerFullAccess: 'danger-full-access',
  externalSandbox: 'external-sandbox',
};

/** Enforces nothing: lets unconfined policies through and refuses every other. */
export function noIsolation(reason = 'no sandbox mechanism is set up for this platform'): Isolation {
  return {
    support: () => ({ available: false, kind: 'none', reason }),
    wrap: (argv, policy, _cwd, env) =>
      isConfining(policy) ? { ok: false, error: notEnforceable(policy, reason) } : { ok: true, argv, env },
  };
}

/** The refusal of a command whose policy cannot be enforced; `missing` says what would have to be there. */
export function notEnforceable(policy: SandboxPolicy, missing: string, cause?: unknown): CodexError {
  const name = POLICY_NAMES[policy.type];
  const message =
    `The command was not run: the ${name} sandbox cannot be enforced here (${missing}). ` +
    'Approve running it outside the sandbox, or, if this machine is itself isolated, ' +
    'set sandbox_mode = "danger-full-access".';
  const data = { policy: policy.type, missing };
  return new CodexError('sandboxUnavailable', message, { data, ...(cause === undefined ? {} : { cause }) });
}

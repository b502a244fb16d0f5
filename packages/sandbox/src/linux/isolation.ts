import { realpathSync } from 'node:fs';
import { type Clock, CodexError, type Logger, toMessage } from '@codex/base';
import type { SandboxPolicy } from '@codex/protocol';
import { type CommandNetwork, type Isolation, notEnforceable, type Wrapped } from '../isolation.ts';
import { isConfining, isWritable, type ResolvedPolicy, resolvePolicy } from '../policy.ts';
import { processEnds } from '../process-tree.ts';
import { isSpawnError } from '../spawn-error.ts';
import { whyNotStartable } from '../startable.ts';
import { type Bwrap, canUntrap, findTrusted, isReplaceable, launchable, type Probe, probe } from './bwrap.ts';
import { createGuards } from './guards.ts';
import { isVisible, withoutKernelTrees } from './mounts.ts';
import { type NetworkRoom, openRoom } from './network-room.ts';
import { type NetworkReach, seccompProgram } from './seccomp.ts';
import { abiOf } from './syscalls.ts';

export interface LinuxIsolationDeps {
  /** Only PATH is read, to find bubblewrap; commands get theirs with each call. */
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  log: Logger;
  /** Instead of looking along PATH: where bubblewrap is, best one first. */
  which?: (() => readonly string[]) | undefined;
}

const KIND = 'bubblewrap';
const NO_ENTRANCE =
  'commands get to the network proxy through nsenter, which was not found where the command could not replace it; ' +
  'install the package "util-linux"';
const MISSING = 'bubblewrap (bwrap) was not found; install the package "bubblewrap"';

/**
 * Confines commands with bubblewrap, namespaces and seccomp; spec §16.3, the README's table says what each of them
 * enforces. Nothing is looked up before the first use; then one trial run decides for the life of this object whether
 * it works here, and when it does not, confined commands are refused with `sandboxUnavailable`.
 */
export function linuxIsolation(deps: LinuxIsolationDeps): Isolation {
  const { clock, log } = deps;
  const abi = abiOf(process.arch);
  const guards = createGuards(log);
  const filters = memo((network: NetworkReach) => (abi ? seccompProgram(abi, network) : new Uint8Array()));
  const candidates = once(deps.which ?? (() => findTrusted('bwrap', deps.env['PATH'])));
  const probes = memo((program: string) => probe(program, filters('off')));
  const untraps = once(canUntrap);
  const entrances = once(() => findTrusted('nsenter', deps.env['PATH']));
  const rooms = new WeakMap<CommandNetwork, Promise<NetworkRoom>>();

  /** `usable` tells which candidates may be trusted at all. */
  const choose = (usable: (program: string) => boolean): Probe => {
    if (!abi) return { ok: false, reason: `no table of system calls for ${process.arch}` };
    const found = candidates();
    const trusted = found.filter(usable);
    if (!trusted[0]) {
      return { ok: false, reason: found[0] ? `the command could replace ${found[0]} itself` : MISSING };
    }
    const tried = trusted.map((program) => probes(program));
    return tried.find(({ ok }) => ok) ?? tried[0] ?? { ok: false, reason: MISSING };
  };

  /** One room for all commands of a network. */
  const roomOf = (
    network: CommandNetwork,
    bwrap: Bwrap,
    usable: (program: string) => boolean,
  ): Promise<NetworkRoom> => {
    const nsenter = entrances().find(usable);
    if (nsenter === undefined) throw new Error(NO_ENTRANCE);
    // Its descriptors are closed, and their numbers may be somebody else's by now.
    if (network.signal.aborted) throw new Error('the network for commands is closed');
    const known = rooms.get(network);
    if (known) return known;
    const room = openRoom({ bwrap: bwrap.program, nsenter }, network, clock);
    rooms.set(network, room);
    room.catch(() => rooms.delete(network));
    return room;
  };

  const wrap = async (
    argv: readonly string[],
    policy: SandboxPolicy,
    cwd: string,
    env: Record<string, string>,
    policyCwd: string,
    network: CommandNetwork | undefined,
  ): Promise<Wrapped> => {
    const resolved = { ...withoutKernelTrees(resolvePolicy(policy, policyCwd, env)), cwd };
    const usable = (program: string) => !(isWritable(resolved, program) && isReplaceable(program));
    const chosen = choose(usable);
    if (!chosen.ok) return { ok: false, error: notEnforceable(policy, chosen.reason) };
    const fault = whyNotStartable(argv, cwd, env) ?? whyNotVisible(resolved);
    if (fault) return { ok: false, error: fault };
    try {
      const room = network && (await roomOf(network, chosen.bwrap, usable));
      return confined(chosen.bwrap, argv, resolved, env, room);
    } catch (error) {
      return { ok: false, error: isSpawnError(error) ? error : notEnforceable(policy, toMessage(error), error) };
    }
  };

  const confined = (
    bwrap: Bwrap,
    argv: readonly string[],
    resolved: ResolvedPolicy,
    env: Record<string, string>,
    room: NetworkRoom | undefined,
  ): Wrapped => {
    const hold = guards.hold(resolved.writableRoots.map(({ root }) => root));
    try {
      const cwd = resolved.readAccess.type === 'restricted' ? realpathSync(resolved.cwd) : resolved.cwd;
      const filter = filters(room ? 'proxied' : resolved.networkAccess ? 'on' : 'off');
      const command = { argv, cwd, env, resolved, special: hold.mounts, filter, ...(room && { enter: room.enter }) };
      const started = launchable(bwrap, command, { untrap: isVisible(resolved, '/usr/bin/env') && untraps() });
      return {
        ok: true,
        argv: started.argv,
        // The loader and the shell outside must not be steered by what is meant for the command.
        env: {},
        litter: hold.litter,
        async release() {
          const pid = hold.isEmpty ? undefined : started.firstPid();
          started.close();
          // The sandbox's processes end a moment after the one we started, and the places stay guarded until then.
          if (pid !== undefined && !(await processEnds(pid, clock))) log.warn({ pid }, 'a sandbox does not end');
          else hold.release();
        },
      };
    } catch (error) {
      hold.release();
      throw error;
    }
  };

  return {
    support() {
      const chosen = choose(() => true);
      return { available: chosen.ok, kind: KIND, reason: chosen.ok ? null : chosen.reason };
    },
    wrap: (argv, policy, cwd, env, policyCwd = cwd, network) =>
      isConfining(policy) ? wrap(argv, policy, cwd, env, policyCwd, network) : { ok: true, argv, env },
  };
}

function whyNotVisible(resolved: ResolvedPolicy): CodexError | undefined {
  if (isVisible(resolved, resolved.cwd)) return undefined;
  const message = `The working directory ${resolved.cwd} is not among the readable folders.`;
  return new CodexError('invalidRequest', message);
}

function once<V>(make: () => V): () => V {
  const made = memo(make);
  return () => made(undefined);
}

function memo<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

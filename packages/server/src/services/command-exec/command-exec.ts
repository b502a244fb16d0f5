import { resolve } from 'node:path';
import { type Clock, CodexError, isCodexError, type Logger } from '@codex/base';
import type { Config } from '@codex/config';
import type { ParamsOf, ResultOf, SandboxPolicy } from '@codex/protocol';
import type { OpenNetwork } from '@codex/network-proxy';
import type { Runner } from '@codex/sandbox';
import { decodeBase64 } from '../../base64.ts';
import { badParams, checkSize, readExecOrder } from './exec-order.ts';
import { createExecOutput, type ExecPeer } from './exec-output.ts';
import { type RunningCommand, startCommand } from './running-command.ts';

/** Commands that clients run for themselves (§9.9). Every process belongs to the connection that asked for it. */
export interface CommandExec {
  /** Throws at once what is wrong with the request; resolves when the command has been started. */
  start(peer: ExecPeer, params: ParamsOf<'command/exec'>): Promise<StartedCommand>;
  write(peer: ExecPeer, params: ParamsOf<'command/exec/write'>): void;
  resize(peer: ExecPeer, params: ParamsOf<'command/exec/resize'>): void;
  terminate(peer: ExecPeer, params: ParamsOf<'command/exec/terminate'>): void;
  /** Ends all commands of a connection that is going. */
  endAll(peer: Pick<ExecPeer, 'id'>): void;
}

export interface StartedCommand {
  /** Never rejects. */
  result: Promise<ResultOf<'command/exec'>>;
}

export interface CommandExecDeps {
  /** The folder relative paths start from. */
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  log: Logger;
  config: () => Promise<Config>;
  /** Why an administrator forbids a policy; null when it is allowed. */
  refusal: (policy: SandboxPolicy) => Promise<string | null>;
  runner: () => Promise<Runner>;
}

/** Below the number of requests a connection may have in progress, so that `terminate` always finds a place. */
const MAX_COMMANDS = 64;

interface Owned {
  starting: number;
  readonly running: Set<RunningCommand>;
  readonly named: Map<string, RunningCommand>;
}

export function createCommandExec(deps: CommandExecDeps): CommandExec {
  const owners = new Map<number, Owned>();

  const ownedBy = (peer: ExecPeer): Owned => {
    const known = owners.get(peer.id);
    if (known) return known;
    const owned: Owned = { starting: 0, running: new Set(), named: new Map() };
    owners.set(peer.id, owned);
    return owned;
  };
  const forgetIdle = (peer: ExecPeer, owned: Owned) => {
    if (owned.starting === 0 && owned.running.size === 0) owners.delete(peer.id);
  };
  const find = (peer: ExecPeer, processId: string): RunningCommand => {
    const found = owners.get(peer.id)?.named.get(processId);
    const name = JSON.stringify(processId);
    if (!found) throw new CodexError('invalidRequest', `no active command/exec for process id ${name}`);
    if (found.hasExited()) throw new CodexError('invalidRequest', `command/exec ${name} is no longer running`);
    return found;
  };

  return {
    async start(peer, params) {
      const order = readExecOrder(params);
      const { processId } = order;
      const owned = ownedBy(peer);
      if (processId !== null && owned.named.has(processId)) {
        const message = `duplicate active command/exec process id: ${JSON.stringify(processId)}`;
        throw new CodexError('invalidRequest', message);
      }
      if (owned.running.size + owned.starting >= MAX_COMMANDS) {
        const message = `${MAX_COMMANDS} commands of this connection are running; wait for one to end or terminate it`;
        throw new CodexError('overloaded', message);
      }
      owned.starting += 1;
      try {
        const refusal = params.sandboxPolicy ? await deps.refusal(params.sandboxPolicy) : null;
        if (refusal !== null) throw new CodexError('invalidRequest', `invalid sandbox policy: ${refusal}`);
        const [runner, config, sandbox] = await Promise.all([deps.runner(), deps.config(), import('@codex/sandbox')]);
        const network = await networkOf(config, deps);
        const spec = {
          argv: order.command,
          cwd: resolve(deps.cwd, params.cwd ?? '.'),
          env: {
            ...withChanges(sandbox.childEnv(config.shellEnvironmentPolicy, deps.env), params.env ?? {}),
            ...network?.env,
          },
          policy: params.sandboxPolicy ?? config.sandboxPolicy,
          network: network?.network,
        };
        const output = createExecOutput(order, { peer, headTail: sandbox.headTail });
        const command = await startCommand(order, spec, { runner, clock: deps.clock, output }).catch(
          async (error: unknown) => {
            await network?.close();
            throw startFault(error, sandbox.isSpawnError);
          },
        );
        owned.running.add(command);
        if (processId !== null) owned.named.set(processId, command);
        const result = command.result.finally(() => {
          void network?.close();
          owned.running.delete(command);
          if (processId !== null) owned.named.delete(processId);
          forgetIdle(peer, owned);
        });
        if (!peer.listening) command.terminate();
        return { result };
      } finally {
        owned.starting -= 1;
        forgetIdle(peer, owned);
      }
    },

    write(peer, { processId, deltaBase64, closeStdin }) {
      const hasData = typeof deltaBase64 === 'string';
      if (!hasData && !closeStdin) throw badParams('command/exec/write requires deltaBase64 or closeStdin');
      const data = decodeBase64(deltaBase64 ?? '');
      if (!data.ok) throw badParams(`invalid deltaBase64: ${data.reason}`);
      const command = find(peer, processId);
      if (!command.takesInput) {
        throw new CodexError('invalidRequest', 'stdin streaming is not enabled for this command/exec');
      }
      if (data.bytes.byteLength > 0) send(command, processId, data.bytes);
      if (closeStdin) command.session.endInput();
    },

    resize(peer, { processId, size }) {
      checkSize(size);
      const resized = find(peer, processId).session.resize(size);
      if (resized.ok) return;
      const message =
        resized.reason === 'exited'
          ? `command/exec ${JSON.stringify(processId)} is no longer running`
          : 'failed to resize PTY: process is not attached to a PTY';
      throw new CodexError('invalidRequest', message);
    },

    terminate: (peer, { processId }) => find(peer, processId).terminate(),

    endAll(peer) {
      for (const command of owners.get(peer.id)?.running ?? []) command.terminate();
    },
  };
}

function send({ session }: RunningCommand, processId: string, bytes: Uint8Array): void {
  const written = session.write(bytes);
  if (written.ok) return;
  const name = JSON.stringify(processId);
  switch (written.reason) {
    case 'closed':
      throw new CodexError('invalidRequest', 'stdin is already closed');
    case 'exited':
      throw new CodexError('invalidRequest', `command/exec ${name} is no longer running`);
    case 'full':
      throw new CodexError('overloaded', `command/exec ${name} does not read its input; retry later`);
  }
}

/** Where the network is managed, a command of a client's has one of its own, in which nobody is asked about hosts. */
async function networkOf(
  { network, rulesFolders }: Config,
  { clock, log, env }: CommandExecDeps,
): Promise<OpenNetwork | null> {
  if (!network) return null;
  const [{ openNetwork }, { loadRules }] = await Promise.all([
    import('@codex/network-proxy'),
    import('@codex/execpolicy'),
  ]);
  const rules = async () => (await loadRules(rulesFolders)).rules.network;
  return openNetwork(network, { clock, log, env, rules });
}

/** Null removes a variable. */
function withChanges(
  env: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const all = Object.entries({ ...env, ...changes });
  return Object.fromEntries(all.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

function startFault(error: unknown, isSpawnError: (error: unknown) => error is Error): unknown {
  if (isSpawnError(error)) {
    return new CodexError('internal', `failed to spawn command: ${error.message}`, { cause: error });
  }
  if (!isCodexError(error) || error.code !== 'sandboxUnavailable') return error;
  const { code, message, data } = error;
  return new CodexError(code, `exec failed: ${message}`, { cause: error, ...(data ? { data } : {}) });
}

import { spawn } from 'node:child_process';
import { constants, homedir } from 'node:os';
import { nullLogger, systemClock, systemCode, toMessage } from '@codex/base';
import type { Config } from '@codex/config';
import type { OpenNetwork } from '@codex/network-proxy';
import type { Watchdog } from '@codex/sandbox';
import type { AppIo } from './io.ts';
import { readSandboxArguments, SANDBOX_HELP, type SandboxArguments } from './sandbox-arguments.ts';

const EXIT = { badConfig: 1, usage: 2, noSandbox: 5, notStartable: 126, notFound: 127 } as const;
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

type Run = Extract<SandboxArguments, { kind: 'run' }>;

/** `codex sandbox linux … -- COMMAND` (or `macos`): runs a command as a model's would be run; resolves to its exit code. */
export async function sandbox(argv: string[], io: AppIo): Promise<number> {
  const args = readSandboxArguments(argv);
  switch (args.kind) {
    case 'help':
      io.stdout.write(SANDBOX_HELP);
      return 0;
    case 'invalid':
      io.stderr.write(`error: ${args.message}\n\n${SANDBOX_HELP}`);
      return EXIT.usage;
    case 'run': {
      const config = await readConfig(args, io);
      if ('problem' in config) {
        io.stderr.write(`codex: ${config.problem}\n`);
        return EXIT.badConfig;
      }
      return runConfined(args, config, io);
    }
  }
}

async function readConfig({ mode, profile, settings }: Run, io: AppIo): Promise<Config | { problem: string }> {
  const { loadConfig, readOverrides, resolveHome } = await import('@codex/config');
  try {
    const loaded = await loadConfig({
      home: resolveHome(io.env, homedir()),
      cwd: io.cwd,
      env: io.env,
      overrides: readOverrides(settings),
      settings: { sandbox: mode },
      ...(profile === undefined ? {} : { profile }),
    });
    return loaded.ok ? loaded.config : { problem: loaded.error.message };
  } catch (error) {
    return { problem: toMessage(error) };
  }
}

async function runConfined({ command, platform }: Run, config: Config, io: AppIo): Promise<number> {
  const { allowsNetwork, childEnv, createWatchdog, defaultIsolation, isSpawnError } = await import('@codex/sandbox');
  const policy = config.sandboxPolicy;
  const off = allowsNetwork(policy) ? {} : { CODEX_SANDBOX_NETWORK_DISABLED: '1' };
  const network = await networkOf(config, io);
  const env = { ...childEnv(config.shellEnvironmentPolicy, io.env, {}), ...off, ...network?.env };
  const isolation = defaultIsolation({ env: io.env, clock: systemClock, log: nullLogger }, platform);
  const wrapped = await isolation.wrap(command, policy, io.cwd, env, io.cwd, network?.network);
  if (!wrapped.ok) {
    await network?.close();
    const { error } = wrapped;
    io.stderr.write(`codex: ${error.message}\n`);
    return isSpawnError(error) ? notStarted(error.errno) : EXIT.noSandbox;
  }
  const watchdog = createWatchdog(nullLogger);
  watchdog.addLitter(wrapped.litter ?? []);
  try {
    return await run(wrapped.argv, wrapped.env, io, watchdog);
  } catch (error) {
    io.stderr.write(`codex: ${command[0]}: ${toMessage(error)}\n`);
    return notStarted(systemCode(error));
  } finally {
    await wrapped.release?.();
    await network?.close();
    await watchdog.close();
  }
}

/** Where the network is managed: its proxy, which asks nobody. */
async function networkOf({ network, rulesFolders }: Config, { env }: AppIo): Promise<OpenNetwork | null> {
  if (!network) return null;
  const [{ openNetwork }, { loadRules }] = await Promise.all([
    import('@codex/network-proxy'),
    import('@codex/execpolicy'),
  ]);
  const rules = async () => (await loadRules(rulesFolders)).rules.network;
  return openNetwork(network, { clock: systemClock, log: nullLogger, env, rules });
}

function notStarted(errno: string | null | undefined): number {
  return errno === 'ENOENT' ? EXIT.notFound : EXIT.notStartable;
}

/** Lends the process our streams. Signals that are for us go to it, and we end when it does; it ends when we are killed. */
function run(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  io: AppIo,
  watchdog: Watchdog,
): Promise<number> {
  const [program = '', ...args] = argv;
  const own = 'fd' in io.stdout;
  return new Promise((resolve, reject) => {
    // A session of its own, or it could type into our terminal.
    const child = spawn(program, args, { cwd: io.cwd, env, detached: true, stdio: own ? 'inherit' : 'pipe' });
    const { pid } = child;
    if (pid !== undefined) watchdog.add(pid);
    if (!own) {
      io.stdin.pipe(child.stdin ?? io.stdout);
      child.stdout?.pipe(io.stdout, { end: false });
      child.stderr?.pipe(io.stderr, { end: false });
      child.stdin?.on('error', () => {});
    }
    const forward = (signal: NodeJS.Signals) => {
      try {
        if (pid !== undefined) process.kill(-pid, signal);
      } catch {
        // It has ended.
      }
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    const settle = () => {
      if (pid !== undefined) watchdog.remove(pid);
      for (const signal of FORWARDED) process.off(signal, forward);
      if (!own) io.stdin.unpipe();
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code, signal) => {
      settle();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

export type { OutputStream, ResizeResult, TerminalSize, WriteResult } from './child.ts';
export { defaultIsolation } from './default-isolation.ts';
export { looksDenied } from './denial.ts';
export { childEnv, type ShellEnvironmentPolicy, UNIFIED_EXEC_ENV } from './env.ts';
export type { ExitReport, OnOutput, OutputOptions } from './execution.ts';
export {
  type CommandNetwork,
  type Isolation,
  noIsolation,
  type SandboxSupport,
  type Wrapped,
  type WrappedCommand,
} from './isolation.ts';
export { linuxIsolation, type LinuxIsolationDeps } from './linux/isolation.ts';
export { seatbeltIsolation } from './macos/isolation.ts';
export { SANDBOX_EXEC, seatbeltArgs } from './macos/profile.ts';
export { type HeadTail, headTail } from './output.ts';
export {
  allowsNetwork,
  isConfining,
  isWritable,
  type ResolvedPolicy,
  resolvePolicy,
  type WritableRoot,
} from './policy.ts';
export { realTarget } from './real-path.ts';
export { type CommandSpec, createRunner, type OpenOptions, type Runner, type RunOptions } from './runner.ts';
export type { Session } from './session.ts';
export { detectShell, namedShell, type Shell, shellArgv, type ShellKind } from './shell.ts';
export { isSpawnError, SpawnError, type SpawnSubject } from './spawn-error.ts';
export { createWatchdog, type Watchdog } from './watchdog.ts';

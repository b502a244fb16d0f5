import type { Clock } from '@codex/base';
import type { ResultOf } from '@codex/protocol';
import type { CommandSpec, Runner, Session } from '@codex/sandbox';
import type { ExecOrder } from './exec-order.ts';
import type { ExecOutput } from './exec-output.ts';

/** A command that was started for a client, until its result. */
export interface RunningCommand {
  readonly session: Session;
  readonly takesInput: boolean;
  /** Never rejects. */
  readonly result: Promise<ResultOf<'command/exec'>>;
  /** The process has ended; what it left may still be read. */
  hasExited(): boolean;
  /** Ends the process and everything it started. */
  terminate(): void;
}

const TIMED_OUT_CODE = 124;
const TERMINATED_CODE = -1;
const NOTHING = new Uint8Array(0);

/** Rejects as `Runner.open` does. */
export async function startCommand(
  order: ExecOrder,
  spec: CommandSpec,
  deps: { runner: Runner; clock: Clock; output: ExecOutput },
): Promise<RunningCommand> {
  const session = await deps.runner.open(spec, {
    tty: order.tty,
    stdin: order.stdin,
    size: order.size,
    // `output` has everything; the session need not keep it too.
    maxBytes: 0,
    onOutput: deps.output.receive,
  });
  let forcedCode: number | null = null;

  const hasExited = () => {
    const probe = session.write(NOTHING);
    return !session.running || (!probe.ok && probe.reason === 'exited');
  };
  const end = (code: number) => {
    // A command that ended by itself keeps its exit code.
    if (!hasExited()) forcedCode ??= code;
    void session.kill();
  };
  // The limit is for the process: what it left in the background is not ended by it.
  const onTimeout = () => {
    if (!hasExited()) end(TIMED_OUT_CODE);
  };
  const stopTimer = order.timeoutMs === null ? () => {} : deps.clock.timer(order.timeoutMs, onTimeout);

  const finish = async () => {
    const { exitCode } = await session.exited;
    stopTimer();
    return { exitCode: forcedCode ?? exitCode, ...deps.output.texts() };
  };
  return {
    session,
    takesInput: order.stdin,
    result: finish(),
    hasExited,
    terminate: () => end(TERMINATED_CODE),
  };
}

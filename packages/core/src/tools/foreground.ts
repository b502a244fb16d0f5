import { abortReason } from '@codex/base';
import { childEnv, type ExitReport, looksDenied, type Session, UNIFIED_EXEC_ENV } from '@codex/sandbox';
import type { OpenItem } from '@codex/timeline';
import type { NetworkVisit } from '../approval/thread-network.ts';
import type { CommandToApprove, Permit } from './approve-command.ts';
import { type CommandItem, exitedItem, failedItem } from './command-item.ts';
import { createOutputStream } from './output-stream.ts';
import type { Terminal } from './terminal-sessions.ts';
import type { TurnContextForTools } from './tool.ts';

/** What came of a run: something to show, be it still going or ended; or the sandbox or the system stood in its way. */
export type Attempt =
  /** `stopTurn`: the user wants that, having been asked about a host. */
  | { kind: 'shown'; terminal: Terminal; startedAt: number; stopTurn: boolean }
  | { kind: 'denied'; report: ExitReport }
  | { kind: 'failed'; error: unknown };

/** A command while the call that started it waits for it. One item, however often it is run. */
export interface Foreground {
  /** Opens the item; a run does it as well. */
  start(): OpenItem;
  /** Runs the command and waits; when it goes on after that, it is a session. Rejects with the abort reason. */
  run(permit: Permit, waitMs: number): Promise<Attempt>;
  /** Completes the item of a command that did not get anywhere, if there is one. */
  close(attempt: Exclude<Attempt, { kind: 'shown' }>, shown: string): void;
  /** The call is given up: nothing is left running, and nobody waits for its last breath. */
  abandon(): void;
}

export function createForeground(
  context: TurnContextForTools,
  { argv, cwd, tty }: CommandToApprove,
  item: CommandItem,
  id: number,
): Foreground {
  const { session, config, scope } = context;
  let open: OpenItem | null = null;
  let terminal: Terminal | null = null;
  let stopped: ExitReport | null = null;

  const start = (): OpenItem =>
    (open ??= scope.start(item, {
      // What is left running on purpose outlives its turn.
      abandoned: () => (terminal?.session.running ? null : { ...item, status: 'failed' }),
    }));

  const launch = (
    { policy, policyCwd }: Permit,
    output: ReturnType<typeof createOutputStream>,
    visit: NetworkVisit | undefined,
  ): Promise<Session> =>
    session.runner.open(
      {
        argv,
        cwd,
        env: {
          ...childEnv(config.shellEnvironmentPolicy, session.env, { CODEX_THREAD_ID: session.header.id }),
          ...UNIFIED_EXEC_ENV,
          ...visit?.env,
        },
        policy,
        policyCwd,
        network: visit?.network,
      },
      { tty, onOutput: (stream, chunk) => output.push(stream, chunk) },
    );

  return {
    start,
    async run(permit, waitMs) {
      const output = createOutputStream();
      const startedAt = session.clock.now();
      let process: Session;
      let visit: NetworkVisit | undefined;
      try {
        visit = await session.network?.enter(context);
        process = await launch(permit, output, visit);
      } catch (error) {
        visit?.leave();
        session.terminals.remove(id);
        return { kind: 'failed', error };
      }
      stopped = null;
      let waiting = true;
      const opened = start();
      const started: Terminal = {
        ...{ id, tty, item, session: process, usedAt: startedAt, killed: false, open: opened },
        blocked: () => visit?.blocked() ?? '',
        completed: process.exited.then((report) => {
          visit?.leave();
          // What the proxy refused is no fault of the sandbox: without it the answer would be the same.
          if (waiting && !started.killed && !visit?.wasBlocked && looksDenied(report, permit.confined))
            stopped = report;
          else opened.complete(exitedItem(item, report, started.killed));
        }),
      };
      terminal = started;
      visit?.cancelled.addEventListener('abort', () => void process.kill(), { once: true });
      output.open(opened);
      session.terminals.add(started);
      await waitForOutput(started, waitMs, context);
      if (!process.running) await started.completed;
      waiting = false;
      const report = stopped as ExitReport | null;
      if (!report) {
        return { kind: 'shown', terminal: started, startedAt, stopTurn: visit?.cancelled.aborted ?? false };
      }
      session.terminals.remove(id);
      return { kind: 'denied', report };
    },
    close(attempt, shown) {
      session.terminals.remove(id);
      open?.complete(attempt.kind === 'denied' ? exitedItem(item, attempt.report) : failedItem(item, shown));
    },
    abandon() {
      session.terminals.remove(id);
      if (!terminal) return;
      terminal.open.complete(stopped ? exitedItem(item, stopped) : failedItem(item, terminal.session.take()));
      if (terminal.session.running) void terminal.session.kill();
    },
  };
}

/** Waits for the end of a command, at most so long. While a human is asked something the wait does not count. */
export async function waitForOutput(terminal: Terminal, ms: number, context: TurnContextForTools): Promise<void> {
  const { session, signal } = context;
  for (let left = ms; left > 0 && terminal.session.running; ) {
    const from = session.clock.now();
    await terminal.session.wait(left, signal);
    if (signal.aborted) throw abortReason(signal);
    if (!session.pauses.count) left -= session.clock.now() - from;
  }
}

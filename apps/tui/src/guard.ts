import { constants } from 'node:os';
import type { Terminal } from './terminal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Puts the terminal back however the process ends: at a fault, a signal or an exit from somewhere else. The first signal
 * asks to leave, the second ends the process.
 */
export function guardTerminal(terminal: Terminal, leave: (code: number) => void): { dispose(): void } {
  let isLeaving = false;
  const onSignal = (name: NodeJS.Signals) => {
    if (isLeaving) {
      terminal.stop();
      dispose();
      process.kill(process.pid, name);
      return;
    }
    isLeaving = true;
    leave(128 + (constants.signals[name] ?? 0));
  };
  const onExit = () => terminal.stop();
  const onFault = (error: unknown) => {
    terminal.stop();
    process.stderr.write(`codex: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  };
  const dispose = () => {
    for (const name of SIGNALS) process.off(name, onSignal);
    process.off('exit', onExit);
    process.off('uncaughtException', onFault);
    process.off('unhandledRejection', onFault);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  process.on('exit', onExit);
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  return { dispose };
}

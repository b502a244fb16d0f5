import type { ThreadItem } from '@codex/protocol';
import type { ExitReport } from '@codex/sandbox';
import { joinForDisplay, summarize } from '@codex/shell-command';

export type CommandItem = Extract<ThreadItem, { type: 'commandExecution' }>;

/** A command as clients see it when it begins. */
export function commandItem(id: string, argv: readonly string[], cwd: string, processId: string | null): CommandItem {
  return {
    type: 'commandExecution',
    id,
    command: joinForDisplay([...argv]),
    cwd,
    processId,
    status: 'inProgress',
    commandActions: summarize([...argv]),
    aggregatedOutput: null,
    exitCode: null,
    durationMs: null,
  };
}

/** `killed`: it was ended from outside, so its exit code says nothing. */
export function exitedItem(item: CommandItem, report: ExitReport, killed = report.aborted): CommandItem {
  const succeeded = report.exitCode === 0 && !killed && !report.timedOut;
  return {
    ...item,
    status: succeeded ? 'completed' : 'failed',
    aggregatedOutput: report.output || null,
    exitCode: killed ? -1 : report.exitCode,
    durationMs: Math.round(report.durationMs),
  };
}

/** The command never ran; `reason` is shown where its output would be. */
export function declinedItem(item: CommandItem, reason: string): CommandItem {
  return { ...item, status: 'declined', processId: null, aggregatedOutput: reason, exitCode: -1, durationMs: 0 };
}

/** The command could not be started, or was cut off; `output` is what there is to show for it. */
export function failedItem(item: CommandItem, output: string): CommandItem {
  return { ...item, status: 'failed', aggregatedOutput: output || null, exitCode: -1, durationMs: 0 };
}

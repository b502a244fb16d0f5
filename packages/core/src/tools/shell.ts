import path from 'node:path';
import { createDeadline, linkedController, toMessage } from '@codex/base';
import { findPatchIn } from '@codex/apply-patch';
import type { ResponseItem } from '@codex/protocol';
import { childEnv, type ExitReport, looksDenied, shellArgv, SpawnError } from '@codex/sandbox';
import type { OpenItem } from '@codex/timeline';
import type { NetworkVisit } from '../approval/thread-network.ts';
import { countLines, truncateMiddle } from '../context/truncate.ts';
import { patchToolKind, runShellPatch, SHELL_TOOL_NAMES } from './apply-patch.ts';
import { APPROVAL_PARAMS, offeredParams, readAsked } from './approval-args.ts';
import {
  approveCommand,
  approveRetry,
  type CommandToApprove,
  lacksSandbox,
  type Permit,
  retryRemark,
} from './approve-command.ts';
import { type Args, decodeArgs, parametersSchema, type Params } from './args.ts';
import { type CommandItem, commandItem, exitedItem, failedItem } from './command-item.ts';
import { usesSessions } from './exec-command.ts';
import { createOutputStream } from './output-stream.ts';
import { LOGIN_PARAM, LOGIN_REFUSED } from './login-shell.ts';
import { functionSpec, text, type SpecContext, type Tool, type ToolCall, type TurnContextForTools } from './tool.ts';
import type { ToolResult } from './tool.ts';

const TIMEOUT_MS = 10_000;

const COMMON = {
  workdir: { type: 'string', description: 'Folder to run it in; the current folder unless given.' },
  timeout_ms: { type: 'number', description: 'Time limit in milliseconds.' },
  ...APPROVAL_PARAMS,
} as const satisfies Params;

const SHELL_COMMAND_PARAMS = {
  command: { type: 'string', description: 'The shell script.', required: true },
  ...COMMON,
  ...LOGIN_PARAM,
} as const satisfies Params;

const SHELL_PARAMS = {
  command: {
    type: 'array',
    items: { type: 'string' },
    description: 'The program and its arguments.',
    required: true,
  },
  ...COMMON,
} as const satisfies Params;

interface OneShot {
  argv: string[];
  args: Args<typeof COMMON>;
}

/** `shell_command`: one script, one result (core specification §11.2, §18.1). */
export const shellCommandTool: Tool = {
  names: ['shell_command'],
  parallel: true,
  spec: (context) =>
    oneShotKind(context) === 'shell_command'
      ? functionSpec(
          'shell_command',
          'Runs a shell script and returns its output.',
          parametersSchema(offeredParams(SHELL_COMMAND_PARAMS, context.config)),
        )
      : null,
  prepare: ({ session }) => session.runner.prepare(),
  async run(call, context) {
    const args = decodeArgs(call.input, SHELL_COMMAND_PARAMS);
    if (!args.ok) return text(args.error);
    const { command, login } = args.value;
    if (login && !context.config.allowLoginShell) return text(LOGIN_REFUSED);
    const argv = shellArgv(context.session.shell, command, login ?? context.config.allowLoginShell);
    return runOneShot(call, context, { argv, args: args.value });
  },
};

/** `shell`: one program with its arguments. Served under its older names too, of which one is the model's own tool. */
export const shellTool: Tool = {
  names: SHELL_TOOL_NAMES,
  parallel: true,
  spec(context) {
    const kind = oneShotKind(context);
    if (kind === 'local') return { type: 'local_shell' };
    return kind === 'shell'
      ? functionSpec(
          'shell',
          'Runs a program and returns its output.',
          parametersSchema(offeredParams(SHELL_PARAMS, context.config)),
        )
      : null;
  },
  prepare: ({ session }) => session.runner.prepare(),
  async run(call, context) {
    const args = decodeArgs(call.input, SHELL_PARAMS);
    if (!args.ok) return text(args.error);
    const { command } = args.value;
    if (!command.length) return text('command args are empty');
    return runOneShot(call, context, { argv: command, args: args.value });
  },
};

/** Which one-shot tool a model is offered, if any (core specification §10.2). */
function oneShotKind({ config, model }: SpecContext): 'shell' | 'shell_command' | 'local' | null {
  const { features } = config;
  if (!features['shell_tool'] || usesSessions(features)) return null;
  if (features['shell_zsh_fork'] || model.shellType === 'shell_command') return 'shell_command';
  if (model.shellType === 'disabled') return null;
  return model.shellType === 'local' ? 'local' : 'shell';
}

async function runOneShot(call: ToolCall, context: TurnContextForTools, { argv, args }: OneShot): Promise<ToolResult> {
  const { scope, settings, config, signal } = context;
  const cwd = path.resolve(settings.cwd, args.workdir ?? '');
  const found = findPatchIn(argv);
  if (found.kind !== 'none') return runShellPatch(call, context, found, cwd, call.name);

  const asked = readAsked(args, cwd, config);
  if (!asked.ok) return text(asked.error);
  const command: CommandToApprove = { argv, cwd, tty: false, ...asked.value };
  const item = commandItem(call.callId, argv, cwd, null);
  const approval = await approveCommand(context, command, item, () => scope.start(item));
  if (approval.kind === 'rejected') return rejected(approval);
  const open = approval.item ?? scope.start(item);
  const timeoutMs = args.timeout_ms ?? TIMEOUT_MS;
  const { report, notes, remark, stopTurn } = await runApproved(context, command, item, open, approval, timeoutMs);
  if (!isReport(report)) {
    signal.throwIfAborted();
    open.complete(failedItem(item, report.message));
    const why = report instanceof SpawnError ? `execution error: ${report.message}` : report.message;
    return { output: `${why}${remark}`, before: notes, stopTurn };
  }
  open.complete(exitedItem(item, report));
  signal.throwIfAborted();
  return { output: formatReport(call.name, report, timeoutMs, context, remark), before: notes, stopTurn };

  function rejected({ by, reason, stopTurn: stop }: Extract<typeof approval, { kind: 'rejected' }>): ToolResult {
    if (by === 'user') return { output: `exec command ${reason}`, stopTurn: stop };
    return text(by === 'escalation' ? reason.replace('you cannot ask', 'you should not ask') : reason);
  }
}

interface Outcome {
  /** The error when it could not be started. */
  report: ExitReport | Error;
  notes: ResponseItem[];
  /** For the end of the output: what became of a run without the sandbox. */
  remark: string;
  stopTurn: boolean;
}

/** Runs a command as it was permitted, and once more without the sandbox where that stood in the way and the user agrees. */
async function runApproved(
  context: TurnContextForTools,
  command: CommandToApprove,
  item: CommandItem,
  open: OpenItem,
  approved: { permit: Permit; notes: ResponseItem[] },
  timeoutMs: number,
): Promise<Outcome> {
  const { permit, notes } = approved;
  const { report, blocked, cancelled } = await runOnce(context, command, open, permit, timeoutMs);
  // What the proxy refused is no fault of the sandbox: without it the answer would be the same.
  if (blocked || cancelled) return { report, notes, remark: blocked && `\n${blocked}`, stopTurn: cancelled };
  const denied = isReport(report) ? !report.timedOut && looksDenied(report, permit.confined) : lacksSandbox(report);
  if (!denied || context.signal.aborted) return { report, notes, remark: '', stopTurn: false };
  const why = isReport(report) ? 'denied' : 'noSandbox';
  const retry = await approveRetry(context, command, item, { permit, why, start: () => open }).catch(
    (error: unknown) => {
      if (isReport(report)) open.complete(exitedItem(item, report));
      throw error;
    },
  );
  if (retry.kind === 'stay') return { report, notes, remark: retryRemark(retry), stopTurn: retry.stopTurn };
  const again = await runOnce(context, command, open, retry.permit, timeoutMs);
  return {
    report: again.report,
    notes: [...notes, ...retry.notes],
    remark: again.blocked && `\n${again.blocked}`,
    stopTurn: again.cancelled,
  };
}

/** `blocked` says what the network refused to it, `cancelled` that the user wants the turn to stop for that. */
async function runOnce(
  context: TurnContextForTools,
  { argv, cwd }: CommandToApprove,
  open: OpenItem,
  { policy, policyCwd }: Permit,
  timeoutMs: number,
): Promise<{ report: ExitReport | Error; blocked: string; cancelled: boolean }> {
  const { session, config, signal } = context;
  const output = createOutputStream();
  output.open(open);
  const deadline = createDeadline(timeoutMs, session.clock);
  const unwatch = session.pauses.watch(() => deadline.pause());
  const end = (report: ExitReport | Error, visit: NetworkVisit | undefined) => ({
    report,
    blocked: visit?.blocked() ?? '',
    cancelled: visit?.cancelled.aborted ?? false,
  });
  let visit: NetworkVisit | undefined;
  const stop = linkedController(signal);
  try {
    visit = await session.network?.enter(context);
    visit?.cancelled.addEventListener('abort', () => stop.controller.abort(), { once: true });
    const own = { CODEX_THREAD_ID: session.header.id, ...visit?.env };
    const env = childEnv(config.shellEnvironmentPolicy, session.env, own);
    const report = await session.runner.run(
      { argv, cwd, env, policy, policyCwd, network: visit?.network },
      { signal: stop.controller.signal, deadline, onOutput: (stream, chunk) => output.push(stream, chunk) },
    );
    return end(report, visit);
  } catch (error) {
    return end(error instanceof Error ? error : new Error(toMessage(error), { cause: error }), visit);
  } finally {
    visit?.leave();
    stop.unlink();
    unwatch();
    deadline.clear();
  }
}

function isReport(report: ExitReport | Error): report is ExitReport {
  return !(report instanceof Error);
}

/** The result as the model sees it. Output is stdout followed by stderr. */
function formatReport(
  tool: string,
  report: ExitReport,
  timeoutMs: number,
  context: TurnContextForTools,
  remark: string,
): string {
  const body = report.stdout + report.stderr + remark;
  const whole = report.timedOut ? `command timed out after ${timeoutMs} milliseconds\n${body}` : body;
  const cut = truncateMiddle(whole, context.model.truncationPolicy);
  const seconds = Math.round(report.durationMs / 100) / 10;
  if (SHELL_TOOL_NAMES.includes(tool) && patchToolKind(context) === null) {
    return JSON.stringify({ output: cut, metadata: { exit_code: report.exitCode, duration_seconds: seconds } });
  }
  const lines = [`Exit code: ${report.exitCode}`, `Wall time: ${seconds} seconds`];
  const total = countLines(whole);
  if (total > countLines(cut)) lines.push(`Total output lines: ${total}`);
  return [...lines, 'Output:', cut].join('\n');
}

import path from 'node:path';
import { createDeadline, toMessage } from '@codex/base';
import { findPatchIn } from '@codex/apply-patch';
import { childEnv, type ExitReport, shellArgv, SpawnError } from '@codex/sandbox';
import { countLines, truncateMiddle } from '../context/truncate.ts';
import { patchToolKind, runShellPatch, SHELL_TOOL_NAMES } from './apply-patch.ts';
import { approveCommand } from './approve-command.ts';
import { decodeArgs, parametersSchema, type Params } from './args.ts';
import { commandItem, exitedItem, failedItem } from './command-item.ts';
import { APPROVAL_PARAMS, usesSessions } from './exec-command.ts';
import { createOutputStream } from './output-stream.ts';
import { functionSpec, text, type SpecContext, type Tool, type ToolCall, type TurnContextForTools } from './tool.ts';
import type { ToolResult } from './tool.ts';

const TIMEOUT_MS = 10_000;
const LOGIN_REFUSED = 'login shell is disabled by config; omit `login` or set it to false.';

const COMMON = {
  workdir: { type: 'string', description: 'Folder to run it in; the current folder unless given.' },
  timeout_ms: { type: 'number', description: 'Time limit in milliseconds.' },
} as const satisfies Params;

const SHELL_COMMAND_PARAMS = {
  command: { type: 'string', description: 'The shell script.', required: true },
  ...COMMON,
  login: { type: 'boolean', description: 'Run it in a login shell. On unless switched off.' },
  ...APPROVAL_PARAMS,
} as const satisfies Params;

const SHELL_PARAMS = {
  command: {
    type: 'array',
    items: { type: 'string' },
    description: 'The program and its arguments.',
    required: true,
  },
  ...COMMON,
  ...APPROVAL_PARAMS,
} as const satisfies Params;

interface OneShot {
  argv: string[];
  workdir: string | undefined;
  timeoutMs: number | undefined;
  sandboxPermissions: string | undefined;
  justification: string | undefined;
  prefixRule: string[] | undefined;
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
          parametersSchema(SHELL_COMMAND_PARAMS),
        )
      : null,
  async run(call, context) {
    const args = decodeArgs(call.input, SHELL_COMMAND_PARAMS);
    if (!args.ok) return text(args.error);
    const { command, login, timeout_ms, workdir, sandbox_permissions, justification, prefix_rule } = args.value;
    if (login && !context.config.allowLoginShell) return text(LOGIN_REFUSED);
    const argv = shellArgv(context.session.shell, command, login ?? context.config.allowLoginShell);
    return runOneShot(call, context, {
      argv,
      workdir,
      timeoutMs: timeout_ms,
      sandboxPermissions: sandbox_permissions,
      justification,
      prefixRule: prefix_rule,
    });
  },
};

/** `shell`: one program with its arguments. Served under its older names too. */
export const shellTool: Tool = {
  names: SHELL_TOOL_NAMES,
  parallel: true,
  spec: (context) =>
    oneShotKind(context) === 'shell'
      ? functionSpec('shell', 'Runs a program and returns its output.', parametersSchema(SHELL_PARAMS))
      : null,
  async run(call, context) {
    const args = decodeArgs(call.input, SHELL_PARAMS);
    if (!args.ok) return text(args.error);
    const { command, timeout_ms, workdir, sandbox_permissions, justification, prefix_rule } = args.value;
    if (!command.length) return text('command args are empty');
    return runOneShot(call, context, {
      argv: command,
      workdir,
      timeoutMs: timeout_ms,
      sandboxPermissions: sandbox_permissions,
      justification,
      prefixRule: prefix_rule,
    });
  },
};

/** Which one-shot tool a model is offered, if any (core specification §10.2). */
function oneShotKind({ config, model }: SpecContext): 'shell' | 'shell_command' | null {
  const { features } = config;
  if (!features['shell_tool'] || usesSessions(features)) return null;
  if (features['shell_zsh_fork'] || model.shellType === 'shell_command') return 'shell_command';
  return model.shellType === 'disabled' ? null : 'shell';
}

async function runOneShot(call: ToolCall, context: TurnContextForTools, command: OneShot): Promise<ToolResult> {
  const { scope, settings, session, config, signal } = context;
  const cwd = path.resolve(settings.cwd, command.workdir ?? '');
  const { argv } = command;
  const found = findPatchIn(argv);
  if (found.kind !== 'none') return runShellPatch(call, context, found, cwd, call.name);

  const item = commandItem(call.callId, argv, cwd, null);
  const approval = await approveCommand(
    context,
    {
      argv,
      cwd,
      tty: false,
      sandboxPermissions: command.sandboxPermissions ?? null,
      justification: command.justification ?? null,
      prefixRule: command.prefixRule ?? null,
    },
    item,
  );
  if (approval.kind === 'rejected') {
    const reason = approval.by === 'user' ? 'exec command rejected by user' : approval.reason;
    return { output: reason, stopTurn: approval.stopTurn };
  }
  const open = approval.item ?? scope.start(item);
  const output = createOutputStream();
  output.open(open);
  const timeoutMs = command.timeoutMs ?? TIMEOUT_MS;
  const deadline = createDeadline(timeoutMs, session.clock);
  const unwatch = session.pauses.watch(() => deadline.pause());
  try {
    const report = await session.runner.run(
      {
        argv,
        cwd,
        env: childEnv(config.shellEnvironmentPolicy, session.env, { CODEX_THREAD_ID: session.header.id }),
        policy: approval.policy,
      },
      {
        signal,
        deadline,
        onOutput: (stream, chunk) => output.push(stream, chunk),
      },
    );
    open.complete(exitedItem(item, report));
    signal.throwIfAborted();
    return text(formatReport(call.name, report, timeoutMs, context));
  } catch (error) {
    signal.throwIfAborted();
    open.complete(failedItem(item, toMessage(error)));
    return text(error instanceof SpawnError ? `execution error: ${error.message}` : toMessage(error));
  } finally {
    unwatch();
    deadline.clear();
  }
}

/** The result as the model sees it. Output is stdout followed by stderr. */
function formatReport(tool: string, report: ExitReport, timeoutMs: number, context: TurnContextForTools): string {
  const body = report.stdout + report.stderr;
  const whole = report.timedOut ? `command timed out after ${timeoutMs} milliseconds\n${body}` : body;
  const cut = truncateMiddle(whole, context.model.truncationPolicy);
  const seconds = Math.round(report.durationMs / 100) / 10;
  if (SHELL_TOOL_NAMES.includes(tool) && patchToolKind(context) === null) {
    return JSON.stringify({ output: cut, metadata: { exit_code: report.exitCode, duration_seconds: seconds } });
  }
  const lines = [`Exit code: ${report.exitCode}`, `Wall time: ${seconds} seconds`];
  if (cut !== whole) lines.push(`Total output lines: ${countLines(whole)}`);
  return [...lines, 'Output:', cut].join('\n');
}

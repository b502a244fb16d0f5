import path from 'node:path';
import { abortReason, toMessage } from '@codex/base';
import { findPatchIn } from '@codex/apply-patch';
import type { ResponseItem } from '@codex/protocol';
import { joinForDisplay } from '@codex/shell-command';
import { type ExitReport, namedShell, shellArgv, SpawnError } from '@codex/sandbox';
import { estimateTokens, truncateWithLineCount } from '../context/truncate.ts';
import { runShellPatch } from './apply-patch.ts';
import { APPROVAL_PARAMS, offeredParams, readAsked } from './approval-args.ts';
import {
  approveCommand,
  approveRetry,
  type CommandToApprove,
  lacksSandbox,
  type Retry,
  retryRemark,
} from './approve-command.ts';
import { decodeArgs, parametersSchema, type Params } from './args.ts';
import { commandItem } from './command-item.ts';
import { createForeground, waitForOutput } from './foreground.ts';
import { MAX_TERMINALS, type Terminal } from './terminal-sessions.ts';
import { LOGIN_PARAM, LOGIN_REFUSED } from './login-shell.ts';
import { functionSpec, text, type Tool, type ToolResult, type TurnContextForTools } from './tool.ts';

const EXEC_PARAMS = {
  cmd: { type: 'string', description: 'The shell command.', required: true },
  workdir: { type: 'string', description: 'Folder to run it in; the current folder unless given.' },
  shell: { type: 'string', description: 'Shell to run it with; the user’s own unless given.' },
  ...LOGIN_PARAM,
  tty: { type: 'boolean', description: 'Give it a terminal, for programs that want to be typed into.' },
  yield_time_ms: { type: 'number', description: 'How long to wait for its end before you get what there is so far.' },
  max_output_tokens: { type: 'number', description: 'The most output you want to see; the middle is cut out.' },
  ...APPROVAL_PARAMS,
} as const satisfies Params;

const STDIN_PARAMS = {
  session_id: { type: 'number', description: 'The running session.', required: true },
  chars: { type: 'string', description: 'What to type; nothing just waits for more output.' },
  yield_time_ms: { type: 'number', description: 'How long to wait for output.' },
  max_output_tokens: { type: 'number', description: 'The most output you want to see.' },
} as const satisfies Params;

const YIELD_DEFAULT_MS = 10_000;
const YIELD_MIN_MS = 250;
const YIELD_MAX_MS = 30_000;
const POLL_MIN_MS = 5_000;
const AFTER_WRITE_MS = 100;
const OUTPUT_TOKENS = 10_000;
const CROWDED = 60;

/** `exec_command`: runs a command and keeps it as a session when it takes longer than the wait (core specification §11.1, §18.2). */
export const execCommandTool: Tool = {
  names: ['exec_command'],
  parallel: true,
  spec: ({ config }) =>
    usesSessions(config.features)
      ? functionSpec(
          'exec_command',
          'Runs a shell command and returns its output. A command that is still running when the wait is over goes on as a session whose number you get.',
          parametersSchema(offeredParams(EXEC_PARAMS, config)),
        )
      : null,
  prepare: ({ session }) => session.runner.prepare(),
  async run(call, context) {
    const args = decodeArgs(call.input, EXEC_PARAMS);
    if (!args.ok) return text(args.error);
    const { settings, session, config } = context;
    const { cmd, login, tty = false } = args.value;
    if (login && !config.allowLoginShell) return text(LOGIN_REFUSED);
    const cwd = path.resolve(settings.cwd, args.value.workdir ?? '');
    const shell = args.value.shell ? namedShell(args.value.shell, session.env) : session.shell;
    const argv = shellArgv(shell, cmd, login ?? config.allowLoginShell);
    const found = findPatchIn(argv);
    if (found.kind !== 'none') {
      const patched = await runShellPatch(call, context, found, cwd, 'exec_command');
      return patched.applied
        ? { ...patched, output: `Wall time: 0.0000 seconds\nOutput:\n${patched.output}` }
        : patched;
    }

    const asked = readAsked(args.value, cwd, config);
    if (!asked.ok) return text(asked.error);
    const command: CommandToApprove = { argv, cwd, tty, ...asked.value };
    const id = session.terminals.reserveId();
    const item = commandItem(call.callId, argv, cwd, String(id));
    const foreground = createForeground(context, command, item, id);
    const waitMs = clamp(args.value.yield_time_ms ?? YIELD_DEFAULT_MS, YIELD_MIN_MS, YIELD_MAX_MS);
    try {
      const approval = await approveCommand(context, command, item, () => foreground.start());
      if (approval.kind === 'rejected') {
        session.terminals.remove(id);
        if (approval.by === 'escalation') return text(approval.reason);
        const why = `CreateProcess { message: "Rejected(\\"${approval.reason}\\")" }`;
        return { ...failed(argv, why), stopTurn: approval.stopTurn };
      }
      const before = [...approval.notes];
      // At most twice: what runs without the sandbox is not stopped by it.
      for (let { permit } = approval; ; ) {
        const attempt = await foreground.run(permit, waitMs);
        const limit = args.value.max_output_tokens;
        if (attempt.kind === 'shown') {
          const output = await report(attempt, limit, context);
          if (attempt.stopTurn) return { output, before, stopTurn: true };
          return { output, before: attempt.terminal.session.running ? [...before, ...crowded(session)] : before };
        }
        const shown = attempt.kind === 'denied' ? deniedText(attempt.report, limit) : spawnProblem(attempt.error);
        const why = attempt.kind === 'denied' ? 'denied' : lacksSandbox(attempt.error) ? 'noSandbox' : null;
        const start = () => foreground.start();
        const retry: Retry = why ? await approveRetry(context, command, item, { permit, why, start }) : NO_RETRY;
        if (retry.kind === 'stay') {
          foreground.close(attempt, shown);
          return { ...failed(argv, `${shown}${retryRemark(retry)}`), before, stopTurn: retry.stopTurn };
        }
        permit = retry.permit;
        before.push(...retry.notes);
      }
    } catch (error) {
      foreground.abandon();
      if (context.signal.aborted) throw abortReason(context.signal);
      throw error;
    }
  },
};

const NO_RETRY: Retry = { kind: 'stay', reason: null, stopTurn: false };

/** `write_stdin`: types into a session, or waits for more of its output. */
export const writeStdinTool: Tool = {
  names: ['write_stdin'],
  parallel: false,
  spec: ({ config }) =>
    usesSessions(config.features)
      ? functionSpec(
          'write_stdin',
          'Types into a running session and returns the output since the last call.',
          parametersSchema(STDIN_PARAMS),
        )
      : null,
  async run(call, context) {
    const args = decodeArgs(call.input, STDIN_PARAMS);
    if (!args.ok) return text(args.error);
    const { chars = '', session_id, yield_time_ms, max_output_tokens } = args.value;
    const { session, config } = context;
    const terminal = session.terminals.get(session_id);
    if (!terminal) return text(`write_stdin failed: Unknown process id ${session_id}`);
    const startedAt = session.clock.now();
    if (chars) {
      if (!terminal.tty) {
        return text(
          'write_stdin failed: stdin is closed for this session; rerun exec_command with tty=true to keep stdin open',
        );
      }
      terminal.open.delta({ kind: 'terminalInput', processId: String(terminal.id), text: chars });
      terminal.session.write(chars);
      await session.clock.sleep(AFTER_WRITE_MS, context.signal);
    }
    const waitMs = chars
      ? clamp(yield_time_ms ?? YIELD_MIN_MS, YIELD_MIN_MS, YIELD_MAX_MS)
      : clamp(yield_time_ms ?? POLL_MIN_MS, POLL_MIN_MS, config.backgroundTerminalMaxTimeout);
    await waitForOutput(terminal, waitMs, context);
    return text(await report({ terminal, startedAt }, max_output_tokens, context));
  },
};

/** Sessions are the default way to run commands; models without them get one-shot tools instead. */
export function usesSessions(features: Readonly<Record<string, boolean>>): boolean {
  return Boolean(features['shell_tool'] && features['unified_exec'] && !features['shell_zsh_fork']);
}

async function report(
  { terminal, startedAt }: { terminal: Terminal; startedAt: number },
  maxTokens: number | undefined,
  { session }: TurnContextForTools,
): Promise<string> {
  const ended = !terminal.session.running;
  const lines = [`Command: ${terminal.item.command}`, `Chunk ID: ${session.ids.hex(6)}`];
  const exit = ended ? await terminal.session.exited : null;
  if (exit) {
    await terminal.completed;
    session.terminals.remove(terminal.id);
  }
  const output = terminal.session.take();
  lines.push(`Wall time: ${((session.clock.now() - startedAt) / 1000).toFixed(4)} seconds`);
  lines.push(
    exit ? `Process exited with code ${exit.exitCode}` : `Process running with session ID ${terminal.id}`,
    `Original token count: ${estimateTokens(output)}`,
    'Output:',
    cut(output, maxTokens),
  );
  const blocked = terminal.blocked();
  if (blocked) lines.push(blocked);
  return lines.join('\n');
}

/** Tells the model, from so many sessions on, that a new one will soon cost it another. */
function crowded({ terminals }: TurnContextForTools['session']): ResponseItem[] {
  if (terminals.count < CROWDED) return [];
  const text = `Warning: ${terminals.count} sessions are running. From ${MAX_TERMINALS} on, each new one ends the one unused for longest; end those you do not need any more.`;
  return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }];
}

function cut(output: string, maxTokens: number | undefined): string {
  return truncateWithLineCount(output, { mode: 'tokens', limit: Math.max(1, maxTokens ?? OUTPUT_TOKENS) });
}

function failed(argv: readonly string[], detail: string): ToolResult {
  return text(`exec_command failed for \`${joinForDisplay([...argv])}\`: ${detail}`);
}

function deniedText(exit: ExitReport, maxTokens: number | undefined): string {
  return `the sandbox denied it (exit code ${exit.exitCode})\nOutput:\n${cut(exit.output, maxTokens)}`;
}

function spawnProblem(error: unknown): string {
  return error instanceof SpawnError
    ? `CreateProcess { message: "Failed to create unified exec process: ${error.message}" }`
    : toMessage(error);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

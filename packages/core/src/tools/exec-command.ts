import path from 'node:path';
import { abortReason, toMessage } from '@codex/base';
import { findPatchIn } from '@codex/apply-patch';
import { joinForDisplay } from '@codex/shell-command';
import { childEnv, namedShell, type Session, shellArgv, SpawnError, UNIFIED_EXEC_ENV } from '@codex/sandbox';
import { estimateTokens, truncateWithLineCount } from '../context/truncate.ts';
import { runShellPatch } from './apply-patch.ts';
import { approveCommand } from './approve-command.ts';
import { decodeArgs, parametersSchema, type Params } from './args.ts';
import { commandItem, exitedItem, failedItem } from './command-item.ts';
import { createOutputStream } from './output-stream.ts';
import type { Terminal } from './terminal-sessions.ts';
import { functionSpec, text, type Tool, type TurnContextForTools } from './tool.ts';

export const APPROVAL_PARAMS = {
  sandbox_permissions: {
    type: 'string',
    description: 'Rights of this command: `use_default`, or `require_escalated` to ask for a run without the sandbox.',
  },
  justification: {
    type: 'string',
    description: 'With `require_escalated`: one short question to the user saying what the command is for.',
  },
  prefix_rule: {
    type: 'array',
    items: { type: 'string' },
    description: 'With `require_escalated`: the first words of the command that the user may allow for good.',
  },
} as const satisfies Params;

const EXEC_PARAMS = {
  cmd: { type: 'string', description: 'The shell command.', required: true },
  workdir: { type: 'string', description: 'Folder to run it in; the current folder unless given.' },
  shell: { type: 'string', description: 'Shell to run it with; the user’s own unless given.' },
  login: { type: 'boolean', description: 'Run it in a login shell. On unless switched off.' },
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
const LOGIN_REFUSED = 'login shell is disabled by config; omit `login` or set it to false.';

/** `exec_command`: runs a command and keeps it as a session when it takes longer than the wait (core specification §11.1, §18.2). */
export const execCommandTool: Tool = {
  names: ['exec_command'],
  parallel: true,
  spec: ({ config }) =>
    usesSessions(config.features)
      ? functionSpec(
          'exec_command',
          'Runs a shell command and returns its output. A command that is still running when the wait is over goes on as a session whose number you get.',
          parametersSchema(EXEC_PARAMS),
        )
      : null,
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

    const id = session.terminals.reserveId();
    const item = commandItem(call.callId, argv, cwd, String(id));
    const shown = joinForDisplay(argv);
    const failed = (detail: string) => text(`exec_command failed for \`${shown}\`: ${detail}`);
    const startedAt = session.clock.now();
    try {
      const approval = await approveCommand(
        context,
        {
          argv,
          cwd,
          tty,
          sandboxPermissions: args.value.sandbox_permissions ?? null,
          justification: args.value.justification ?? null,
          prefixRule: args.value.prefix_rule ?? null,
        },
        item,
      );
      if (approval.kind === 'rejected') {
        session.terminals.remove(id);
        if (approval.by === 'escalation') return text(approval.reason);
        return {
          ...failed(`CreateProcess { message: "Rejected(\\"${approval.reason}\\")" }`),
          stopTurn: approval.stopTurn,
        };
      }
      const output = createOutputStream();
      let process: Session;
      try {
        process = await session.runner.open(
          {
            argv,
            cwd,
            env: {
              ...childEnv(config.shellEnvironmentPolicy, session.env, { CODEX_THREAD_ID: session.header.id }),
              ...UNIFIED_EXEC_ENV,
            },
            policy: approval.policy,
          },
          { tty, onOutput: (stream, chunk) => output.push(stream, chunk) },
        );
      } catch (error) {
        session.terminals.remove(id);
        approval.item?.complete(failedItem(item, toMessage(error)));
        return failed(spawnProblem(error));
      }
      const terminal: Terminal = {
        id,
        tty,
        item,
        session: process,
        usedAt: startedAt,
        killed: false,
        open: approval.item ?? context.scope.start(item, { abandoned: () => null }),
        completed: Promise.resolve(),
      };
      terminal.completed = process.exited.then((report) =>
        terminal.open.complete(exitedItem(item, report, terminal.killed)),
      );
      output.open(terminal.open);
      session.terminals.add(terminal);
      const waitMs = clamp(args.value.yield_time_ms ?? YIELD_DEFAULT_MS, YIELD_MIN_MS, YIELD_MAX_MS);
      await waitForOutput(terminal, waitMs, context);
      return text(await report(terminal, startedAt, args.value.max_output_tokens, context));
    } catch (error) {
      if (context.signal.aborted) {
        endForeground(session.terminals.get(id));
        session.terminals.remove(id);
        throw abortReason(context.signal);
      }
      throw error;
    }
  },
};

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
    return text(await report(terminal, startedAt, max_output_tokens, context));
  },
};

/** Sessions are the default way to run commands; models without them get one-shot tools instead. */
export function usesSessions(features: Readonly<Record<string, boolean>>): boolean {
  return Boolean(features['shell_tool'] && features['unified_exec'] && !features['shell_zsh_fork']);
}

async function waitForOutput(terminal: Terminal, ms: number, context: TurnContextForTools): Promise<void> {
  const { session: threadSession, signal } = context;
  // While a human is asked something the wait does not count.
  for (let left = ms; left > 0 && terminal.session.running; ) {
    const from = threadSession.clock.now();
    await terminal.session.wait(left, signal);
    if (signal.aborted) throw abortReason(signal);
    if (!threadSession.pauses.count) left -= threadSession.clock.now() - from;
  }
}

async function report(
  terminal: Terminal,
  startedAt: number,
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
    truncateWithLineCount(output, { mode: 'tokens', limit: Math.max(1, maxTokens ?? OUTPUT_TOKENS) }),
  );
  return lines.join('\n');
}

/** A command that is interrupted before it became a session is not left running; nobody waits for its last breath. */
function endForeground(terminal: Terminal | undefined): void {
  if (!terminal) return;
  terminal.open.complete(failedItem(terminal.item, terminal.session.take()));
  void terminal.session.kill();
}

function spawnProblem(error: unknown): string {
  return error instanceof SpawnError
    ? `CreateProcess { message: "Failed to create unified exec process: ${error.message}" }`
    : toMessage(error);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

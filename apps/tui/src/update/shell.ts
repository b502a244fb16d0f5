import type { State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { call, change, step } from '../step.ts';

/** As much of the output as the model is told. */
const TOLD = 16_000;

/** Runs a command of the user's own, outside the sandbox; the model is told of it with the next message. */
export function runShell(state: State, command: string): Step {
  if (command === '') {
    return step(
      addCells(state, {
        kind: 'notice',
        level: 'info',
        text: 'Write a shell command behind the !, such as !git status',
      }),
    );
  }
  if (state.shell) {
    return step(
      addCells(state, {
        kind: 'notice',
        level: 'warning',
        text: `${state.shell.command} is still running; esc ends it`,
      }),
    );
  }
  const processId = `shell-${state.transcript.length}-${state.epoch}`;
  return step(
    { ...state, shell: { processId, command } },
    call(
      'command/exec',
      {
        command: [state.place.shell, '-lc', command],
        processId,
        cwd: state.session?.cwd ?? state.place.cwd,
        sandboxPolicy: { type: 'dangerFullAccess' },
        disableTimeout: true,
      },
      ({ exitCode, stdout, stderr }) => change((now) => ended(now, command, exitCode, stdout + stderr)),
      (error) => change((now) => ended(now, command, null, error)),
    ),
  );
}

function ended(state: State, command: string, exitCode: number | null, output: string): Step {
  const note = `<user_shell_command>\n<command>\n${command}\n</command>\n<result>\nExit code: ${exitCode ?? 'none'}\nOutput:\n${output.slice(-TOLD)}\n</result>\n</user_shell_command>`;
  return step(
    addCells(
      { ...state, shell: null, shellNotes: [...state.shellNotes, note] },
      { kind: 'shell', command, output, exitCode },
    ),
  );
}

/** Ends the user's command that runs. */
export function endShell(state: State): Step {
  if (!state.shell) return step(state);
  return step(
    state,
    call('command/exec/terminate', { processId: state.shell.processId }, undefined, () => null),
  );
}

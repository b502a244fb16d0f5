import type { State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { call, change, step } from '../step.ts';

/** Against the last commit; new files are compared with nothing. One script, so that it is one question to the server. */
const SCRIPT = `git rev-parse --is-inside-work-tree >/dev/null || exit 128
git --no-pager diff --no-color --no-ext-diff HEAD 2>/dev/null || git --no-pager diff --no-color --no-ext-diff
git ls-files --others --exclude-standard -z | xargs -0 -r -n1 git --no-pager diff --no-color --no-ext-diff --no-index /dev/null
exit 0`;

/** `/diff`: what changed in the folder. */
export function showDiff(state: State): Step {
  const cwd = state.session?.cwd ?? state.place.cwd;
  return step(
    state,
    call(
      'command/exec',
      { command: ['sh', '-c', SCRIPT], cwd, sandboxPolicy: { type: 'dangerFullAccess' } },
      ({ exitCode, stdout, stderr }) =>
        change((now) => {
          if (exitCode !== 0)
            return step(
              addCells(now, {
                kind: 'notice',
                level: 'error',
                text: stderr.trim() || 'this folder is no git repository',
              }),
            );
          if (stdout.trim() === '')
            return step(
              addCells(now, { kind: 'notice', level: 'info', text: 'Nothing changed since the last commit.' }),
            );
          return step({ ...now, overlay: { kind: 'pager', title: 'Diff', diff: stdout, top: 0 } });
        }),
    ),
  );
}

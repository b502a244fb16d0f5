import type { ParamsIn } from '@codex/protocol';
import { EMPTY_DRAFT } from '../composer/draft.ts';
import type { Choice, Session, State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { call, change, step } from '../step.ts';
import { newTurn } from '../update/send.ts';
import { openDialog } from './dialog.ts';

type Target = ParamsIn<'review/start'>['target'];

const COMMITS = 100;

/** `/review`: of what? Words behind the command are instructions of the user's own. */
export function chooseReview(state: State, session: Session, instructions: string): Step {
  if (instructions !== '') return review(state, session, { type: 'custom', instructions });
  return step(
    openDialog(state, {
      kind: 'select',
      title: 'Review what?',
      choices: [
        {
          label: 'Changes against a branch',
          detail: 'as a pull request would show them',
          choose: (chosen) => chooseBranch(chosen, session),
        },
        {
          label: 'Changes not committed yet',
          choose: (chosen) => review(chosen, session, { type: 'uncommittedChanges' }),
        },
        { label: 'A commit', choose: (chosen) => chooseCommit(chosen, session) },
        {
          label: 'Something else',
          detail: 'in words of your own',
          choose: (chosen) => askInstructions(chosen, session),
        },
      ],
      selected: 0,
      cancel: step,
    }),
  );
}

function review(state: State, { threadId }: Session, target: Target): Step {
  return step(
    { ...state, turn: newTurn(state.now) },
    call('review/start', { threadId, target }, undefined, (error) =>
      change((now) => step(addCells({ ...now, turn: null }, { kind: 'notice', level: 'error', text: error }))),
    ),
  );
}

function chooseBranch(state: State, session: Session): Step {
  return listed(
    state,
    session,
    ['branch', '--all', '--sort=-committerdate', '--format=%(refname:short)'],
    'Against which branch?',
    (line) => ({
      label: line,
      choose: (chosen) => review(chosen, session, { type: 'baseBranch', branch: line }),
    }),
  );
}

function chooseCommit(state: State, session: Session): Step {
  return listed(state, session, ['log', `-${COMMITS}`, '--format=%H %s'], 'Which commit?', (line) => {
    const sha = line.slice(0, line.indexOf(' '));
    const title = line.slice(sha.length + 1);
    return {
      label: `${sha.slice(0, 8)} ${title}`,
      choose: (chosen) => review(chosen, session, { type: 'commit', sha, title }),
    };
  });
}

/** Choices from lines that git prints; what is typed narrows them. */
function listed(
  state: State,
  { cwd }: Session,
  args: readonly string[],
  title: string,
  choice: (line: string) => Choice,
): Step {
  return step(
    state,
    call(
      'command/exec',
      { command: ['git', ...args], cwd, sandboxPolicy: { type: 'readOnly' } },
      ({ exitCode, stdout, stderr }) =>
        change((now) => {
          const lines = stdout.split('\n').filter((line) => line !== '');
          if (exitCode !== 0 || lines.length === 0) {
            return step(
              addCells(now, { kind: 'notice', level: 'error', text: stderr.trim() || 'git lists nothing here' }),
            );
          }
          return step(
            openDialog(now, {
              kind: 'select',
              title,
              choices: lines.map(choice),
              selected: 0,
              search: '',
              hint: 'type to search, enter begins the review',
              cancel: step,
            }),
          );
        }),
    ),
  );
}

function askInstructions(state: State, session: Session): Step {
  return step(
    openDialog(state, {
      kind: 'prompt',
      title: 'What should be reviewed, and how?',
      draft: EMPTY_DRAFT,
      submit: (now, instructions) =>
        instructions === '' ? step(now) : review(now, session, { type: 'custom', instructions }),
      cancel: step,
    }),
  );
}

import { EMPTY_DRAFT } from '../composer/draft.ts';
import type { Choice, Session, State, Step } from '../model.ts';
import { call, step } from '../step.ts';
import { openDialog, reopenDialog } from './dialog.ts';

const KINDS = [
  ['bug', 'Something is broken', 'a crash, an error, a wrong display'],
  ['bad_result', 'A bad answer', 'wrong, or not what was asked for'],
  ['good_result', 'A good answer', 'worth telling'],
  ['other', 'Something else', 'an idea, a wish'],
] as const;

/** `/feedback`: what it is about, with logs or without, and words. */
export function askFeedback(state: State, session: Session): Step {
  return step(
    openDialog(state, {
      kind: 'select',
      title: 'What is your feedback about?',
      choices: KINDS.map(
        ([classification, label, detail]): Choice => ({
          label,
          detail,
          choose: (chosen) => askLogs(chosen, session, classification),
        }),
      ),
      selected: 0,
      cancel: step,
    }),
  );
}

function askLogs(state: State, session: Session, classification: string): Step {
  const next = (includeLogs: boolean) => (chosen: State) => askReason(chosen, session, classification, includeLogs);
  return step(
    reopenDialog(state, {
      kind: 'select',
      title: 'Include the log and this session?',
      body: [
        {
          text: 'Nothing is sent: the report is a folder in $CODEX_HOME/feedback that you can look through and pass on.',
          look: 'dim',
        },
      ],
      choices: [
        { label: 'Yes', key: 'y', choose: next(true) },
        { label: 'No', key: 'n', choose: next(false) },
      ],
      selected: 0,
      cancel: step,
    }),
  );
}

function askReason(state: State, { threadId }: Session, classification: string, includeLogs: boolean): Step {
  return step(
    reopenDialog(state, {
      kind: 'prompt',
      title: 'Tell more, if you like',
      draft: EMPTY_DRAFT,
      submit: (now, reason) =>
        step(
          now,
          call(
            'feedback/upload',
            { classification, reason: reason === '' ? null : reason, threadId, includeLogs },
            ({ threadId: report }) => ({
              type: 'notice',
              level: 'good',
              text: `The report is in $CODEX_HOME/feedback (${report}).`,
            }),
          ),
        ),
      cancel: step,
    }),
  );
}

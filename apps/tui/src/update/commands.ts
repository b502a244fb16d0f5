import { openDialog } from '../dialogs/dialog.ts';
import { askFeedback } from '../dialogs/feedback.ts';
import { chooseModel } from '../dialogs/model.ts';
import { choosePermissions } from '../dialogs/permissions.ts';
import { chooseReview } from '../dialogs/review.ts';
import { listSkills } from '../dialogs/skills.ts';
import { draftOf, EMPTY_DRAFT } from '../composer/draft.ts';
import type { Session, State, Step } from '../model.ts';
import { showDiff } from '../overlays/diff.ts';
import { openPicker } from '../overlays/picker.ts';
import { addCells } from '../state.ts';
import { call, step } from '../step.ts';
import { COMMANDS, type CommandName, KEYS } from './command-list.ts';
import { INIT_PROMPT } from './init-prompt.ts';
import { openNew } from './open.ts';
import { togglePlan } from './mode.ts';
import { sendMessage } from './send.ts';
import { listServers, showStatus, showTerminals } from './status.ts';

/** Runs `/name args`. What is no command is told. */
export function runCommand(state: State, name: string, args: string): Step {
  const command = COMMANDS.find((known) => known.name === name);
  if (!command) {
    const told = say(
      state,
      'error',
      `There is no command /${name}. /help lists them; a blank before it makes it text.`,
    );
    return step({ ...told.state, draft: draftOf({ text: `/${name} ${args}`.trim(), images: [] }) });
  }
  const always = withoutThread(state, command.name);
  if (always) return always;
  const { session } = state;
  if (!session) return say(state, 'info', 'The session is still being opened.');
  if (state.turn && NEEDS_IDLE.has(command.name))
    return say(state, 'warning', `/${name} has to wait until this turn is over; esc interrupts it.`);
  return withThread(state, session, command.name, args.trim());
}

/** These change what a running turn stands on. */
const NEEDS_IDLE: ReadonlySet<CommandName> = new Set(['review', 'compact', 'new', 'resume', 'fork', 'init', 'logout']);

function withoutThread(state: State, name: CommandName): Step | null {
  switch (name) {
    case 'quit':
    case 'exit':
      return step(state, { type: 'quit', code: 0 });
    case 'help':
      return step(
        addCells(
          state,
          { kind: 'facts', title: 'Keys', rows: KEYS },
          {
            kind: 'facts',
            title: 'Commands',
            rows: COMMANDS.map(({ name: command, summary }) => [`/${command}`, summary] as const),
          },
        ),
      );
    case 'mention':
      return step({ ...state, draft: draftOf({ text: '@', images: [] }) });
    default:
      return null;
  }
}

function withThread(state: State, session: Session, name: CommandName, args: string): Step {
  const { threadId } = session;
  switch (name) {
    case 'model':
      return chooseModel(state);
    case 'approvals':
    case 'permissions':
      return choosePermissions(state, session);
    case 'plan': {
      const planning = session.mode === 'plan' ? step(state) : togglePlan(state);
      if (args === '') return session.mode === 'plan' ? togglePlan(state) : planning;
      return sendMessage(planning.state, { text: args, images: [] });
    }
    case 'review':
      return chooseReview(state, session, args);
    case 'diff':
      return showDiff(state);
    case 'compact':
      return step(state, call('thread/compact/start', { threadId }));
    case 'new':
      return step(state, openNew(state));
    case 'resume':
      return openPicker(state, 'resume');
    case 'fork':
      return step(
        state,
        call('thread/fork', { threadId, cwd: session.cwd }, (opened) => ({ type: 'opened', opened, how: 'forked' })),
      );
    case 'rename':
      return args === '' ? askName(state, session) : rename(state, threadId, args);
    case 'init':
      return sendMessage(state, { text: INIT_PROMPT, images: [] });
    case 'status':
      return showStatus(state, session);
    case 'mcp':
      return listServers(state);
    case 'skills':
      return listSkills(state, session);
    case 'ps':
      return showTerminals(state);
    case 'clean':
      return step(
        state,
        call('thread/backgroundTerminals/clean', { threadId }, () => ({
          type: 'notice',
          level: 'good',
          text: 'The terminals in the background were ended.',
        })),
      );
    case 'feedback':
      return askFeedback(state, session);
    case 'logout':
      return step(
        state,
        call('account/logout', undefined, () => ({
          type: 'change',
          make: (now) => step(now, { type: 'quit', code: 0 }),
        })),
      );
    case 'help':
    case 'mention':
    case 'quit':
    case 'exit':
      return step(state);
  }
}

function askName(state: State, { name, threadId }: Session): Step {
  return step(
    openDialog(state, {
      kind: 'prompt',
      title: 'Name of this session',
      draft: name === null ? EMPTY_DRAFT : draftOf({ text: name, images: [] }),
      hint: 'enter names it, esc leaves it as it is',
      submit: (now, text) => (text === '' ? step(now) : rename(now, threadId, text)),
      cancel: step,
    }),
  );
}

function rename(state: State, threadId: string, name: string): Step {
  return step(
    state,
    call('thread/name/set', { threadId, name }, () => ({
      type: 'notice',
      level: 'good',
      text: `This session is called ${name} now.`,
    })),
  );
}

function say(state: State, level: 'info' | 'warning' | 'error', text: string): Step {
  return step(addCells(state, { kind: 'notice', level, text }));
}

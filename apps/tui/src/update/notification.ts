import type { ServerNotification } from '@codex/protocol';
import { loginEnded } from '../dialogs/login.ts';
import type { State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { step } from '../step.ts';
import { takeItem } from './item.ts';
import { takeTurn } from './turn.ts';

/** What the server tells. Notifications about threads that are not shown, those of agents for example, change nothing. */
export function takeNotification(state: State, notification: ServerNotification): Step {
  const { params } = notification;
  const isOther = 'threadId' in params && params.threadId !== state.session?.threadId;
  switch (notification.method) {
    case 'serverRequest/resolved': {
      const { requestId } = notification.params;
      return step({ ...state, dialogs: state.dialogs.filter(({ question }) => question !== requestId) });
    }
    case 'configWarning':
    case 'deprecationNotice': {
      const { summary, details } = notification.params;
      return step(
        addCells(state, { kind: 'notice', level: 'warning', text: summary, ...(details ? { detail: details } : {}) }),
      );
    }
    case 'account/login/completed':
      return loginEnded(state, notification.params);
    case 'account/rateLimits/updated':
      return step({ ...state, rateLimits: notification.params.rateLimits });
    case 'mcpServer/oauthLogin/completed': {
      const { name, success, error } = notification.params;
      const text = success ? `Logged in to ${name}` : `The login to ${name} failed${error ? `: ${error}` : ''}`;
      return step(addCells(state, { kind: 'notice', level: success ? 'good' : 'error', text }));
    }
    default:
  }
  if (isOther || !('threadId' in params)) return step(state);
  return takeItem(state, notification) ?? takeTurn(state, notification) ?? takeThread(state, notification);
}

function takeThread(state: State, notification: ServerNotification): Step {
  switch (notification.method) {
    case 'thread/tokenUsage/updated':
      return step({ ...state, usage: notification.params.tokenUsage });
    case 'thread/name/updated':
      return step({ ...state, session: state.session && { ...state.session, name: notification.params.threadName } });
    case 'model/rerouted': {
      const { fromModel, toModel } = notification.params;
      return step(
        addCells(state, { kind: 'notice', level: 'warning', text: `${toModel} answers in place of ${fromModel}` }),
      );
    }
    case 'hook/completed': {
      const { run } = notification.params;
      const text = run.entries.map((entry) => entry.text).join('\n');
      if (run.status === 'completed' && text === '') return step(state);
      const level = run.status === 'failed' ? 'error' : 'info';
      return step(
        addCells(state, { kind: 'notice', level, text: `Hook ${run.status} (${run.sourcePath})`, detail: text }),
      );
    }
    case 'thread/closed':
      return step(
        addCells(state, { kind: 'notice', level: 'warning', text: 'This session was closed by the server.' }),
      );
    default:
      return step(state);
  }
}

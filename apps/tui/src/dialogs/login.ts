import type { Choice, State, Step } from '../model.ts';
import { EMPTY_DRAFT } from '../composer/draft.ts';
import { addCells } from '../state.ts';
import { call, change, step } from '../step.ts';
import { openDialog, reopenDialog } from './dialog.ts';

/** Nobody is logged in: how to change that. `next` goes on when somebody is. */
export function askLogin(state: State, next: (state: State) => Step): Step {
  return step(openDialog(state, loginDialog(next)));
}

function loginDialog(next: (state: State) => Step) {
  const choices: Choice[] = [
    {
      label: 'Sign in with ChatGPT',
      detail: 'shows an address for a browser on this machine; uses the plan you pay for',
      choose: (state) => startChatGpt(state, next),
    },
    { label: 'Give an API key', detail: 'it is kept in $CODEX_HOME/auth.json', choose: (state) => askKey(state, next) },
    { label: 'Quit', choose: (state) => step(state, { type: 'quit', code: 1 }) },
  ];
  return {
    kind: 'select' as const,
    title: 'Codex needs a way to a model',
    body: [
      {
        text: 'Sign in here, or leave and set OPENAI_API_KEY, run `codex login` (with --device-auth for a browser elsewhere), or name a provider of your own in config.toml (model_provider). A local model needs no login: codex --oss.',
      },
    ],
    choices,
    selected: 0,
    cancel: (state: State) => step(state, { type: 'quit' as const, code: 1 }),
  };
}

function askKey(state: State, next: (state: State) => Step): Step {
  return step(
    reopenDialog(state, {
      kind: 'prompt',
      title: 'API key',
      draft: EMPTY_DRAFT,
      isSecret: true,
      hint: 'enter keeps it, esc goes back',
      submit: (now, apiKey) =>
        apiKey === ''
          ? askLogin(now, next)
          : step(
              now,
              call(
                'account/login/start',
                { type: 'apiKey', apiKey },
                () => change(next),
                (error) => change((then) => askLogin(told(then, error), next)),
              ),
            ),
      cancel: (now) => askLogin(now, next),
    }),
  );
}

/** The server tells the address; that the login has ended comes as a notification, which `loginEnded` takes. */
function startChatGpt(state: State, next: (state: State) => Step): Step {
  return step(
    state,
    call(
      'account/login/start',
      { type: 'chatgpt' },
      (started) =>
        change((now) => {
          if (started.type !== 'chatgpt') return next(now);
          const { loginId, authUrl } = started;
          return step(
            openDialog(now, {
              kind: 'select',
              login: { id: loginId, next },
              title: 'Sign in with ChatGPT',
              body: [
                { text: 'Open this address in a browser on this machine. It goes on here by itself.' },
                { text: authUrl, look: 'code' },
              ],
              choices: [{ label: 'Do it another way', choose: (then) => cancelLogin(then, loginId, next) }],
              selected: 0,
              cancel: (then) => cancelLogin(then, loginId, next),
            }),
          );
        }),
      (error) => change((now) => askLogin(told(now, error), next)),
    ),
  );
}

function cancelLogin(state: State, loginId: string, next: (state: State) => Step): Step {
  const again = askLogin(state, next);
  return step(
    again.state,
    call('account/login/cancel', { loginId }, undefined, () => null),
    ...again.effects,
  );
}

/** A login has ended: what waited for it goes on, or the question is asked again. */
export function loginEnded(
  state: State,
  ended: { loginId: string | null; success: boolean; error: string | null },
): Step {
  const dialog = state.dialogs.find(({ login }) => login !== undefined && login.id === ended.loginId);
  if (!dialog?.login) return step(state);
  const { next } = dialog.login;
  const without = { ...state, dialogs: state.dialogs.filter((other) => other !== dialog) };
  return ended.success ? next(without) : askLogin(told(without, ended.error ?? 'the login failed'), next);
}

function told(state: State, text: string): State {
  return addCells(state, { kind: 'notice', level: 'error', text });
}

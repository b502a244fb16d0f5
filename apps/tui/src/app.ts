import { type Clock, toMessage } from '@codex/base';
import { EXIT } from './io.ts';
import type { Effect, Msg, State } from './model.ts';
import { editOutside } from './outside.ts';
import { createPainter } from './painter.ts';
import { createPerformer, type Performing } from './perform.ts';
import { createQuestions, type Questions } from './questions.ts';
import type { Connected } from './server.ts';
import type { Terminal } from './terminal.ts';
import type { Theme } from './text/theme.ts';
import { update } from './update/update.ts';
import { TICK_MS } from './view/status.ts';

export interface AppDeps extends Pick<Performing, 'historyHome' | 'attention'> {
  terminal: Terminal;
  clock: Clock;
  theme: Theme;
  env: NodeJS.ProcessEnv;
  /** Overlays get a screen of their own. */
  useAlternateScreen: boolean;
}

/** The running interface: messages in, frames out. */
export interface App {
  readonly state: State;
  readonly dispatch: (msg: Msg) => void;
  readonly questions: Questions;
  /** The server is there: what it tells comes in, what was asked of it meanwhile goes out. */
  attach(connected: Connected): void;
  /** Draws until somebody leaves; resolves to the exit code. */
  run(): Promise<number>;
}

/** At most so often a frame is drawn, in milliseconds. */
const FRAME_MS = 33;
const FOR_EVER_MS = 2 ** 31 - 1;

export function createApp(initial: State, deps: AppDeps): App {
  const { terminal, clock } = deps;
  const painter = createPainter(deps);
  let state = initial;
  let cancelFrame: (() => void) | undefined;
  let cancelTick: (() => void) | undefined;
  let drawnAt = 0;
  let isAway = false;
  let leave: (code: number) => void = () => {};
  const left = new Promise<number>((resolve) => {
    leave = resolve;
  });

  const draw = () => {
    cancelFrame = undefined;
    if (isAway) return;
    drawnAt = clock.now();
    painter.draw(state);
  };

  const dispatch = (msg: Msg) => {
    if (msg.type === 'resized') painter.resized(msg.size.columns);
    const next = update({ ...state, now: clock.now() }, msg);
    state = next.state;
    for (const effect of next.effects) perform(effect);
    cancelFrame ??= clock.timer(Math.max(0, drawnAt + FRAME_MS - clock.now()), draw);
    // Time goes on only while it is shown.
    if (state.turn) cancelTick ??= clock.timer(TICK_MS, tick);
  };

  const tick = () => {
    cancelTick = undefined;
    dispatch({ type: 'tick' });
  };

  const questions = createQuestions(dispatch);
  const performer = createPerformer({ ...deps, questions, dispatch });
  const listener = {
    input: (input: Extract<Msg, { type: 'input' }>['input']) => dispatch({ type: 'input', input }),
    resized: (size: State['size']) => dispatch({ type: 'resized', size }),
    closed: () => leave(EXIT.failed),
  };

  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case 'quit':
        leave(effect.code);
        return;
      case 'redraw':
        painter.redraw(state);
        return;
      case 'suspend':
        suspend();
        return;
      case 'editOutside':
        void edit(effect.text);
        return;
      default:
        performer.perform(effect, state);
    }
  };

  /** Lends the terminal to somebody else. */
  const away = () => {
    isAway = true;
    painter.away();
    terminal.stop();
  };

  const back = () => {
    terminal.start(listener);
    isAway = false;
    listener.resized(terminal.size);
  };

  const edit = async (text: string) => {
    away();
    const edited = await editOutside(text, deps.env).then(
      (value): Msg => ({ type: 'edited', text: value }),
      (error: unknown): Msg => ({ type: 'notice', level: 'error', text: toMessage(error) }),
    );
    back();
    dispatch(edited);
  };

  const suspend = () => {
    away();
    // Nothing else keeps the process alive while it does not read; a signal handler does not.
    const stopped = new AbortController();
    clock.sleep(FOR_EVER_MS, stopped.signal).catch(() => {});
    process.once('SIGCONT', () => {
      stopped.abort();
      back();
    });
    // The whole group, as the terminal's own ctrl+z would.
    process.kill(0, 'SIGTSTP');
  };

  return {
    get state() {
      return state;
    },
    dispatch,
    questions,
    attach(connected) {
      performer.attach(connected);
      void follow(connected, dispatch, questions);
    },
    async run() {
      terminal.start(listener);
      draw();
      const code = await left;
      await performer.settled();
      isAway = true;
      cancelFrame?.();
      cancelTick?.();
      painter.finish(state);
      terminal.stop();
      return code;
    },
  };
}

async function follow({ client }: Connected, dispatch: App['dispatch'], questions: Questions): Promise<void> {
  for await (const notification of client.events) {
    if (notification.method === 'serverRequest/resolved') questions.withdraw(notification.params.requestId);
    dispatch({ type: 'notification', notification });
  }
  const failure = await client.closed;
  dispatch({ type: 'disconnected', reason: failure?.message ?? null });
}

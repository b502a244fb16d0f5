import type { Connected } from './server.ts';
import { type Clock, isAbort, toMessage } from '@codex/base';
import type { Look } from './cells/look.ts';
import { renderCell } from './cells/render.ts';
import { appendHistory } from './history-file.ts';
import type { Effect, Msg, State } from './model.ts';
import { editOutside, imageAt } from './outside.ts';
import { createQuestions } from './questions.ts';
import { createScreen } from './screen.ts';
import type { Terminal } from './terminal.ts';
import type { Theme } from './text/theme.ts';
import { update } from './update/update.ts';
import { TICK_MS } from './view/status.ts';
import { drawMain, drawOverlay } from './view/view.ts';

export interface AppDeps {
  terminal: Terminal;
  clock: Clock;
  theme: Theme;
  env: NodeJS.ProcessEnv;
  /** $CODEX_HOME; null when messages are not to be kept. */
  historyHome: string | null;
  /** Overlays get a screen of their own. */
  useAlternateScreen: boolean;
  /** How the person is called when they look elsewhere. */
  attention: 'bell' | 'osc9' | 'none';
}

/** The running interface: messages in, frames out. */
export interface App {
  readonly state: State;
  readonly dispatch: (msg: Msg) => void;
  /** Answers of the server come in from here on, and what was asked of it meanwhile goes out. */
  attach(connected: Connected): void;
  readonly questions: ReturnType<typeof createQuestions>;
  /** Draws until somebody leaves; resolves to the exit code. */
  run(): Promise<number>;
}

/** At most so often a frame is drawn, in milliseconds. */
const FRAME_MS = 33;
const FOR_EVER_MS = 2 ** 31 - 1;

export function createApp(initial: State, deps: AppDeps): App {
  const { terminal, clock, theme } = deps;
  const screen = createScreen();
  let state = initial;
  let printed = { epoch: initial.epoch, count: 0 };
  let connected: Connected | undefined;
  const held: Effect[] = [];
  /** What has to be written before the program ends. */
  const pending = new Set<Promise<void>>();
  let cancelFrame: (() => void) | undefined;
  let cancelTick: (() => void) | undefined;
  let drawnAt = 0;
  let isPaused = false;
  let leave: (code: number) => void = () => {};
  const left = new Promise<number>((resolve) => {
    leave = resolve;
  });

  const lookAt = (now: State, isFull = false): Look => ({
    width: now.size.columns,
    theme,
    isFull,
    folder: now.session?.cwd ?? now.place.cwd,
    showReasoning: now.place.showReasoning,
    showRawReasoning: now.place.showRawReasoning,
  });

  /** The first of the cells that fill the screen. */
  const lastScreen = (now: State) => {
    let rows = 0;
    const at = now.transcript.findLastIndex((cell) => (rows += renderCell(cell, lookAt(now)).length) >= now.size.rows);
    return Math.max(0, at);
  };

  const draw = () => {
    cancelFrame = undefined;
    if (isPaused) return;
    drawnAt = clock.now();
    const look = lookAt(state);
    const overlay = drawOverlay(state, look);
    if (overlay && deps.useAlternateScreen) {
      terminal.enterAlternate();
      terminal.write(screen.cover(overlay));
      return;
    }
    terminal.leaveAlternate();
    if (printed.epoch !== state.epoch) printed = { epoch: state.epoch, count: 0 };
    const settled = overlay ? [] : state.transcript.slice(printed.count).flatMap((cell) => renderCell(cell, look));
    if (!overlay) printed.count = state.transcript.length;
    terminal.write(screen.draw(settled, overlay ?? drawMain(state, look)));
  };

  const schedule = () => {
    if (cancelFrame) return;
    const wait = drawnAt + FRAME_MS - clock.now();
    cancelFrame = clock.timer(Math.max(0, wait), draw);
  };

  /** Time goes on only while it is shown. */
  const tick = () => {
    cancelTick ??= state.turn
      ? clock.timer(TICK_MS, () => {
          cancelTick = undefined;
          dispatch({ type: 'tick' });
        })
      : undefined;
  };

  const dispatch = (msg: Msg) => {
    if (msg.type === 'resized') screen.resized(msg.size.columns);
    const { state: next, effects } = update({ ...state, now: clock.now() }, msg);
    state = next;
    for (const effect of effects) perform(effect);
    schedule();
    tick();
  };

  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case 'call':
      case 'openThread':
        if (connected) void send(connected, effect);
        else held.push(effect);
        return;
      case 'answer':
        questions.answer(effect.id, effect.result);
        return;
      case 'refuse':
        questions.refuse(effect.id, effect.message);
        return;
      case 'remember':
        void keepPending(remember(effect.text));
        return;
      case 'inspectPaste':
        void imageAt(effect.text, state.session?.cwd ?? state.place.cwd, state.place.userHome).then((image) =>
          dispatch({ type: 'pasted', text: effect.text, image }),
        );
        return;
      case 'editOutside':
        void edit(effect.text);
        return;
      case 'notify':
        if (deps.attention === 'bell') terminal.write('\u0007');
        if (deps.attention === 'osc9') terminal.write(`\u001b]9;${effect.text}\u0007`);
        return;
      case 'wake':
        clock.timer(effect.ms, () => dispatch({ type: 'tick' }));
        return;
      case 'suspend':
        suspend();
        return;
      case 'redraw':
        terminal.write('\u001b[2J\u001b[H');
        screen.forget();
        printed.count = lastScreen(state);
        return;
      case 'quit':
        leave(effect.code);
        return;
    }
  };

  const send = async ({ client }: Connected, effect: Extract<Effect, { type: 'call' | 'openThread' }>) => {
    try {
      if (effect.type === 'openThread') {
        const opened = await client.request('thread/start', state.place.thread);
        dispatch({ type: 'opened', opened, how: 'new' });
        return;
      }
      const result = await client.request(effect.method, effect.params as never);
      const msg = effect.done(result);
      if (msg) dispatch(msg);
    } catch (error) {
      if (isAbort(error)) return;
      const msg: Msg | null =
        effect.type === 'call'
          ? effect.failed(toMessage(error))
          : { type: 'notice', level: 'error', text: toMessage(error) };
      if (msg) dispatch(msg);
    }
  };

  const keepPending = async (work: Promise<void>) => {
    pending.add(work);
    await work;
    pending.delete(work);
  };

  const remember = async (text: string) => {
    if (deps.historyHome === null) return;
    const entry = { sessionId: state.session?.threadId ?? '', at: clock.now(), text };
    await appendHistory(deps.historyHome, entry).catch((error: unknown) =>
      dispatch({ type: 'notice', level: 'warning', text: `Messages are not kept: ${toMessage(error)}` }),
    );
  };

  /** Lends the terminal to somebody else. */
  const away = () => {
    isPaused = true;
    terminal.leaveAlternate();
    terminal.write(screen.finish());
    terminal.stop();
  };

  const back = () => {
    terminal.start(listener);
    screen.forget();
    isPaused = false;
    dispatch({ type: 'resized', size: terminal.size });
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

  const questions = createQuestions(dispatch);
  const listener = {
    input: (input: Extract<Msg, { type: 'input' }>['input']) => dispatch({ type: 'input', input }),
    resized: (size: State['size']) => dispatch({ type: 'resized', size }),
  };

  return {
    get state() {
      return state;
    },
    dispatch,
    questions,
    attach(server) {
      connected = server;
      void follow(server, dispatch, questions);
      for (const effect of held.splice(0)) perform(effect);
    },
    async run() {
      terminal.start(listener);
      draw();
      const code = await left;
      await Promise.all(pending);
      cancelFrame?.();
      cancelTick?.();
      terminal.leaveAlternate();
      // What is settled stays; what was going on is cleared away.
      state = { ...state, overlay: null };
      const look = lookAt(state);
      const settled = state.transcript.slice(printed.count).flatMap((cell) => renderCell(cell, look));
      terminal.write(screen.draw(settled, { lines: [], cursor: null }) + screen.finish());
      terminal.stop();
      return code;
    },
  };
}

async function follow({ client }: Connected, dispatch: App['dispatch'], questions: App['questions']): Promise<void> {
  for await (const notification of client.events) {
    if (notification.method === 'serverRequest/resolved') questions.withdraw(notification.params.requestId);
    dispatch({ type: 'notification', notification });
  }
  const failure = await client.closed;
  dispatch({ type: 'disconnected', reason: failure?.message ?? null });
}

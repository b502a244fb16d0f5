import { type Clock, isAbort, toMessage } from '@codex/base';
import { appendHistory } from './history-file.ts';
import type { Effect, Msg, State } from './model.ts';
import { imageAt } from './outside.ts';
import type { Questions } from './questions.ts';
import type { Connected } from './server.ts';
import type { Terminal } from './terminal.ts';

export interface Performing {
  terminal: Terminal;
  clock: Clock;
  questions: Questions;
  /** $CODEX_HOME; null when messages are not to be kept. */
  historyHome: string | null;
  /** How the person is called when they look elsewhere. */
  attention: 'bell' | 'osc9' | 'none';
  dispatch: (msg: Msg) => void;
}

/** Effects that the loop does not need to know of. */
export type Work = Exclude<Effect, { type: 'suspend' | 'redraw' | 'quit' | 'editOutside' }>;

export interface Performer {
  perform(effect: Work, state: State): void;
  /** What was asked of the server before it was there goes out. */
  attach(connected: Connected): void;
  /** Resolves when everything that has to be written is. */
  settled(): Promise<void>;
}

export function createPerformer({
  terminal,
  clock,
  questions,
  historyHome,
  attention,
  dispatch,
}: Performing): Performer {
  let connected: Connected | undefined;
  const held: Extract<Effect, { type: 'call' }>[] = [];
  const writing = new Set<Promise<void>>();

  const request = async ({ client }: Connected, call: Extract<Effect, { type: 'call' }>) => {
    let msg: Msg | null = null;
    try {
      msg = call.done(await client.request(call.method, call.params as never));
    } catch (error) {
      if (!isAbort(error)) msg = call.failed(toMessage(error));
    }
    if (msg) dispatch(msg);
  };

  const remember = async (text: string, sessionId: string) => {
    if (historyHome === null) return;
    try {
      await appendHistory(historyHome, { sessionId, at: clock.now(), text });
    } catch (error) {
      dispatch({ type: 'notice', level: 'warning', text: `Messages are not kept: ${toMessage(error)}` });
    }
  };

  return {
    perform(effect, state) {
      switch (effect.type) {
        case 'call':
          if (connected) void request(connected, effect);
          else held.push(effect);
          return;
        case 'answer':
          questions.answer(effect.id, effect.result);
          return;
        case 'refuse':
          questions.refuse(effect.id, effect.message);
          return;
        case 'remember': {
          const work = remember(effect.text, state.session?.threadId ?? '');
          writing.add(work);
          void work.then(() => writing.delete(work));
          return;
        }
        case 'inspectPaste':
          void imageAt(effect.text, state.session?.cwd ?? state.place.cwd, state.place.userHome).then((image) =>
            dispatch({ type: 'pasted', text: effect.text, image }),
          );
          return;
        case 'notify':
          if (attention === 'bell') terminal.write('\u0007');
          if (attention === 'osc9') terminal.write(`\u001b]9;${effect.text}\u0007`);
          return;
        case 'wake':
          clock.timer(effect.ms, () => dispatch({ type: 'tick' }));
          return;
      }
    },
    attach(server) {
      connected = server;
      for (const call of held.splice(0)) void request(server, call);
    },
    async settled() {
      await Promise.all(writing);
    },
  };
}

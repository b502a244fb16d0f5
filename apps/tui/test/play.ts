import type { ServerNotification, Thread, ThreadItem, Turn } from '@codex/protocol';
import type { Look } from '../src/cells/look.ts';
import type { Effect, Msg, OpenedThread, Place, State } from '../src/model.ts';
import { initialState } from '../src/state.ts';
import { createTheme } from '../src/text/theme.ts';
import { update } from '../src/update/update.ts';
import { drawMain, drawOverlay } from '../src/view/view.ts';
import { renderCell } from '../src/cells/render.ts';

export const THREAD = '01a00000-0000-7000-8000-000000000001';

const PLACE: Place = {
  version: '0.115.0',
  cwd: '/code/app',
  isFolderChosen: false,
  userHome: '/home/me',
  profile: undefined,
  shell: '/bin/sh',
  showReasoning: true,
  showRawReasoning: false,
  thread: { cwd: '/code/app', model: null, modelProvider: null, approvalPolicy: null, sandbox: null, config: null },
};

/** The interface without a terminal and without a server: messages in, state and effects out. */
export interface Play {
  readonly state: State;
  /** What was asked of the world outside since it was last looked at. */
  effects(): Effect[];
  /** Requests among them. */
  calls(): { method: string; params: unknown }[];
  send(...msgs: Msg[]): void;
  type(text: string): void;
  press(...keys: string[]): void;
  notify(...notifications: ServerNotification[]): void;
  /** Answers the newest request of this method. */
  answer(method: string, result: unknown): void;
  refuse(method: string, message: string): void;
  wait(ms: number): void;
  resize(columns: number, rows: number): void;
  /** The live part, or what covers the screen. */
  view(): string;
  /** What is settled. */
  told(): string;
  cursor(): { row: number; column: number } | null;
}

export function opened(thread: Partial<Thread> = {}): OpenedThread {
  return {
    thread: {
      id: THREAD,
      preview: '',
      ephemeral: false,
      modelProvider: 'mock',
      createdAt: 0,
      updatedAt: 0,
      status: { type: 'idle' },
      path: null,
      cwd: '/code/app',
      cliVersion: '0.115.0',
      source: 'cli',
      agentNickname: null,
      agentRole: null,
      gitInfo: null,
      name: null,
      turns: [],
      ...thread,
    },
    model: 'gpt-5.4',
    modelProvider: 'mock',
    serviceTier: null,
    cwd: '/code/app',
    approvalPolicy: 'on-request',
    approvalsReviewer: 'user',
    sandbox: { type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false },
    reasoningEffort: 'medium',
  };
}

export function play({ columns = 80, rows = 30, isOpen = true } = {}): Play {
  let state = initialState(PLACE, { columns, rows }, 1_000_000);
  let effects: Effect[] = [];
  const asked: Extract<Effect, { type: 'call' }>[] = [];
  const send = (...msgs: Msg[]) => {
    for (const msg of msgs) {
      const step = update(state, msg);
      state = step.state;
      effects.push(...step.effects);
      for (const effect of step.effects) if (effect.type === 'call') asked.push(effect);
    }
  };
  const look = (): Look => ({
    width: state.size.columns,
    theme: createTheme(false),
    isFull: false,
    folder: '/code/app',
    showReasoning: true,
    showRawReasoning: false,
  });
  const take = () => {
    const taken = effects;
    effects = [];
    return taken;
  };
  const pending = (method: string) => {
    const at = asked.findLastIndex((call) => call.method === method);
    const [call] = at < 0 ? [] : asked.splice(at, 1);
    if (!call) throw new Error(`${method} was not asked for`);
    return call;
  };
  const frame = () => drawOverlay(state, look()) ?? drawMain(state, look());
  if (isOpen) send({ type: 'opened', opened: opened(), how: 'new' });
  return {
    get state() {
      return state;
    },
    effects: take,
    calls: () =>
      take().flatMap((effect) => (effect.type === 'call' ? [{ method: effect.method, params: effect.params }] : [])),
    send,
    type: (text) => send({ type: 'input', input: { kind: 'text', text } }),
    press: (...keys) => send(...keys.map((key): Msg => ({ type: 'input', input: { kind: 'key', key } }))),
    notify: (...notifications) =>
      send(...notifications.map((notification): Msg => ({ type: 'notification', notification }))),
    answer(method, result) {
      const msg = pending(method).done(result);
      if (msg) send(msg);
    },
    refuse(method, message) {
      const msg = pending(method).failed(message);
      if (msg) send(msg);
    },
    wait(ms) {
      state = { ...state, now: state.now + ms };
    },
    resize: (width, height) => send({ type: 'resized', size: { columns: width, rows: height } }),
    view: () => frame().lines.join('\n'),
    told: () => state.transcript.flatMap((cell) => renderCell(cell, look())).join('\n'),
    cursor: () => frame().cursor,
  };
}

export const TURN = 'turn-1';

export function turnStarted(id = TURN): ServerNotification {
  return { method: 'turn/started', params: { threadId: THREAD, turn: turn(id, 'inProgress') } };
}

export function turnCompleted(
  status: Turn['status'] = 'completed',
  error: Turn['error'] = null,
  id = TURN,
): ServerNotification {
  return { method: 'turn/completed', params: { threadId: THREAD, turn: { ...turn(id, status), error } } };
}

export function turn(id: string, status: Turn['status']): Turn {
  return { id, items: [], status, error: null };
}

export function itemStarted(item: ThreadItem, turnId = TURN): ServerNotification {
  return { method: 'item/started', params: { threadId: THREAD, turnId, item } };
}

export function itemCompleted(item: ThreadItem, turnId = TURN): ServerNotification {
  return { method: 'item/completed', params: { threadId: THREAD, turnId, item } };
}

export function said(delta: string, itemId = 'm1'): ServerNotification {
  return { method: 'item/agentMessage/delta', params: { threadId: THREAD, turnId: TURN, itemId, delta } };
}

export function message(text: string, id = 'm1'): ThreadItem {
  return { type: 'agentMessage', id, text, phase: null };
}

export function command(more: Partial<Extract<ThreadItem, { type: 'commandExecution' }>> = {}): ThreadItem {
  return {
    type: 'commandExecution',
    id: 'c1',
    command: "/bin/bash -lc 'make test'",
    cwd: '/code/app',
    processId: null,
    status: 'completed',
    commandActions: [{ type: 'unknown', command: 'make test' }],
    aggregatedOutput: 'ok\n',
    exitCode: 0,
    durationMs: 1200,
    ...more,
  };
}

import { countingIds, manualClock } from '@codex/base';
import type { ServerNotification, Thread, ThreadItem } from '@codex/protocol';
import { expect, it } from 'vitest';
import { createThreadView } from '../src/index.ts';

const ids = countingIds();
const clock = manualClock(1_700_000_000_000);

function thread(over: Partial<Thread> = {}): Thread {
  const at = Math.floor(clock.now() / 1000);
  return {
    id: 't',
    preview: '',
    ephemeral: false,
    modelProvider: 'p',
    createdAt: at,
    updatedAt: at,
    status: { type: 'idle' },
    path: null,
    cwd: '/w',
    cliVersion: '0',
    source: 'exec',
    agentNickname: null,
    agentRole: null,
    gitInfo: null,
    name: null,
    turns: [],
    ...over,
  };
}

const message = (text: string): ThreadItem => ({ type: 'agentMessage', id: 'm', text, phase: null });
const turnId = ids.uuid();
const at = { threadId: 't', turnId };
const started: ServerNotification = {
  method: 'turn/started',
  params: { threadId: 't', turn: { id: turnId, items: [], status: 'inProgress', error: null } },
};
const delta = (text: string): ServerNotification => ({
  method: 'item/agentMessage/delta',
  params: { ...at, itemId: 'm', delta: text },
});

it('grows turns and items as the server has them', () => {
  const view = createThreadView(thread());
  for (const event of [
    { method: 'thread/status/changed', params: { threadId: 't', status: { type: 'active', activeFlags: [] } } },
    started,
    { method: 'item/started', params: { ...at, item: message('') } },
    delta('Hel'),
    delta('lo'),
  ] satisfies ServerNotification[]) {
    expect(view.apply(event)).toBe(true);
  }
  expect(view.active).toEqual({ id: turnId, items: [message('Hello')], status: 'inProgress', error: null });
  expect(view.status).toEqual({ type: 'active', activeFlags: [] });

  view.apply({ method: 'item/completed', params: { ...at, item: message('Hello!') } });
  view.apply({ method: 'turn/diff/updated', params: { ...at, diff: 'D' } });
  view.apply({ method: 'thread/name/updated', params: { threadId: 't', threadName: 'N' } });
  view.apply({
    method: 'turn/completed',
    params: { threadId: 't', turn: { id: turnId, items: [], status: 'completed', error: null } },
  });
  expect(view.turns).toEqual([{ id: turnId, items: [message('Hello!')], status: 'completed', error: null }]);
  expect({ active: view.active, name: view.name, diff: view.diff }).toEqual({ active: null, name: 'N', diff: 'D' });
});

it('goes on with the running turn of a thread that was joined', () => {
  const turns = [{ id: turnId, items: [message('Hel')], status: 'inProgress' as const, error: null }];
  const view = createThreadView(thread({ turns }));
  view.apply(delta('lo'));
  expect(view.active?.items).toEqual([message('Hello')]);
  expect(turns[0]?.items).toEqual([message('Hel')]);
});

it('leaves other threads and other matters alone', () => {
  const view = createThreadView(thread());
  expect(view.apply({ ...started, params: { ...started.params, threadId: 'other' } } as ServerNotification)).toBe(
    false,
  );
  expect(view.apply({ method: 'thread/started', params: { thread: thread() } })).toBe(false);
  expect(view.apply({ method: 'thread/archived', params: { threadId: 't' } })).toBe(false);
  expect(view.turns).toEqual([]);
});

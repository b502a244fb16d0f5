import { manualClock } from '@codex/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createTimeline,
  emptyModelContext,
  emptyThreadState,
  QUESTION_FLAGS,
  reduceContext,
  reduceThread,
  type Stamped,
  type Timeline,
  threadStatus,
} from '../src/index.ts';
import { item, type Move, move, played } from './support/play.ts';

/** Holds for whatever is done to a timeline, in whatever order. */
function rule(name: string, holds: (heard: Stamped[], timeline: Timeline, kept: Set<string>) => void): void {
  test(name, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 80, size: 'max' }), async (moves) => {
        const { heard, timeline, kept, settled } = played(moves);
        holds(heard, timeline, kept);
        timeline.closed();
        // Every question is settled once nobody can answer any more.
        await settled();
      }),
      { numRuns: 500 },
    );
  });
}

const turnEndAt = (heard: Stamped[], turnId: string | null) =>
  heard.findIndex(({ event, turnId: id }) => event.type === 'turn.ended' && id === turnId);

/** Terminals left running on purpose: the one thing that outlives its turn. */
const keptOpen = (stamped: Stamped) =>
  stamped.event.type === 'item.delta' ||
  stamped.event.type === 'item.completed' ||
  stamped.event.type === 'item.started';

describe('whatever is done to a timeline', () => {
  rule('I1: an item starts once and completes at most once, deltas come only in between', (heard) => {
    const open = new Set<string>();
    const begun = new Set<string>();
    for (const { event, turnId } of heard) {
      if (event.type === 'item.started') {
        expect(begun.has(`${turnId} ${event.item.id}`)).toBe(false);
        begun.add(`${turnId} ${event.item.id}`);
        open.add(event.item.id);
      } else if (event.type === 'item.delta') expect(open).toContain(event.itemId);
      else if (event.type === 'item.completed') expect(open.delete(event.item.id)).toBe(true);
    }
  });

  rule('I2: when a turn ends, nothing of it is open but what goes on on purpose', (heard, _, kept) => {
    const open = new Map<string, string | null>();
    for (const { event, turnId } of heard) {
      if (event.type === 'item.started') open.set(event.item.id, turnId);
      if (event.type === 'item.completed') open.delete(event.item.id);
      if (event.type !== 'turn.ended') continue;
      for (const [id, owner] of open) if (owner === turnId) expect(kept).toContain(`${owner} ${id}`);
    }
  });

  rule('I3: before a turn ends its questions are closed, each exactly once', (heard) => {
    const open = new Map<number, string | null>();
    for (const { event, turnId } of heard) {
      if (event.type === 'question.opened') open.set(event.question.id, turnId);
      if (event.type === 'question.closed') expect(open.delete(event.question.id)).toBe(true);
      if (event.type === 'turn.ended') expect([...open.values()]).not.toContain(turnId);
    }
  });

  rule('I4: after its end nothing carries the id of a turn, terminals left running apart', (heard) => {
    for (const [i, stamped] of heard.entries()) {
      if (stamped.turnId === null || keptOpen(stamped)) continue;
      const end = turnEndAt(heard, stamped.turnId);
      expect(end < 0 || i <= end).toBe(true);
    }
  });

  rule('I5: turns do not overlap', (heard) => {
    let running: string | null = null;
    for (const { event, turnId } of heard) {
      if (event.type === 'turn.started') {
        expect(running).toBeNull();
        running = turnId;
      } else if (event.type === 'turn.ended') {
        expect(turnId).toBe(running);
        running = null;
      }
    }
  });

  rule(
    'I6: the status is the one that follows from the events, and is told only when it changes',
    (heard, timeline) => {
      let last = JSON.stringify({ type: 'idle' });
      const state = emptyThreadState();
      for (const { event } of heard) {
        if (event.type !== 'thread.status') continue;
        expect(JSON.stringify(event.status)).not.toBe(last);
        last = JSON.stringify(event.status);
      }
      heard.forEach((stamped) => reduceThread(state, stamped));
      expect(JSON.parse(last)).toEqual(threadStatus(state));
      expect(threadStatus(state)).toEqual(threadStatus(timeline.state));
      const flags = [...state.questions.values()]
        .map(({ method }) => QUESTION_FLAGS[method])
        .filter((flag) => flag !== null);
      const status = threadStatus(state);
      expect(new Set(status.type === 'active' ? status.activeFlags : [])).toEqual(new Set(state.closed ? [] : flags));
    },
  );

  rule('I7: diffs, plans and usage are told only when they change', (heard) => {
    let last: Record<string, string> = {};
    let usage = '';
    for (const { event } of heard) {
      if (event.type === 'turn.started') last = {};
      if (event.type === 'turn.diff' || event.type === 'turn.plan') {
        expect(JSON.stringify(event)).not.toBe(last[event.type]);
        last[event.type] = JSON.stringify(event);
      }
      if (event.type === 'turn.usage') {
        expect(JSON.stringify(event.usage)).not.toBe(usage);
        usage = JSON.stringify(event.usage);
      }
    }
  });

  rule('I8: what an item is in the end its completion says, whatever the deltas were', (heard, { state }) => {
    const final = new Map<string, unknown>();
    for (const { event, turnId } of heard) {
      if (event.type === 'item.completed') final.set(`${turnId} ${event.item.id}`, event.item);
    }
    for (const turn of state.turns) {
      for (const shown of turn.items) {
        if (!state.openItems.has(shown.id)) expect(shown).toEqual(final.get(`${turn.id} ${shown.id}`));
      }
    }
  });

  rule('I9: seq has no gaps, and replaying the events gives the live state', (heard, timeline) => {
    expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, i) => i + 1));
    expect(timeline.seq).toBe(heard.length);
    const state = emptyThreadState();
    const context = emptyModelContext();
    for (const stamped of heard) {
      reduceThread(state, stamped);
      reduceContext(context, stamped);
    }
    expect(state).toEqual(timeline.state);
    expect(context).toEqual(timeline.context);
  });

  rule('I10: no two items of a turn share an id, and no two that are open', (_, { state }) => {
    for (const turn of state.turns) {
      const ids = turn.items.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});

describe('what is left open when a turn ends', () => {
  test('is completed before the end, work as failed, text as far as it came', () => {
    const { heard } = played([
      { do: 'begin' },
      { do: 'start', id: 'm', kind: 'agentMessage', abandoned: 'none', scope: 0 },
      { do: 'delta', item: 0 },
      { do: 'start', id: 'c', kind: 'commandExecution', abandoned: 'none', scope: 0 },
      { do: 'start', id: 'o', kind: 'commandExecution', abandoned: 'own', scope: 0 },
      { do: 'end', status: 'interrupted', scope: 0 },
      { do: 'complete', item: 0 },
      { do: 'delta', item: 1 },
    ]);
    expect(heard.slice(-5).map(({ event }) => event)).toEqual([
      { type: 'item.completed', item: { ...item('agentMessage', 'm', 'inProgress'), text: 'x' } },
      { type: 'item.completed', item: { ...item('commandExecution', 'c', 'inProgress'), status: 'failed' } },
      { type: 'item.completed', item: item('commandExecution', 'o', 'completed') },
      { type: 'thread.status', status: { type: 'idle' } },
      { type: 'turn.ended', status: 'interrupted', error: null },
    ]);
  });

  test('stays open when it goes on on purpose, completes later in its own turn, and keeps its id to itself', () => {
    const start: Move = { do: 'start', id: 'c', kind: 'commandExecution', abandoned: 'null', scope: 0 };
    const { timeline } = played([
      { do: 'begin' },
      start,
      { do: 'end', status: 'completed', scope: 0 },
      { do: 'begin' },
      start,
      { do: 'complete', item: 1 },
    ]);
    expect(
      timeline.state.turns.map(({ items }) => items.map((one) => `${one.id} ${'status' in one && one.status}`)),
    ).toEqual([['c completed'], ['c#2 inProgress']]);
  });

  test.each(['completed', 'interrupted', 'failed'] as const)('a %s turn leaves no item open', (status) => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const ends = moves.map(
          (next): Move => (next.do === 'start' && next.abandoned === 'null' ? { ...next, abandoned: 'none' } : next),
        );
        const { timeline } = played([...ends, { do: 'end', status, scope: 0 }]);
        expect(timeline.state.openItems.size).toBe(0);
        expect(timeline.state.questions.size).toBe(0);
      }),
    );
  });
});

test('a resumed thread goes on from its history, which is not told again', () => {
  const first = played([{ do: 'begin' }, { do: 'add', id: 'm', scope: 0 }, { do: 'end', status: 'failed', scope: 0 }]);
  const heard: Stamped[] = [];
  const { state, context } = first.timeline;
  const timeline = createTimeline({
    threadId: 'thread',
    clock: manualClock(),
    state: { ...state },
    context: { ...context },
  });
  timeline.subscribe((stamped) => heard.push(stamped));
  timeline.beginTurn({ id: 'next', modelContextWindow: null, mode: 'default' }).end('completed');
  expect(heard.map(({ event }) => event.type)).toEqual([
    'thread.status',
    'turn.started',
    'thread.status',
    'turn.ended',
  ]);
  expect(timeline.state.turns.map(({ id }) => id)).toEqual(['turn-1', 'next']);
});

test('the status stands still from the moment it is held until the turn ends', async () => {
  const timeline = createTimeline({ threadId: 'thread', clock: manualClock() });
  const turn = timeline.beginTurn({ id: 'turn-1', modelContextWindow: null, mode: 'default' });
  const abort = new AbortController();
  const asked = turn.ask('item/tool/requestUserInput', { itemId: 'i', questions: [] }, abort.signal);
  const heard: Stamped[] = [];
  timeline.subscribe((stamped) => heard.push(stamped));
  turn.holdStatus();
  abort.abort();
  await expect(asked).rejects.toThrow();
  turn.end('interrupted');
  expect(heard.map(({ event }) => event.type)).toEqual(['question.closed', 'thread.status', 'turn.ended']);
});

test('usage is said again only when asked for, and only when there is any', () => {
  const turn = { id: 'turn-2', modelContextWindow: null, mode: 'default' } as const;
  const fresh = played([]);
  fresh.timeline.beginTurn(turn).repeatUsage();
  expect(fresh.heard.map(({ event }) => event.type)).toEqual(['thread.status', 'turn.started']);
  const { timeline, heard } = played([
    { do: 'begin' },
    { do: 'usage', value: 1, scope: 0 },
    { do: 'end', status: 'completed', scope: 0 },
  ]);
  timeline.beginTurn(turn).repeatUsage();
  expect(heard.at(-1)).toMatchObject({
    turnId: 'turn-2',
    event: { type: 'turn.usage', usage: timeline.state.usage, rateLimits: null },
  });
});

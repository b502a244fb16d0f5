import { manualClock } from '@codex/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTimeline, emptyThreadState, reduceThread, type Stamped, type Timeline } from '../src/index.ts';
import { item, move, player } from './support/play.ts';

const make = (onListenerError?: (error: unknown) => void): Timeline =>
  createTimeline({ threadId: 'thread', clock: manualClock(), ...(onListenerError && { onListenerError }) });
const begin = (timeline: Timeline, id = 'turn-1') =>
  timeline.beginTurn({ id, modelContextWindow: null, mode: 'default' });
const types = (heard: Stamped[]) => heard.map(({ event }) => event.type);

describe('joining in the middle', () => {
  test('the state at that moment and the events after it give the live state: nothing lost, nothing twice', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 50 }), fc.nat(50), (moves, join) => {
        const timeline = make();
        const { play } = player(timeline);
        moves.slice(0, join).forEach(play);
        const state = structuredClone(timeline.state);
        const heard: Stamped[] = [];
        const { seq } = timeline.subscribe((stamped) => heard.push(structuredClone(stamped)));
        moves.slice(join).forEach(play);
        expect(heard.map((stamped) => stamped.seq)).toEqual(heard.map((_, i) => seq + 1 + i));
        for (const stamped of heard) reduceThread(state, stamped);
        expect(state.turns).toEqual(timeline.state.turns);
        expect(state.questions).toEqual(timeline.state.questions);
      }),
      { numRuns: 300 },
    );
  });

  test('from within a listener the joiner hears only what comes after what it can see', () => {
    const timeline = make();
    const late: Stamped[] = [];
    let seen = 0;
    const subscription = timeline.subscribe(() => {
      subscription.stop();
      seen = timeline.seq;
      timeline.subscribe((stamped) => late.push(stamped));
    });
    const turn = begin(timeline);
    turn.add(item('agentMessage', 'm', 'completed'));
    expect(late[0]?.seq).toBe(seen + 1);
    expect(types(late)).toEqual(['item.started', 'item.completed']);
  });

  test('after stop nothing is heard', () => {
    const timeline = make();
    const heard: Stamped[] = [];
    const subscription = timeline.subscribe((stamped) => heard.push(stamped));
    timeline.renamed('a');
    subscription.stop();
    subscription.stop();
    timeline.renamed('b');
    expect(types(heard)).toEqual(['thread.renamed']);
  });
});

describe('listeners that act', () => {
  test('everybody hears one event before anybody hears the next, which a listener caused', () => {
    const timeline = make();
    const log: string[] = [];
    timeline.subscribe(({ event }) => {
      log.push(`a ${event.type}`);
      if (event.type === 'thread.renamed') timeline.notice('warning', 'renamed');
    });
    timeline.subscribe(({ event }) => log.push(`b ${event.type}`));
    timeline.renamed('n');
    expect(log).toEqual(['a thread.renamed', 'b thread.renamed', 'a notice', 'b notice']);
  });

  test.each(['item.started', 'item.delta', 'item.completed', 'question.opened', 'thread.status', 'turn.started'])(
    'ending the turn on %s leaves every rule in force',
    async (type) => {
      const timeline = make();
      const heard: Stamped[] = [];
      let turn: ReturnType<typeof begin> | null = null;
      timeline.subscribe((stamped) => {
        heard.push(stamped);
        if (stamped.event.type === type) turn?.end('interrupted');
      });
      turn = begin(timeline);
      const open = turn.start(item('commandExecution', 'c', 'inProgress'));
      open.delta({ kind: 'commandOutput', text: 'x' });
      const other = turn.start(item('agentMessage', 'm', 'inProgress'));
      const asked = turn
        .ask(
          'item/fileChange/requestApproval',
          { itemId: 'c', reason: null, grantRoot: null },
          new AbortController().signal,
        )
        .then(
          () => 'answered',
          () => 'withdrawn',
        );
      other.complete(item('agentMessage', 'm', 'completed'));
      open.complete(item('commandExecution', 'c', 'completed'));
      turn.end('completed');
      expect(await asked).toBe('withdrawn');
      expect(heard.filter(({ event }) => event.type === 'turn.ended')).toHaveLength(1);
      expect(heard.at(-1)?.event.type).toBe('turn.ended');
      const count = (kind: string) => heard.filter(({ event }) => event.type === kind).length;
      expect(count('item.completed')).toBe(count('item.started'));
      expect(count('question.closed')).toBe(count('question.opened'));
      expect(timeline.state.openItems.size).toBe(0);
      expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, i) => i + 1));
    },
  );

  test.each(['turn.ended', 'thread.status', 'item.completed'])(
    'a turn begun on %s never overlaps the last one',
    (type) => {
      const timeline = make();
      const order: string[] = [];
      let next = 1;
      timeline.subscribe(({ event, turnId }) => {
        if (event.type === 'turn.started' || event.type === 'turn.ended') order.push(`${event.type} ${turnId}`);
        if (event.type === type && !timeline.state.active && next === 1)
          begin(timeline, `turn-${++next}`).end('completed');
      });
      const turn = begin(timeline);
      turn.start(item('agentMessage', 'm', 'inProgress'));
      turn.end('completed');
      expect(order).toEqual(['turn.started turn-1', 'turn.ended turn-1', 'turn.started turn-2', 'turn.ended turn-2']);
    },
  );

  test('a question answered as it is heard is answered once', async () => {
    const timeline = make();
    const answers: boolean[] = [];
    timeline.subscribe(({ event }) => {
      if (event.type !== 'question.opened') return;
      for (let i = 0; i < 2; i++)
        answers.push(timeline.answer(event.question.id, { ok: true, result: { decision: 'accept' } }));
    });
    const turn = begin(timeline);
    const signal = new AbortController().signal;
    const answer = await turn.ask(
      'item/fileChange/requestApproval',
      { itemId: 'c', reason: null, grantRoot: null },
      signal,
    );
    expect(answer).toEqual({ ok: true, result: { decision: 'accept' } });
    expect(answers).toEqual([true, false]);
    expect(timeline.answer(99, { ok: true, result: { decision: 'accept' } })).toBe(false);
  });
});

describe('listeners that throw', () => {
  test('are reported, and nobody else notices', () => {
    const errors: unknown[] = [];
    const timeline = make((error) => errors.push(error));
    const heard: Stamped[] = [];
    const failure = new Error('listener');
    timeline.subscribe(() => {
      throw failure;
    });
    timeline.subscribe((stamped) => heard.push(stamped));
    begin(timeline).end('completed');
    expect(types(heard)).toEqual(['thread.status', 'turn.started', 'thread.status', 'turn.ended']);
    expect(errors).toEqual([failure, failure, failure, failure]);
    expect(timeline.state).toMatchObject({ active: null, turns: [{ status: 'completed' }] });
  });
});

test('a question is withdrawn by its signal, before and after it was put', async () => {
  const timeline = make();
  const turn = begin(timeline);
  const ask = (signal: AbortSignal) => turn.ask('item/tool/requestUserInput', { itemId: 'i', questions: [] }, signal);
  const reason = new Error('enough');
  await expect(ask(AbortSignal.abort(reason))).rejects.toBe(reason);
  const abort = new AbortController();
  const asked = ask(abort.signal);
  expect(timeline.state.questions.size).toBe(1);
  abort.abort(reason);
  await expect(asked).rejects.toBe(reason);
  expect(timeline.state.questions.size).toBe(0);
  turn.end('completed');
  await expect(ask(new AbortController().signal)).rejects.toMatchObject({ name: 'AbortError' });
});

test('replaying on an empty state needs nothing but the events', () => {
  const state = emptyThreadState();
  const stray = { seq: 1, at: 0, threadId: 't', turnId: 'gone' };
  reduceThread(state, { ...stray, event: { type: 'item.completed', item: item('agentMessage', 'm', 'completed') } });
  reduceThread(state, { ...stray, event: { type: 'turn.ended', status: 'completed', error: null } });
  reduceThread(state, { ...stray, event: { type: 'item.delta', itemId: 'x', delta: { kind: 'text', text: 'x' } } });
  expect(state).toEqual(emptyThreadState());
});

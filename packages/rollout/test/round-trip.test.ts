import { manualClock } from '@codex/base';
import type { ResponseItem, ThreadItem } from '@codex/protocol';
import {
  createTimeline,
  emptyModelContext,
  emptyThreadState,
  reduceContext,
  reduceThread,
  type Stamped,
  type ThreadEvent,
} from '@codex/timeline';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDecoder, encode, encodeContext, encodeHeader } from '../src/index.ts';
import { anyItem, insideTurn, itemOf, KINDS, responseItem, turnContext, turnEnd } from './support/arbitraries.ts';
import { CREATED, headerFor, ID, stamp, turnEnded, turnStarted } from './support/files.ts';

const header = JSON.stringify(encodeHeader(headerFor(), null, CREATED));

/** Through lines of text and back, without what the decoder adds at the end of the file. */
function throughLines(events: readonly Stamped[]): Stamped[] {
  const context = encodeContext();
  const decoder = createDecoder();
  decoder.push(header);
  const out = events.flatMap((event) => encode(event, context)).flatMap((line) => decoder.push(JSON.stringify(line)));
  // An item in several parts may wait for its last one; nothing else may be left.
  expect(decoder.end()).toEqual([]);
  expect(decoder.skipped).toBe(0);
  return out;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('decode ∘ encode', () => {
  test.each(KINDS)('gives an item back as it was: %s', (kind) => {
    fc.assert(
      fc.property(itemOf(kind), (item) => {
        const events = stamp([turnStarted('turn-1'), { type: 'item.completed', item }, turnEnded]);
        expect(throughLines(events)).toEqual(plain(events));
      }),
      { numRuns: 150 },
    );
  });

  test('gives every kept event back, in order, over several turns', () => {
    const turn = fc.tuple(fc.array(insideTurn, { maxLength: 6 }), turnEnd);
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 4 }), fc.nat(3), (turns, rolledBack) => {
        const events = stamp([
          ...turns.flatMap(([inside, end], i) => [turnStarted(`turn-${i}`), ...inside, end]),
          { type: 'context.rolledBack', turns: rolledBack },
        ]);
        expect(throughLines(events)).toEqual(plain(events));
      }),
      { numRuns: 150 },
    );
  });

  test('keeps every header', () => {
    const source = fc.constantFrom(
      'cli' as const,
      'vscode' as const,
      'exec' as const,
      'appServer' as const,
      'unknown' as const,
      { subAgent: 'review' as const },
      { subAgent: { other: 'x' } },
      { subAgent: { thread_spawn: { parent_thread_id: ID, depth: 1, agent_nickname: 'B', agent_role: null } } },
    );
    const nickname = fc.option(fc.string(), { nil: null });
    fc.assert(
      fc.property(source, nickname, nickname, fc.string(), (from, agentNickname, agentRole, baseInstructions) => {
        const tools = [{ name: 't', description: 'd', inputSchema: { a: 1 }, deferLoading: true }];
        const whole = headerFor({ source: from, agentNickname, agentRole, baseInstructions, dynamicTools: tools });
        const decoder = createDecoder();
        decoder.push(JSON.stringify(encodeHeader(whole, null, CREATED)));
        expect(decoder.header).toEqual(whole);
      }),
    );
  });

  test('an output above the limit keeps its beginning and its end, and stays as it is from then on', () => {
    const item: ThreadItem = {
      type: 'commandExecution',
      id: 'call-1',
      command: 'yes',
      cwd: '/',
      processId: null,
      status: 'completed',
      commandActions: [],
      aggregatedOutput: `START${'ä€😀'.repeat(30_000)}END`,
      exitCode: 0,
      durationMs: 1,
    };
    const once = throughLines(stamp([turnStarted('t'), { type: 'item.completed', item }, turnEnded]));
    const kept = once[1]?.event.type === 'item.completed' && once[1].event.item;
    const output = kept && kept.type === 'commandExecution' ? (kept.aggregatedOutput ?? '') : '';
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(64 * 1024);
    expect(output).toMatch(/^STARTä€.*\[… \d+ bytes left out …\]\n.*END$/su);
    expect(output).not.toContain('\ufffd');
    expect(throughLines(once)).toEqual(once);
  });

  test('history items lose their id and raw reasoning, nothing else', () => {
    fc.assert(
      fc.property(responseItem, (item) => {
        const known = (item.type as string) !== 'some_later_kind';
        const raw = item.type === 'reasoning' && { content: [{ type: 'text' as const, text: 'secret' }] };
        const sent = { ...item, ...(known && { id: 'x' }), ...raw } as ResponseItem;
        const events = stamp([turnStarted('t'), { type: 'context.appended', items: [sent] }, turnEnded]);
        expect(throughLines(events)[1]?.event).toEqual({ type: 'context.appended', items: [item] });
      }),
    );
  });
});

type Step = { do: 'start' | 'add'; item: ThreadItem } | { do: 'complete'; which: number } | { do: 'say' | 'compact' };
const hi: ResponseItem = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] };

describe('a live thread and its file', () => {
  test('show the same turns, in whatever order items begin and end, and hold the same history', () => {
    const step: fc.Arbitrary<Step> = fc.oneof(
      anyItem.map((item): Step => ({ do: 'start', item })),
      anyItem.map((item): Step => ({ do: 'add', item })),
      fc.nat(5).map((which): Step => ({ do: 'complete', which })),
      fc.constantFrom<Step>({ do: 'say' }, { do: 'compact' }),
    );
    const rollBack = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(3));
    const turn = fc.tuple(fc.array(step, { maxLength: 10 }), turnEnd, turnContext, rollBack);
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 5 }), fc.array(responseItem, { maxLength: 2 }), (turns, given) => {
        const timeline = createTimeline({ threadId: ID, clock: manualClock(CREATED) });
        const events: Stamped[] = [];
        timeline.subscribe((event) => events.push(event));
        if (given.length && turns.length) timeline.seed(given);
        for (const [i, [steps, end, context, back]] of turns.entries()) {
          const scope = timeline.beginTurn({ id: `turn-${i}`, modelContextWindow: null, mode: 'default' });
          scope.context(context);
          const open: ReturnType<typeof scope.start>[] = [];
          const begun: ThreadItem[] = [];
          for (const action of steps) {
            if (action.do === 'add') scope.add(action.item);
            else if (action.do === 'start') {
              open.push(scope.start(action.item));
              begun.push(action.item);
            } else if (action.do === 'complete') {
              const item = begun[action.which];
              if (item) open[action.which]?.complete(item);
            } else if (action.do === 'compact') {
              scope.compacted({ message: 'short', replacement: [hi, ...given] });
              scope.context(context);
            } else scope.appendContext([hi]);
          }
          scope.end(end.status, end.error);
          if (back) timeline.rolledBack(back);
        }
        const state = emptyThreadState();
        const context = emptyModelContext();
        for (const event of throughLines(events)) {
          reduceThread(state, event);
          reduceContext(context, event);
        }
        expect(state.turns).toEqual(plain(timeline.state.turns));
        expect(context).toEqual(plain(timeline.context));
      }),
      { numRuns: 200 },
    );
  });

  test('a crash leaves the running command as failed and the turn as interrupted', () => {
    const command: ThreadItem = {
      type: 'commandExecution',
      id: 'call-1',
      command: 'sleep 9',
      cwd: '/',
      processId: null,
      status: 'inProgress',
      commandActions: [],
      aggregatedOutput: null,
      exitCode: null,
      durationMs: null,
    };
    const started: ThreadEvent = { type: 'item.started', item: command };
    const context = encodeContext();
    const decoder = createDecoder();
    decoder.push(header);
    for (const event of stamp([turnStarted('t'), started])) {
      for (const line of encode(event, context)) decoder.push(JSON.stringify(line));
    }
    expect(decoder.end().map(({ event }) => event)).toEqual([
      { type: 'item.completed', item: { ...command, status: 'failed' } },
      { type: 'turn.ended', status: 'interrupted', error: null },
    ]);
  });
});

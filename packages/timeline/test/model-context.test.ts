import type { ResponseItem } from '@codex/protocol';
import { describe, expect, test } from 'vitest';
import {
  emptyModelContext,
  isContextualText,
  isUserTurn,
  reduceContext,
  type ThreadEvent,
  type TurnContext,
} from '../src/index.ts';

const user = (text: string): ResponseItem => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});
const reply: ResponseItem = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'r' }] };
const told = (model: string) => ({ model }) as TurnContext;
const environment = user('<environment_context>x</environment_context>');

function contextOf(...events: ThreadEvent[]) {
  const context = emptyModelContext();
  for (const event of events) reduceContext(context, { seq: 1, at: 0, threadId: 't', turnId: null, event });
  return context;
}

const turn = (text: string, model: string): ThreadEvent[] => [
  { type: 'turn.context', context: told(model) },
  { type: 'context.appended', items: [user(text), reply] },
];
const back = (turns: number): ThreadEvent => ({ type: 'context.rolledBack', turns });

describe('what the model sees', () => {
  test('grows by what is appended', () => {
    expect(contextOf(...turn('a', '1'), ...turn('b', '2'))).toMatchObject({
      items: [user('a'), reply, user('b'), reply],
      reference: told('2'),
    });
  });

  test.each([
    [0, ['a', 'b'], '2'],
    [1, ['a'], '2'],
    [2, [], '1'],
    [9, [], '1'],
  ])('goes back by %i turns', (turns, left, model) => {
    const context = contextOf(...turn('a', '1'), ...turn('b', '2'), back(turns));
    expect(context.items.filter(isUserTurn)).toEqual(left.map(user));
    expect(context.reference).toEqual(told(model));
  });

  test('begins anew with a compaction, and everything has to be told again', () => {
    const compaction = { message: 's', replacement: [user('s')] };
    expect(contextOf(...turn('a', '1'), { type: 'context.compacted', compaction })).toEqual({
      items: [user('s')],
      reference: null,
      marks: [],
    });
  });

  test('counts by what a human said', () => {
    const context = contextOf(
      { type: 'context.appended', items: [environment, user('a'), reply, environment] },
      back(1),
    );
    expect(context.items).toEqual([environment]);
    expect([isUserTurn(user('a')), isUserTurn(environment), isUserTurn(reply)]).toEqual([true, false, false]);
  });

  test.each([
    ['# AGENTS.md instructions for /x\n\n<INSTRUCTIONS>\ny\n</INSTRUCTIONS>', true],
    ['  <ENVIRONMENT_CONTEXT>x</environment_context>\n', true],
    ['<turn_aborted>x</turn_aborted>', true],
    ['<skill>x', false],
    ['tell me about <skill>x</skill>', false],
    ['', false],
  ])('contextual or not: %j', (text, contextual) => {
    expect(isContextualText(text)).toBe(contextual);
  });
});

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

const begin: ThreadEvent = { type: 'turn.started', turn: { id: 't', modelContextWindow: null, mode: 'default' } };
const say = (...items: ResponseItem[]): ThreadEvent => ({ type: 'context.appended', items });
const turn = (text: string, model: string): ThreadEvent[] => [
  begin,
  say(environment),
  { type: 'turn.context', context: told(model) },
  say(user(text), reply),
];
const compacted = (...texts: string[]): ThreadEvent => ({
  type: 'context.compacted',
  compaction: { message: 's', replacement: texts.map(user) },
});
const back = (turns: number): ThreadEvent => ({ type: 'context.rolledBack', turns });

describe('what the model sees', () => {
  test('grows by what is appended', () => {
    expect(contextOf(...turn('a', '1'), ...turn('b', '2'))).toMatchObject({
      items: [environment, user('a'), reply, environment, user('b'), reply],
      reference: told('2'),
    });
  });

  test.each([
    [0, ['a', 'b'], '2'],
    [1, ['a'], '1'],
    [2, [], null],
    [9, [], null],
  ])('goes back by %i turns, with what was told in them', (turns, left, model) => {
    const context = contextOf(...turn('a', '1'), ...turn('b', '2'), back(turns));
    expect(context.items).toEqual(left.flatMap((text) => [environment, user(text), reply]));
    expect(context.reference).toEqual(model === null ? null : told(model));
    expect(context.turns).toHaveLength(left.length);
  });

  test('goes back by turns, whatever was said in one', () => {
    const steered = say(user('more'), reply, user('and more'), reply);
    const context = contextOf(say(user('given')), ...turn('a', '1'), steered, ...turn('b', '2'), steered, back(1));
    expect(context.items).toEqual([
      user('given'),
      environment,
      user('a'),
      reply,
      user('more'),
      reply,
      user('and more'),
      reply,
    ]);
    reduceContext(context, { seq: 1, at: 0, threadId: 't', turnId: null, event: back(5) });
    expect(context.items).toEqual([user('given')]);
  });

  test('begins anew with a compaction, and everything has to be told again', () => {
    const context = contextOf(...turn('a', '1'), compacted('s'));
    expect(context).toMatchObject({ items: [user('s')], reference: null });
  });

  test.each([
    [1, [user('s'), environment, user('b'), reply], '2'],
    [2, [user('s')], null],
    [3, [environment, user('a'), reply], '1'],
    [4, [], null],
  ])('goes back by %i turns across a compaction', (turns, items, model) => {
    const compaction = [begin, compacted('s')];
    const context = contextOf(...turn('a', '1'), ...compaction, ...turn('b', '2'), ...turn('c', '3'), back(turns));
    expect(context.items).toEqual(items);
    expect(context.reference).toEqual(model === null ? null : told(model));
  });

  test('undoes a turn that compacted as a whole', () => {
    const middle = [begin, compacted('s', 'a'), say(user('b'), reply)];
    const events = [...turn('a', '1'), ...middle];
    expect(contextOf(...events, back(1))).toEqual(contextOf(...turn('a', '1')));
    expect(contextOf(...events, back(1), ...middle).items).toEqual([user('s'), user('a'), user('b'), reply]);
  });

  test('knows what a human said', () => {
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

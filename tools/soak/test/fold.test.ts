import { describe, expect, it } from 'vitest';
import { createFold, differences, itemDifferences, turnDifferences } from '../fold.mjs';

const item = (id: string, more: object = {}) => ({ type: 'commandExecution', id, status: 'completed', ...more });
const turn = (id: string, ...items: object[]) => ({ id, status: 'completed', error: null, items });

describe('differences', () => {
  it('name the place, and there are none between equal values', () => {
    expect(differences({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([]);
    expect(differences({ a: [1, { b: null }] }, { a: [1, { b: 2 }], c: 3 })).toEqual([
      '.a[1].b: expected null, got 2',
      '.c: expected nothing, got 3',
    ]);
  });

  it('between turns name the item', () => {
    expect(turnDifferences([turn('t', item('a'))], [turn('t', item('a'))])).toEqual([]);
    expect(turnDifferences([turn('t', item('a'))], [turn('t', item('b'))])).toEqual([
      '[0].items[0].id: expected "a", got "b"',
    ]);
    expect(turnDifferences([turn('t')], [])).toEqual([': 1 turns told, 0 stored']);
  });

  it('in a long output count at its beginning and its end', () => {
    const middle = 'm'.repeat(200_000);
    const kept = (edge: string) => item('a', { aggregatedOutput: `${edge.repeat(20_000)} … ${'z'.repeat(20_000)}` });
    const told = item('a', { aggregatedOutput: `${'a'.repeat(20_000)}${middle}${'z'.repeat(20_000)}` });
    expect(itemDifferences(told, kept('a'))).toEqual([]);
    expect(itemDifferences(told, kept('b'))).toHaveLength(1);
    expect(
      itemDifferences(item('a', { aggregatedOutput: 'short' }), item('a', { aggregatedOutput: 'other' })),
    ).toHaveLength(1);
  });
});

describe('a fold', () => {
  const views: { id: string; heard: string[] }[] = [];
  const createView = (thread: { id: string }) => {
    const view = { id: thread.id, heard: [] as string[], apply: (m: { method: string }) => view.heard.push(m.method) };
    views.push(view);
    return view;
  };

  it('opens a thread that was answered or announced, begins anew after a rollback, and keeps what was told', () => {
    const fold = createFold(createView);
    fold.answer('thread/start', { thread: { id: 'a' } });
    fold.answer('thread/read', { thread: { id: 'x' } });
    fold.notification({ method: 'thread/started', params: { thread: { id: 'a' } } });
    fold.notification({ method: 'item/completed', params: { threadId: 'a', turnId: 't', item: { id: 'i' } } });
    expect([...fold.views.keys()]).toEqual(['a']);
    expect(fold.views.get('a').told).toEqual([{ turnId: 't', item: { id: 'i' } }]);
    fold.answer('thread/rollback', { thread: { id: 'a' } });
    expect(fold.views.get('a').told).toEqual([]);
    expect(views.map(({ heard }) => heard)).toEqual([['item/completed'], []]);
  });

  it('opens the thread of an agent with its first turn', () => {
    const fold = createFold(createView);
    fold.notification({ method: 'thread/status/changed', params: { threadId: 'child' } });
    expect(fold.views.size).toBe(0);
    fold.notification({ method: 'turn/started', params: { threadId: 'child', turn: { id: 't' } } });
    expect(fold.views.get('child').view.heard).toEqual(['turn/started']);
  });
});

import { expect, it } from 'vitest';
import { wrongParams } from '../wrong-values.mjs';

const text = { type: 'string' };
const BUNDLE = {
  definitions: {
    Params: {
      type: 'object',
      properties: {
        name: text,
        count: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
        list: { type: 'array', items: text },
      },
      required: ['name'],
    },
    ClientRequest: {
      anyOf: [{ properties: { method: { const: 'do/it' }, params: { $ref: '#/definitions/Params' } } }],
    },
  },
};

it('every field gets a value of every type it cannot have, and the rest stays right', () => {
  const all = wrongParams(BUNDLE);
  expect(new Set(all.map(({ method }) => method))).toEqual(new Set(['do/it']));
  const of = (field: string) => all.filter((each) => each.field === field).map(({ params }) => params);
  expect(of('')).toEqual([null, true, 1.5, 'soak', [7]]);
  expect(of('name').map(({ name }) => name)).toEqual([null, true, 1.5, [7], { soak: 7 }]);
  // A fraction is wrong for an integer, null is not.
  expect(of('count').map(({ count }) => count)).toEqual([true, 1.5, 'soak', [7], { soak: 7 }]);
  expect(of('list[0]').map(({ list }) => list)).toEqual([[null], [true], [1.5], [[7]], [{ soak: 7 }]]);
  for (const { name } of of('count')) expect(name).toBeTypeOf('string');
});

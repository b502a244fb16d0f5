import fc from 'fast-check';
import { expect, it } from 'vitest';
import { modelSchema } from '../src/index.ts';
import { qualifiedName, toolPart } from '../src/names.ts';

it.each([
  ['my-srv', 'do.it', 'mcp__my_srv__do_it'],
  ['a', 'x', 'mcp__a__x'],
])('%s / %s is %s', (server, tool, name) => {
  expect(qualifiedName(server, tool)).toBe(name);
});

it('names are short and plain, and different for different long tools', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 60 }), (server, tool) => {
      const name = qualifiedName(server, tool);
      expect(name).toMatch(/^[A-Za-z0-9_]{64}$/);
      expect(qualifiedName(server, `${tool}x`)).not.toBe(name);
    }),
  );
});

it('the part of a tool is what stands behind the server', () => {
  expect(toolPart('my-srv', 'mcp__my_srv__do_it')).toBe('do_it');
});

it.each([
  [undefined, { type: 'object', properties: {} }],
  [{ type: 'object' }, { type: 'object', properties: {} }],
  [
    {
      type: 'object',
      $schema: 'x',
      properties: {
        n: { type: 'integer', enum: [1], minimum: 0, description: 'a number' },
        u: { type: ['null', 'string'] },
        l: { type: 'array' },
        o: { properties: { deep: { items: { format: 'date' } } } },
        a: { additionalProperties: { type: 'integer' } },
        e: { enum: ['x'] },
        m: { maximum: 3 },
        b: true,
        z: {},
      },
      required: ['n', 3],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: {
        n: { type: 'number', description: 'a number' },
        u: { type: 'string' },
        l: { type: 'array', items: { type: 'string' } },
        o: {
          type: 'object',
          properties: { deep: { type: 'array', items: { type: 'string' } } },
        },
        a: { type: 'object', properties: {}, additionalProperties: { type: 'number' } },
        e: { type: 'string' },
        m: { type: 'number' },
        b: { type: 'string' },
        z: { type: 'string' },
      },
      required: ['n'],
      additionalProperties: false,
    },
  ],
])('the schema %j is told as %j', (given, told) => {
  expect(modelSchema(given)).toEqual(told);
});

it('a schema without end is cut', () => {
  const endless: Record<string, unknown> = { type: 'object' };
  endless['properties'] = { again: endless };
  expect(JSON.stringify(modelSchema(endless)).length).toBeLessThan(5000);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeArgs, type Params, parametersSchema } from '../src/tools/args.ts';

const PARAMS = {
  cmd: { type: 'string', description: 'What to run.', required: true },
  tty: { type: 'boolean', description: 'Terminal or not.' },
  wait: { type: 'number', description: 'How long.' },
  words: { type: 'array', items: { type: 'string' }, description: 'Words.' },
  plan: {
    type: 'array',
    items: { type: 'object', properties: { step: { type: 'string', description: 'One.', required: true } } },
  },
} as const satisfies Params;

const decode = (value: unknown) => decodeArgs(typeof value === 'string' ? value : JSON.stringify(value), PARAMS);

describe('decodeArgs', () => {
  it('reads what is there, takes null for absent and ignores what it does not know', () => {
    expect(decode({ cmd: 'x', tty: null, words: ['a'], plan: [{ step: 's', more: null }], other: 1 })).toMatchObject({
      ok: true,
      value: { cmd: 'x', words: ['a'], plan: [{ step: 's' }] },
    });
    const decoded = decode({ cmd: 'x', tty: null });
    expect(decoded.ok && 'tty' in decoded.value).toBe(false);
  });

  it.each<[unknown, RegExp]>([
    ['{', /^failed to parse function arguments: /],
    ['', /^failed to parse function arguments: /],
    [[], /invalid type: sequence, expected a map$/],
    [{}, /missing field `cmd`$/],
    [{ cmd: null }, /missing field `cmd`$/],
    [{ cmd: 1 }, /invalid type: number 1, expected a string at `cmd`$/],
    [{ cmd: 'x', tty: 'yes' }, /invalid type: string "yes", expected a boolean at `tty`$/],
    [{ cmd: 'x', wait: [] }, /invalid type: sequence, expected a number at `wait`$/],
    [{ cmd: 'x', words: 'a' }, /expected a sequence at `words`$/],
    [{ cmd: 'x', words: ['a', 2] }, /expected a string at `words\[1\]`$/],
    [{ cmd: 'x', plan: [{ step: 'a' }, {}] }, /missing field `step` at `plan\[1\]`$/],
    [{ cmd: 'x', plan: [{ step: {} }] }, /invalid type: map, expected a string at `plan\[0\].step`$/],
  ])('%j is refused by name', (value, expected) => {
    const decoded = decode(value);
    expect(decoded.ok).toBe(false);
    expect(!decoded.ok && decoded.error).toMatch(expected);
  });

  it('never throws, and what it lets through has the types it promises', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (raw) => {
        const decoded = decodeArgs(raw, PARAMS);
        if (!decoded.ok) expect(decoded.error).toMatch(/^failed to parse function arguments: /);
        else expect(typeof decoded.value.cmd).toBe('string');
      }),
    );
    const member = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.jsonValue()), fc.constant(null));
    fc.assert(
      fc.property(fc.record({ cmd: member, tty: member, wait: member, words: member, plan: member }), (value) => {
        const decoded = decode(value);
        if (!decoded.ok) {
          expect(decoded.error).toMatch(/`(cmd|tty|wait|words(\[\d+\])?|plan(\[\d+\](\.step)?)?|step)`/);
          return;
        }
        const { cmd, tty, wait, words } = decoded.value;
        expect(typeof cmd).toBe('string');
        expect(['boolean', 'undefined']).toContain(typeof tty);
        expect(['number', 'undefined']).toContain(typeof wait);
        for (const word of words ?? []) expect(typeof word).toBe('string');
      }),
    );
  });

  it('has no trouble with names of the prototype', () => {
    expect(decode('{"cmd":"x","__proto__":{"tty":1},"constructor":2}')).toMatchObject({ ok: true });
  });
});

it('parametersSchema has the shape models are given (§10.3)', () => {
  expect(parametersSchema(PARAMS)).toEqual({
    type: 'object',
    properties: {
      cmd: { type: 'string', description: 'What to run.' },
      tty: { type: 'boolean', description: 'Terminal or not.' },
      wait: { type: 'number', description: 'How long.' },
      words: { type: 'array', items: { type: 'string' }, description: 'Words.' },
      plan: {
        type: 'array',
        items: {
          type: 'object',
          properties: { step: { type: 'string', description: 'One.' } },
          required: ['step'],
          additionalProperties: false,
        },
      },
    },
    required: ['cmd'],
    additionalProperties: false,
  });
});

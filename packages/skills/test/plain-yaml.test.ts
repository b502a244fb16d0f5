import fc from 'fast-check';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { parsePlainYaml } from '../src/plain-yaml.ts';

test('what it reads, the real reader reads alike', () => {
  const key = fc.constantFrom('name', 'description', 'short-description', 'interface', 'x_y', 'a b', '-', '?');
  const value = fc.oneof(
    fc.constantFrom('plain words', 'yes', 'true', 'Null', '1', '~', 'a: b', 'a #b', 'x:', '"quoted"', '"\\n"', "'s'"),
    fc.constantFrom('[1, 2]', '[{"a": "b"}]', '{"a":1}', '{a: b}', '|', '>', '&a', '*a', '!t', '@x', '- x', ''),
    fc.string({ unit: 'grapheme' }),
    fc.json(),
  );
  const line = fc.tuple(fc.constantFrom('', '  ', '    ', '\t', ' '), key, fc.constantFrom(':', ': ', ' :'), value);
  const text = fc.array(line, { maxLength: 6 }).map((lines) => lines.map((parts) => parts.join('')).join('\n'));
  fc.assert(
    fc.property(text, (yaml) => {
      const plain = parsePlainYaml(yaml);
      if (plain !== undefined) expect(plain).toEqual(parse(yaml, { logLevel: 'error' }));
    }),
    { numRuns: 3_000 },
  );
});

test('it reads what heads of skills are made of', () => {
  const yaml =
    'name: a\ndescription: Does it, well (v2).\nmetadata:\n  short-description: "Does: it"\ntools: [{"type": "mcp"}]\n';
  expect(parsePlainYaml(yaml)).toEqual({
    name: 'a',
    description: 'Does it, well (v2).',
    metadata: { 'short-description': 'Does: it' },
    tools: [{ type: 'mcp' }],
  });
});

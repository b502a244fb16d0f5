import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decision, evaluate, matchRules, mergeRules, parseRules, partsOf, type PrefixRule } from '../src/index.ts';

const fragment = fc.constantFrom(
  ...['prefix_rule', 'network_rule', '(', ')', '[', ']', '{', '}', '"a"', "'", '"', '=', ',', ':', '\n', '\n  ', '\t'],
  ...['for x in', 'if 1', 'def f()', 'lambda', 'not', '-', '*', '**', '#', '\\', 'f"{x}"', '0x1', '1.5', 'r"\\"', 'x'],
  ...['pattern', 'decision', 'range(99999999)', '* 999999999', '<< 99999', 'return', 'é', '\r', '\u0000', ';', '.'],
);
const source = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fragment, { maxLength: 40 }).map((all) => all.join(' ')),
);

describe('the parser', () => {
  it('answers every text, with a place inside it', () => {
    fc.assert(
      fc.property(source, (text) => {
        const parsed = parseRules(text, 'x.rules');
        if (parsed.ok) return;
        const { start, end } = parsed.error.range;
        expect(start.line).toBeGreaterThanOrEqual(1);
        expect(start.line).toBeLessThanOrEqual(text.split('\n').length);
        expect(start.column).toBeGreaterThanOrEqual(1);
        expect(end.line).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });

  it('survives deep nesting, long chains and endless work', () => {
    const texts = [
      '('.repeat(100_000),
      '['.repeat(50_000) + ']'.repeat(50_000),
      `x = ${'not '.repeat(50_000)}1\n`,
      `x = ${'1 + '.repeat(50_000)}1\n`,
      `x = ${'-'.repeat(50_000)}1\n`,
      `x = "a"${'.upper()'.repeat(50_000)}\n`,
      `x = ${'1 if 1 else '.repeat(50_000)}1\n`,
      `${'if 1:\n'}${Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i + 1)}if 1:\n`).join('')}`,
      'def f(n):\n  return f(n) + f(n)\nf(1)\n',
      'for a in range(100000):\n  for b in range(100000):\n    pass\n',
      'x = "a" * 1000\nfor i in range(1000):\n  x = x + x\n',
      'x = []\nx.append(x)\ny = x == x\nfail(str(x))\n',
      'x = 2\nfor i in range(100):\n  x = x * x\n',
      'l = [1]\nfor i in range(100):\n  l = [l, l]\nfail(str(l))\n',
      't = ("a",)\nfor i in range(50):\n  t = (t, t)\nd = {t: 1}\n',
      'prefix_rule([["a"] * 300000])\n',
      'zip(*([[]] * 300000))\n',
      `x = 1${'; x = 1'.repeat(200_000)}\n`,
    ];
    for (const text of texts) {
      const started = performance.now();
      parseRules(text, 'x.rules');
      expect(performance.now() - started).toBeLessThan(20_000);
    }
  });

  it('reads back what JSON writes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (prefix) => {
        const parsed = parseRules(
          `prefix_rule(pattern=[${prefix.map((word) => JSON.stringify(word)).join(', ')}])`,
          'x',
        );
        expect(parsed).toMatchObject({ ok: true, rules: { prefix: [{ first: prefix[0], rest: prefix.slice(1) }] } });
      }),
    );
  });
});

const word = fc.constantFrom('a', 'b', 'c', 'rm', '/bin/a', './b');
const decision = fc.constantFrom<Decision>('allow', 'prompt', 'forbidden');
const rule: fc.Arbitrary<PrefixRule> = fc.record({
  first: word,
  rest: fc.array(fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 })), { maxLength: 2 }),
  decision,
  justification: fc.constant(null),
});
const rules = fc.array(rule, { maxLength: 8 }).map((prefix) => ({ prefix, network: [], hosts: new Map() }));
const command = fc.array(word, { minLength: 1, maxLength: 4 });
const RANK = { allow: 0, prompt: 1, forbidden: 2 };

describe('evaluation', () => {
  it('is never weaker than the strictest rule or fallback of any part', () => {
    fc.assert(
      fc.property(rules, fc.array(command, { minLength: 1, maxLength: 4 }), decision, (all, commands, fallback) => {
        const verdict = evaluate(all, commands, () => fallback, { cwd: '/' });
        for (const words of commands) {
          const matches = matchRules(all, words, '/');
          const ranks = matches.length ? matches.map((match) => RANK[match.decision]) : [RANK[fallback]];
          for (const rank of ranks) expect(RANK[verdict.decision]).toBeGreaterThanOrEqual(rank);
        }
      }),
    );
  });

  it('does not get weaker by more restricting rules, more parts or hidden commands', () => {
    fc.assert(
      fc.property(
        rules,
        rules,
        fc.array(command, { minLength: 1 }),
        command,
        decision,
        (all, more, commands, extra, base) => {
          const fallback = () => base;
          const before = RANK[evaluate(all, commands, fallback).decision];
          const restricting = { ...more, prefix: more.prefix.filter((one) => one.decision === 'forbidden') };
          expect(RANK[evaluate(mergeRules(all, restricting), commands, fallback).decision]).toBeGreaterThanOrEqual(
            before,
          );
          expect(RANK[evaluate(all, [...commands, extra], fallback).decision]).toBeGreaterThanOrEqual(before);
          expect(RANK[evaluate(all, commands, fallback, { hidden: [extra] }).decision]).toBeGreaterThanOrEqual(before);
        },
      ),
    );
  });

  it('does not depend on the order of rules', () => {
    fc.assert(
      fc.property(rules, command, (all, words) => {
        const turned = { ...all, prefix: [...all.prefix].reverse() };
        const fallback = () => 'allow' as const;
        expect(evaluate(turned, [words], fallback).decision).toBe(evaluate(all, [words], fallback).decision);
      }),
    );
  });
});

const shellFragment = fc.constantFrom(
  ...["'", '"', '$(', '`', '${', ')', '}', '<<EOF', '\nEOF\n', '>', '2>&1', '&', '|', ';', '\n', '\\', ' ', '(', '{ '],
  ...['mkdir x', 'a', "$'", '<(', '#', 'if ', 'case ', 'FOO=1 ', '\r', '\u0000'],
);

describe('taking commands apart', () => {
  it('answers every script', () => {
    fc.assert(
      fc.property(fc.array(shellFragment, { maxLength: 30 }), (pieces) => {
        const argv = ['bash', '-lc', pieces.join('')];
        const parts = partsOf(argv);
        expect(parts.commands.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});

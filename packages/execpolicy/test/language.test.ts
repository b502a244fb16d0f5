import { describe, expect, it } from 'vitest';
import { parseRules } from '../src/index.ts';

/** The message of `fail(…)`, which ends every file below. */
function said(text: string): string {
  const parsed = parseRules(text, 'x.rules');
  if (parsed.ok) throw new Error('the file did not fail');
  return parsed.error.message;
}

function place(text: string): string {
  const parsed = parseRules(text, 'x.rules');
  if (parsed.ok) return 'fine';
  const { start, end } = parsed.error.range;
  return `${start.line}:${start.column}-${end.line}:${end.column}`;
}

describe('expressions', () => {
  for (const [expression, value] of [
    [String.raw`"\b\x41\101é\q\0"`, String.raw`"\x08AA\xe9\\q\x00"`],
    [String.raw`r"a\d" + '''b'''`, String.raw`"a\\db"`],
    ['-5 // 2, -5 % 3, 5 / 2, 1 << 3, ~1, 1|2&3^4<<1', '(-3, 1, 2.5, 8, -2, 11)'],
    ['-2*3+4//2%3, 1 + 2 == 3 and 4 or 5, not 1 == 2', '(-4, 4, True)'],
    ['1 if 0 else 2 if 0 else 3', '3'],
    ['"a" * 3 + "b", [1] * 2, (1,) * 2, () == []', '("aaab", [1, 1], (1, 1), False)'],
    ['"abc"[-1], "abc"[1:], [1,2,3][::-1], (1,2)[0]', '("c", "bc", [3, 2, 1], 1)'],
    ['{"a": 1}["a"], "a" in {"a": 1}, {"a": 1} | {"b": 2}', '(1, True, {"a": 1, "b": 2})'],
    ['[x + y for x in [1, 2] if x > 1 for y in [3, 4]]', '[5, 6]'],
    ['{k: v for k, v in {"a": 1}.items()}', '{"a": 1}'],
    ['"%s-%d-%r-%%" % ("a", 2, "b")', String.raw`"a-2-\"b\"-%"`],
    ['"{} {x!r} {{}}".format(1, x="y")', String.raw`"1 \"y\" {}"`],
    ['" a b c ".split(None, 1), "a b c".rsplit(" ", 1)', '(["a", "b c "], ["a b", "c"])'],
    ['sorted([3, 1, 2], key=lambda x: -x), max("a", "b")', '([3, 2, 1], "b")'],
    ['enumerate(["a"]), list(range(1, 10, 3)), zip([1], [2])', '([(0, "a")], [1, 4, 7], [(1, 2)])'],
    ['1e5, 1.5e20, 0.1, 1e-7, -1.0', '(100000.0, 1.5e+20, 0.1, 1e-07, -1.0)'],
    ['len("é😀"), type([]), str(None), int("ff", 16)', '(2, "list", "None", 255)'],
  ] as const) {
    it(expression, () => expect(said(`fail(repr((${expression})))\n`)).toBe(`fail: ${value}`));
  }
});

describe('statements', () => {
  it('assign, loop, branch, define', () => {
    const text = `
def join(first, *rest, sep="-", **named):
    words = [first] + list(rest)
    for key, value in named.items():
        if key == "skip": continue
        elif key == "stop":
            break
        else:
            words.append(key + value)
    return sep.join(words)
a, (b, c) = "x", ("y", "z")
l = [0]
l[0] += 1
fail(join(a, b, c, sep="+", k="1", skip="2", m="3", stop="", n="4"), l)
`;
    expect(said(text)).toBe('fail: x+y+z+k1+m3 [1]');
  });

  it('keep variables of functions and comprehensions to themselves', () => {
    expect(said('x = 1\ndef f():\n  x = 2\nf()\n[x for x in [5]]\nfail(x)\n')).toBe('fail: 1');
    expect(said('[y for y in [1]]\ny\n')).toBe('Variable `y` not found');
    expect(said('def f():\n  y = x\n  x = 2\nx = 1\nf()\n')).toBe('Local variable `x` referenced before assignment');
  });
});

describe('places of mistakes', () => {
  for (const [text, expected] of [
    ['prefix_rule(pattern=["a"],, x)\n', '1:27-1:28'],
    ['"é😀" + x\n', '1:8-1:9'],
    ['# c\n\nprefix_rule(\n  pattern=[],\n)\n', '3:1-5:2'],
    ['prefix_rule(pattern=["a"], match=["b"])\n', '1:1-1:40'],
    ['x=1\nprefix_rule(pattern=["a"]\n', '3:1-3:1'],
    ['x=1\nprefix_rule(pattern=["a"]', '2:26-2:26'],
    ['def f(y):\n  prefix_rule(pattern=[y])\nf(1)\n', '2:3-2:27'],
    ['prefix_rule(pattern=[])\nfoo()\n', '2:1-2:4'],
    ['x = "abc\n', '1:5-1:9'],
    ['x = 1 ? 2\n', '1:7-1:8'],
    ['x = "\\ud800"\n', '1:6-1:12'],
    ['if True:\n\tx = 1\n', '1:9-2:1'],
    ['while True: pass\n', '1:1-1:6'],
    ['load("a", "b")\n', '1:1-1:5'],
    ['prefix_rule(["a"], decision="allow", decision="prompt")\n', '1:38-1:55'],
    ['def f(x: str): pass\n', '1:8-1:9'],
    ['x = 1\r\ny = z\r\n', '2:5-2:6'],
    ['1 < 2 < 3\n', '1:7-1:8'],
    ['"a" "b"\n', '1:5-1:8'],
  ] as const) {
    it(JSON.stringify(text), () => expect(place(text)).toBe(expected));
  }
});

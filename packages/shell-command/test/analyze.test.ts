import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze, joinForDisplay } from '../src/index.ts';
import { readCorpus } from './corpus.ts';

const of = (script: string) => analyze(['bash', '-c', script]);
const words = (script: string) => of(script).commands.map((command) => command.words);

describe('analyze', () => {
  it.each<[string, string[][]]>([
    ['ls -la', [['ls', '-la']]],
    ['a | b && c || d; e & f', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
    ["p 'a b' \"c d\" e\\ f $'g\\th'", [['p', 'a b', 'c d', 'e f', 'g\th']]],
    ['X=ls; $X "$X"', [[], ['ls', 'ls']]],
    ['p {a,b}{1..2}', [['p', 'a1', 'a2', 'b1', 'b2']]],
    [
      'for x in a b; do p $x; done',
      [
        ['p', 'a'],
        ['p', 'b'],
      ],
    ],
    ['f() { p "$2" "$1"; }; f a b', [['p', 'b', 'a']]],
    ['set -- a "b c"; p "$@" $#', [['set', '--', 'a', 'b c'], null as never]],
    ["sh -c 'p $1' _ a", [['p', 'a']]],
    ['if a; then b; elif c; then d; else e; fi', [['a'], ['b'], ['c'], ['d'], ['e']]],
    ['case x in a) b;; c|d) e;& *) f;; esac', [['b'], ['e'], ['f']]],
    ['while a; do b; done', [['a'], ['b']]],
    ['[[ -f x && y == z* ]] && a', [['a']]],
    ['cat <<A <<B; c\nx\nA\ny\nB\nd', [['cat'], ['c'], ['d']]],
    ['find . -exec a {} \\; -exec b {} +', [['find', '.'], null as never, null as never]],
    ['p "$(q)"', [['q'], null as never]],
    [
      'echo a b | xargs -n1 p',
      [
        ['echo', 'a', 'b'],
        ['p', 'a', 'b'],
      ],
    ],
    ['echo q | sh', [['echo', 'q'], ['q']]],
    [
      'printf "%s %s" p q | bash -s',
      [
        ['printf', '%s %s', 'p', 'q'],
        ['p', 'q'],
      ],
    ],
  ])('lists what runs in %j', (script, expected) => {
    expect(words(script)).toEqual(expected);
  });

  it('says how each command runs', () => {
    const [first, second] = of('sudo -n env A=1 nice ls > out 2>&1 & b || c').commands;
    expect(first).toEqual({
      words: ['ls'],
      program: 'ls',
      via: ['bash', 'sudo', 'env', 'nice'],
      redirects: [
        { op: '>', target: 'out' },
        { op: '>&', target: '1' },
      ],
      background: true,
      conditional: false,
      env: ['A'],
    });
    expect(second).toMatchObject({ words: ['b'], background: false, conditional: false });
    expect(of('b || c').commands[1]).toMatchObject({ words: ['c'], conditional: true });
    expect(of('A=1 B=$x p > "$y"').commands).toMatchObject([
      { env: ['A', 'B'], redirects: [{ op: '>', target: null }] },
    ]);
    expect(of('> out').commands).toMatchObject([{ words: [], program: null, redirects: [{ op: '>', target: 'out' }] }]);
    expect(of('p $x').commands).toMatchObject([{ words: null, program: 'p' }]);
    expect(analyze(['/usr/bin/ls', '$x']).commands).toMatchObject([
      { words: ['/usr/bin/ls', '$x'], program: 'ls', via: [] },
    ]);
  });

  it.each([
    ['$X a', 'program not known literally'],
    ['p $x', 'words not known literally'],
    ['$(q) a', 'program not known literally'],
    ['eval "$x"', 'script not known literally'],
    ['bash script.sh', 'script in a file'],
    ['cat a | sh', 'script from the input'],
    ['ls )', 'syntax error'],
    ["echo 'x", 'quote without an end'],
    ['cat <<A\nx', 'here-document without an end'],
    ['/bin/l? a', 'pattern as program'],
    ['timeout --what 5 ls', 'options of timeout not understood'],
    ['((x))', 'arithmetic on a variable not known to be a number'],
    ['curl x | sh', 'runs what was fetched'],
    [`${'$('.repeat(99)}ls${')'.repeat(99)}`, 'nested too deeply'],
  ])('is not complete for %j: %s', (script, reason) => {
    const { complete, reasons } = of(script);
    expect(complete).toBe(false);
    expect(reasons).toContain(reason);
  });

  it('does not take everything', () => {
    expect(analyze([])).toEqual({ complete: false, commands: [], reasons: ['no command'] });
    expect(analyze(['ls', 'a\0b'])).toEqual({ complete: false, commands: [], reasons: ['NUL character'] });
    expect(analyze(['ls', 'a'.repeat((1 << 20) + 1)])).toEqual({
      complete: false,
      commands: [],
      reasons: ['too long'],
    });
  });

  it('reads back what joinForDisplay wrote', () => {
    const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word), (list) => {
        expect(words(joinForDisplay(['run', ...list]))).toEqual([['run', ...list]]);
      }),
    );
  });

  it('sees in literal words what bash sees', () => {
    // A bare `$` is left out: bash does not cut words that end in one.
    const special = fc.constantFrom(
      ...'  \t\n\'"\\`{},;|&<>()#!=[]^-+@%:.abé01'.split(''),
      "$'a\\tb'",
      '{a,b}',
      '{1..3}',
      'X=',
      '$X',
      '${X}',
    );
    const scripts = fc
      .sample(fc.array(special, { maxLength: 12 }), { numRuns: 6000, seed: 11 })
      .map((units) => `p ${units.join('')}`)
      .filter((script) => !script.endsWith('\\'))
      .map((script) => ({ script, result: of(`X='a b'\n${script}`) }))
      .filter(
        ({ result: { complete, commands } }) =>
          complete && commands.length === 2 && commands[1]?.redirects.length === 0,
      )
      .filter(({ result: { commands } }) => commands[1]?.words?.[0] === 'p' && !commands[1].background);
    expect(scripts.length).toBeGreaterThan(500);
    const program = `p() { printf '%s\\0' "$@"; printf 'end\\0'; }\n${scripts.map(({ script }) => `X='a b'\n${script}`).join('\n')}\n`;
    const { stdout } = spawnSync('bash', ['-c', program], { encoding: 'utf8', cwd: '/', env: { HOME: '~' } });
    const expected = scripts.flatMap(({ result }) => {
      const list = result.commands[1]?.words?.slice(1) ?? [];
      return [...(list.length > 0 ? list : ['']), 'end'];
    });
    expect(stdout.split('\0').slice(0, -1)).toEqual(expected);
  });
});

describe('the grammar', () => {
  const fault = /^(?:syntax error|(?!multiplies).*without|nothing before|.*not understood|empty)/;
  const accepts = (script: string) =>
    !of(script).reasons.some((reason) => fault.test(reason) && !reason.startsWith('options'));

  /** Which of the scripts bash can parse; one process for all. */
  function bashAccepts(scripts: readonly string[]): boolean[] {
    const tester = `while IFS= read -r -d '' s; do if bash -n -c "$s" 2>/dev/null; then echo 1; else echo 0; fi; done`;
    const { stdout } = spawnSync('bash', ['-c', tester], {
      input: scripts.map((script) => `${script}\0`).join(''),
      encoding: 'utf8',
    });
    return stdout
      .trim()
      .split('\n')
      .map((line) => line === '1');
  }

  it('accepts what bash accepts: the corpus', () => {
    const scripts = readCorpus()
      .filter(({ argv }) => argv[1] === '-lc' && !argv[2]?.includes('\0'))
      .map(({ argv }) => argv[2] ?? '')
      .filter((script) => !script.startsWith('zsh '))
      // Where every other character is a letter there is little to disagree about.
      .filter((script) => script.replace(/[\w\s]/g, '').length > 6);
    const other = bashAccepts(scripts);
    expect(scripts.filter((script, at) => accepts(script) !== other[at])).toEqual([]);
  });

  it('rejects what bash rejects: generated scripts', () => {
    const unit = fc.constantFrom(
      ...[
        "'a'",
        '"b"',
        '$(',
        ')',
        '(',
        '{ ',
        ' }',
        '; ',
        ' && ',
        ' | ',
        ' & ',
        '\n',
        ' ',
        'a',
        'ls ',
        'x=1 ',
        '> f ',
        '<<< b ',
      ],
      ...[
        'if ',
        'then ',
        'else ',
        'fi ',
        'for x in ',
        'do ',
        'done ',
        'while ',
        'case x in ',
        'esac ',
        ';; ',
        '[[ ',
        ' ]] ',
        '! ',
        '((',
        '))',
        '$x',
        '`',
      ],
    );
    const scripts = fc
      .sample(fc.array(unit, { maxLength: 9 }), { numRuns: 400, seed: 5 })
      .map((units) => units.join(''));
    const other = bashAccepts(scripts);
    expect(other.filter(Boolean).length).toBeGreaterThan(20);
    expect(scripts.filter((script, at) => accepts(script) && !other[at])).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze, isDangerous, isKnownSafe, joinForDisplay, judge, loadJudge, type Verdict } from '../src/index.ts';
import { readCorpus } from './corpus.ts';

const corpus = readCorpus();
const judged = corpus.map((each) => ({ ...each, got: judge(each.argv, each.platform) }));
const RANK: Record<Verdict, number> = { safe: 0, ask: 1, dangerous: 2 };
const sh = (script: string) => judge(['bash', '-lc', script], 'linux');
const line = ({ argv, verdict, got }: (typeof judged)[number]) => `${verdict}, judged ${got}: ${joinForDisplay(argv)}`;

describe('the corpus', () => {
  it('holds enough of each kind, none twice', () => {
    const count = (verdict: Verdict) => corpus.filter((each) => each.verdict === verdict).length;
    expect(corpus.length).toBeGreaterThanOrEqual(1300);
    expect(count('safe')).toBeGreaterThanOrEqual(250);
    expect(count('ask')).toBeGreaterThanOrEqual(300);
    expect(count('dangerous')).toBeGreaterThanOrEqual(700);
    const keys = corpus.map(({ argv, platform }) => JSON.stringify([argv, platform]));
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  it('has nothing dangerous called safe, and nothing called safer than it is', () => {
    const dangerous = judged.filter(({ verdict }) => verdict === 'dangerous');
    const missed = dangerous.filter(({ got }) => got === 'safe');
    const asked = dangerous.filter(({ got }) => got === 'ask');
    process.stdout.write(
      `corpus: ${dangerous.length} dangerous, ${missed.length} judged safe, ${asked.length} judged ask\n`,
    );
    expect(missed.map(line)).toEqual([]);
    expect(judged.filter(({ verdict, got }) => RANK[got] < RANK[verdict]).map(line)).toEqual([]);
  });

  it('has at least 95 % of the ordinary judged as expected', () => {
    const ordinary = judged.filter(({ verdict }) => verdict !== 'dangerous');
    const wrong = ordinary.filter(({ verdict, got }) => got !== verdict);
    const share = (1 - wrong.length / ordinary.length) * 100;
    process.stdout.write(`corpus: ${ordinary.length} ordinary, ${share.toFixed(1)} % judged as expected\n`);
    expect(share, wrong.map(line).join('\n')).toBeGreaterThanOrEqual(95);
  });

  it('agrees with the two older questions', () => {
    for (const { argv, platform, got } of judged) {
      if (isDangerous(argv)) expect(got, joinForDisplay(argv)).toBe('dangerous');
      if (isKnownSafe(argv, platform)) expect(got, joinForDisplay(argv)).not.toBe('dangerous');
    }
  });
});

describe('loadJudge', () => {
  it('gives the same functions', async () => {
    expect(await loadJudge()).toEqual({ analyze, judge });
  });
});

describe('judge', () => {
  const safe = judged.filter(({ verdict, got }) => verdict === 'safe' && got === 'safe' && verdict === got);
  const scripts = safe.filter(({ argv }) => argv[1] === '-lc').map(({ argv }) => argv[2] ?? '');
  const open = scripts.filter((script) => !/#|<<-?'?EOF|\\;$/.test(script));

  it('is never safe once something is appended', () => {
    expect(open.length).toBeGreaterThan(200);
    const ends: readonly (readonly [string, readonly Verdict[]])[] = [
      ['; rm -rf x', ['dangerous']],
      ['\nrm -rf x', ['dangerous']],
      ['& rm -rf x', ['dangerous']],
      [' && npm test', ['ask']],
      [' | sh', ['ask', 'dangerous']],
      [' | xargs rm', ['dangerous']],
      [' > file', ['ask', 'dangerous']],
      [' >> file', ['ask', 'dangerous']],
      [' 2> file', ['ask', 'dangerous']],
      [' $(rm -rf x)', ['ask', 'dangerous']],
      [' `rm x`', ['ask']],
      [' <(rm x)', ['ask']],
      [' "$(rm x)"', ['ask']],
    ];
    for (const script of open) {
      const text = script.replace(/\s*&$/, '');
      // Text for a shell in front of `| sh` may be known to be harmless.
      for (const [end, verdicts] of ends) {
        if (end === ' | sh' && analyze(['bash', '-c', text + end]).complete) continue;
        expect(verdicts, text + end).toContain(sh(text + end));
      }
    }
  });

  it('finds a deletion inside any nesting', () => {
    const wraps: readonly ((script: string) => string)[] = [
      (script) => `bash -c ${joinForDisplay([script])}`,
      (script) => `eval ${joinForDisplay([script])}`,
      (script) => `( ${script}\n)`,
      (script) => `{ ${script}\n}`,
      (script) => `if ls; then ${script}\nfi`,
      (script) => `for x in a; do ${script}\ndone`,
      (script) => `while ls; do ${script}\ndone`,
      (script) => `case a in *) ${script}\n;; esac`,
      (script) => `f() { ${script}\n}; f`,
      (script) => `echo "$(${script}\n)"`,
      (script) => `cat <(${script}\n)`,
      (script) => `ls && ${script}`,
      (script) => `ls | { ${script}\n}`,
      (script) => `{ ${script}\n} &\nls`,
      (script) => `bash <<'END${script.length}'\n${script}\nEND${script.length}\n`,
      (script) => `sudo env A=1 nice timeout 5 sh -c ${joinForDisplay([script])}`,
    ];
    const deletion = fc.constantFrom<string>(
      'rm -rf x',
      "r''m -fr x",
      'X=rm; $X -r x',
      '$(echo rm) -rf x',
      'find . -delete',
    );
    fc.assert(
      fc.property(deletion, fc.array(fc.constantFrom(...wraps), { maxLength: 5 }), (script, layers) => {
        const text = layers.reduce<string>((inner, wrap) => wrap(inner), script);
        expect(sh(text), text).toBe('dangerous');
      }),
      { numRuns: 300 },
    );
  });

  it('judges the same however the words are quoted', () => {
    for (const { argv, platform, got } of judged) {
      if (argv.length === 0 || argv.some((word) => word.includes('\0'))) continue;
      expect(judge(['bash', '-c', joinForDisplay(argv)], platform), joinForDisplay(argv)).toBe(got);
    }
  });

  it('never throws, and calls nothing safe that it cannot read', () => {
    const pieces =
      '$( ) ` " \' \\ { } ; & | < > << <<< $(( )) ${ [[ ]] if then fi for in do done case esac rm -rf x ls = A=1'.split(
        ' ',
      );
    const text = fc.array(fc.oneof(fc.constantFrom(...pieces, '\n', ' ', '\t'), fc.string()), { maxLength: 60 });
    fc.assert(
      fc.property(text, (units) => {
        const argv = ['bash', '-c', units.join(' ')];
        const { complete, commands, reasons } = analyze(argv);
        expect(complete).toBe(reasons.length === 0);
        if (judge(argv) === 'safe') expect(commands.every(({ words }) => words?.[0] !== 'rm')).toBe(true);
      }),
      { numRuns: 1500 },
    );
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (argv) => {
        expect(['safe', 'ask', 'dangerous']).toContain(judge(argv));
      }),
    );
  });

  it('reads up to 64 KiB of anything, and tires of what grows without end', () => {
    const fill = (unit: string, length = 65_536) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
    const units = [
      '(',
      '((',
      '$((',
      '$(',
      '`',
      '"$(',
      '${x:-',
      '{',
      '{a,',
      '{a,b}',
      'a ',
      'ls;',
      'ls|',
      'a[',
      '$x',
      '"',
      '\\',
      '<<A\n',
    ];
    const more = [
      'if ls; then ',
      'f() { f; f; }; ',
      'case x in a) ',
      '[[ ',
      'x=$x$x; ',
      'eval eval ',
      'sh -c ',
      '\n',
      '/./',
      '<(',
      '!',
      '&&',
    ];
    for (const unit of [...units, ...more]) expect(sh(fill(unit)), unit).toMatch(/^(?:safe|ask|dangerous)$/);
    expect(sh(`x=a;${fill('x=$x$x;', 63_000)}$x`)).not.toBe('safe');
    expect(sh(`echo ${fill('a ', 1 << 21)}`)).toBe('ask');
    const calls = Array.from({ length: 24 }, (_, at) => `f${at}() { f${at + 1}; f${at + 1}; };`).join(' ');
    expect(sh(`${calls} f24() { ls; }; f0`)).toBe('ask');
    const loops = Array.from({ length: 12 }, (_, at) => `for v${at} in 1 2 3 4 5 6 7 8; do `).join('');
    expect(sh(`${loops} ls; ${'done;'.repeat(12)}`)).toBe('ask');
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinForDisplay, shellScript, splitCommand } from '../src/index.ts';

const split = (script: string) => splitCommand(['bash', '-lc', script]);

describe('splitCommand', () => {
  it.each<[string, string[][]]>([
    ['ls -la', [['ls', '-la']]],
    ["git 'status' && ls", [['git', 'status'], ['ls']]],
    ['a | b || c; d\ne', [['a'], ['b'], ['c'], ['d'], ['e']]],
    ['a|b&&c', [['a'], ['b'], ['c']]],
    ['\n\n a \n\n b ;\n', [['a'], ['b']]],
    ['a |\n\n b &&\n c', [['a'], ['b'], ['c']]],
    ['ls;', [['ls']]],
    [`p "a b"'c d'e\\ f`, [['p', 'a bc de f']]],
    ['p "" \'\'', [['p', '', '']]],
    ['p "a\\"\\\\\\b\nc"', [['p', 'a"\\\\b\nc']]],
    ['p a\\\nb \\\n c "d\\\ne"', [['p', 'ab', 'c', 'de']]],
    ['p *.ts [a-z]? ~/x a=b c#d !x ^y {} 1', [['p', '*.ts', '[a-z]?', '~/x', 'a=b', 'c#d', '!x', '^y', '{}', '1']]],
    ['p "#" \'$x\' \\$y \\; "if"', [['p', '#', '$x', '$y', ';', 'if']]],
    ["'if' x", [['if', 'x']]],
  ])('splits %j', (script, commands) => {
    expect(split(script)).toEqual(commands);
  });

  it.each([
    ...['$x', '"$x"', '"a$"', '$(ls)', '`ls`', '"`ls`"', '${x}', "$'a'", '$((1))'].map((word) => `echo ${word}`),
    ...[
      'ls > out',
      'ls 2>&1',
      'cat < a',
      'cat <<EOF\nx\nEOF',
      'cat <<< x',
      'diff <(a) <(b)',
      'ls>out',
      'ls &> x',
      'ls >| x',
    ],
    ...[
      'ls &',
      'ls & pwd',
      'a |& b',
      '(ls)',
      '{ ls; }',
      'f() { ls; }',
      'echo {a,b}',
      'echo {1..3}',
      'echo a}',
      '! ls',
      '!(a)',
    ],
    ...[
      'if a; then b; fi',
      'for x in a; do b; done',
      'while a; do b; done',
      'case a in b) c;; esac',
      'select x',
      'time ls',
    ],
    ...[
      'A=1 ls',
      'A=1',
      'A+=1',
      'A[0]=1 ls',
      'export A=1',
      'declare x',
      '[ -f x ]',
      '[[ -f x ]]',
      'function f',
      'coproc x',
    ],
    ...['ls &&', 'ls |', 'ls ||\n', '&& ls', '; ls', 'ls ;; ls', 'ls; ; ls', 'a && | b', 'a\n| b', '|', ';', ''],
    ...[
      '  \n ',
      'ls # comment',
      '# x',
      "echo 'x",
      'echo "x',
      'echo "x\\',
      'ls \\',
      'ls a\rb',
      'ls \\\r',
      'ls \0',
      "ls '\0'",
      'ls )',
    ],
  ])('does not call %j plain', (script) => {
    expect(split(script)).toBeNull();
  });

  it('takes a command that is no shell call as it is', () => {
    expect(splitCommand(['ls', '$x', '|'])).toEqual([['ls', '$x', '|']]);
    expect(splitCommand(['bash', '-x', 'ls'])).toEqual([['bash', '-x', 'ls']]);
    expect(splitCommand([])).toBeNull();
  });

  it('reads back what joinForDisplay wrote', () => {
    const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(split(joinForDisplay(['run', ...words]))).toEqual([['run', ...words]]);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(nasty(40), (script) => {
        expect(split(script)?.length).not.toBe(0);
      }),
    );
  });

  it('sees in a plain command the words that bash sees', () => {
    const scripts = fc
      .sample(nasty(14), { numRuns: 6000, seed: 7 })
      .map((text) => ({ script: `p ${text}`, commands: split(`p ${text}`) }))
      .filter(({ commands }) => commands?.length === 1);
    expect(scripts.length).toBeGreaterThan(500);
    const dir = mkdtempSync(join(tmpdir(), 'shell-command-'));
    try {
      // The folder is empty, so that a word such as * names no file.
      const program = `p() { printf '%s\\0' "$@"; printf 'end\\0'; }\n${scripts.map(({ script }) => script).join('\n')}\n`;
      const output = execFileSync('bash', ['-c', program], { cwd: dir, encoding: 'utf8', env: { HOME: '~' } });
      // printf without arguments still prints one empty string.
      const lines = scripts.flatMap(({ commands }) => {
        const words = commands?.[0]?.slice(1) ?? [];
        return [...(words.length ? words : ['']), 'end'];
      });
      expect(output.split('\0').slice(0, -1)).toEqual(lines);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

/** Text of the characters that mean something to a shell; no `~`, which stays as written where bash puts a folder. */
function nasty(maxLength: number): fc.Arbitrary<string> {
  const special = fc.constantFrom(...'  \t\n\'"\\$`{},;|&<>()#!=*?[]^-+@%:.'.split(''));
  const unit = fc.oneof(
    special,
    fc.constantFrom(...'abAé01'.split('')),
    fc.constantFrom("'a b'", '"a b"', '\\ ', '{}', '&&'),
  );
  return fc.array(unit, { maxLength }).map((units) => units.join(''));
}

describe('shellScript', () => {
  it('gives the script of a shell call', () => {
    for (const shell of ['bash', 'zsh', 'sh', '/bin/bash', '/usr/local/bin/zsh']) {
      expect(shellScript([shell, '-lc', 'x'])).toBe('x');
      expect(shellScript([shell, '-c', 'x'])).toBe('x');
    }
    for (const argv of [
      [],
      ['bash'],
      ['bash', '-lc'],
      ['bash', '-x', 'y'],
      ['bash', '-lc', 'x', 'y'],
      ['fish', '-c', 'x'],
    ]) {
      expect(shellScript(argv)).toBeNull();
    }
  });
});

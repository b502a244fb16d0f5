import { describe, expect, it } from 'vitest';
import { isDangerous, isKnownSafe } from '../src/index.ts';

const words = (line: string) => line.split(' ');
const sh = (script: string) => ['bash', '-lc', script];

describe('isKnownSafe', () => {
  it.each([
    ...[
      'ls -la',
      'cat x',
      'cd x',
      'echo hi',
      'grep -r x .',
      'pwd',
      'stat x',
      'wc -l x',
      'which ls',
      '/bin/ls',
      '/usr/bin/git status',
    ],
    ...['base64 -d x', 'find . -name x', 'find src -type f -print', 'rg -n x', 'rg --pretty x', 'rg --files'],
    ...[
      'git status',
      'git -C sub status',
      'git log -p',
      'git diff --text',
      'uniq -c -f 1 x',
      'git diff --cached',
      'git show HEAD:x',
      'git --no-pager log',
      'git -p log',
    ],
    ...[
      'git branch',
      'git branch -a',
      'git branch --list -vv',
      'git branch --show-current',
      'git branch --format=%(refname)',
    ],
    ...['sed -n 1,5p', 'sed -n 5p a', 'sed -n 1,5p a'],
  ])('%s is', (line) => {
    expect(isKnownSafe(words(line))).toBe(true);
    expect(isKnownSafe(sh(line.replace(/%.*/, 'x')))).toBe(true);
  });

  it.each([
    ...['rm x', 'npm test', 'touch a', 'sort a', 'awk x', './ls', 'bin/ls', '/tmp/ls', '/home/u/bin/cat x'],
    ...['base64 -o x', 'base64 -ox', 'base64 --output x', 'base64 --output=x'],
    ...['find . -delete', 'find . -exec ls', 'find . -execdir x', 'find . -ok x', 'find . -okdir x', 'find . -fls x'],
    ...['find . -fprint x', 'find . -fprint0 x', 'find . -fprintf x'],
    ...['rg --pre x', 'rg --pre=x y', 'rg --hostname-bin x', 'rg --hostname-bin=x', 'rg --search-zip x', 'rg -z x'],
    ...[
      'git',
      'git push',
      'git -c core.pager=x log',
      'git -ccore.pager=x log',
      'git log -c',
      'git --config-env=a=b log',
    ],
    ...[
      'git --config-env a=b log',
      'git log --output=x',
      'git diff --output x',
      'git diff --ext-diff',
      'git show --textconv',
    ],
    ...[
      'git log --exec=x',
      'git diff --ext',
      'git log --outpu=x',
      'uniq a b',
      'git log --paginate',
      'git branch -d x',
      'git branch foo',
      'git -C log push',
      'git fetch status',
    ],
    ...['sed -n 1,5p a b', 'sed -i s/a/b/ x', 'sed 1,5p a', 'sed -n 1,p', 'sed -n w', 'sed -n 1,5pw'],
  ])('%s is not', (line) => {
    expect(isKnownSafe(words(line))).toBe(false);
    expect(isKnownSafe(sh(line))).toBe(false);
  });

  it('asks the same of every command of a script', () => {
    expect(isKnownSafe(sh('ls && cat x | wc -l'))).toBe(true);
    expect(isKnownSafe(['zsh', '-c', "git 'status'; ls"])).toBe(true);
    expect(isKnownSafe(sh("bash -lc 'ls src'"))).toBe(true);
    for (const script of [
      'ls && npm test',
      'ls > out',
      'ls $(rm x)',
      'ls &',
      '',
      "bash -lc 'ls > x'",
      'A=1 ls',
      'cat {a,b}',
    ]) {
      expect(isKnownSafe(sh(script))).toBe(false);
    }
    expect(isKnownSafe([])).toBe(false);
  });

  it('knows numfmt and tac on Linux only', () => {
    for (const program of ['numfmt', 'tac']) {
      expect([isKnownSafe([program], 'linux'), isKnownSafe([program], 'darwin')]).toEqual([true, false]);
      expect(isKnownSafe(sh(`${program} x`), 'darwin')).toBe(false);
    }
  });
});

describe('isDangerous', () => {
  it.each([
    [words('rm -f x')],
    [words('rm -rf x')],
    [words('sudo rm -rf x')],
    [words('sudo sudo rm -f x')],
    [sh('cd x && rm -f y')],
    [sh("ls; bash -c 'rm -rf q'")],
    [['sudo', 'bash', '-c', 'rm -rf q']],
  ])('%j is', (argv) => {
    expect(isDangerous(argv)).toBe(true);
  });

  it.each([
    [words('rm x')],
    [words('rm -fr x')],
    [words('rm -r -f x')],
    [words('/bin/rm -rf x')],
    [words('git reset --hard')],
    [words('echo rm -rf x')],
    [sh("echo 'rm -rf x'")],
    [sh('rm -rf x > y')],
    [['sudo']],
    [[]],
  ])('%j is not', (argv) => {
    expect(isDangerous(argv)).toBe(false);
  });
});

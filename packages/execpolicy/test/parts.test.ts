import { describe, expect, it } from 'vitest';
import { evaluate, parseRules, partsOf } from '../src/index.ts';

function rulesOf(text: string) {
  const parsed = parseRules(text, 'x.rules');
  if (!parsed.ok) throw new Error(parsed.error.text);
  return parsed.rules;
}
const noMkdir = rulesOf('prefix_rule(pattern=["mkdir"], decision="forbidden")');

function judge(script: string) {
  const parts = partsOf(['/bin/bash', '-lc', script]);
  return evaluate(noMkdir, parts.commands, () => 'allow', { ...parts, cwd: '/' }).decision;
}

describe('a forbidden command is found', () => {
  for (const script of [
    'mkdir a',
    'ls && mkdir a',
    'mkdir a > f',
    'ls 2>/dev/null; mkdir a',
    '2>&1 mkdir a',
    'FOO=1 BAR="$x" mkdir a',
    '(mkdir a)',
    '{ mkdir a; }',
    'mkdir a &',
    '! mkdir a',
    'echo $(mkdir a)',
    'echo "x $(mkdir a) y"',
    'echo `mkdir a`',
    'echo "${X:-$(mkdir a)}"',
    'cat <(mkdir a)',
    'if true; then mkdir a; fi',
    'for x in a b; do mkdir $x; done',
    'while mkdir a; do :; done',
    'case x in x) mkdir a;; esac',
    'f() { mkdir a; }; f',
    'function f { mkdir a; }',
    "$'mkdir' a > f",
    'mk"dir" a > f',
    'm\\kdir a > f',
    '/bin/mkdir a > f',
    'mkdir $X',
    'cat <<EOF\n$(mkdir a)\nEOF',
    'cat <<EOF\nx\nEOF\nmkdir a',
    'cat <<-"EOF"\n\tx\n\tEOF\nmkdir a',
    "bash -c 'mkdir a'",
    "ls && bash -c 'ls > f; mkdir a'",
    'bash -c "bash -c \\"mkdir a\\"" > f',
    'eval "mkdir a" > f',
    'ls # x\nmkdir a > f',
    'ls >f\r\nmkdir a',
    'time mkdir a > f',
  ]) {
    it(script, () => expect(judge(script)).toBe('forbidden'));
  }
});

describe('what only looks like it is left alone', () => {
  for (const script of [
    'echo mkdir',
    'echo mkdir > mkdir',
    "echo '$(mkdir a)' > f",
    'echo "\\$(mkdir a)" > f',
    "cat <<'EOF'\n$(mkdir a)\nEOF",
    'cat <<EOF > f\nmkdir a\nEOF',
    'ls > f # mkdir a',
    'X=mkdir ls',
    'mkdirs a > f',
  ]) {
    it(script, () => expect(judge(script)).toBe('allow'));
  }
});

describe('the parts of a command line', () => {
  it('are the command itself when no shell is called', () => {
    expect(partsOf(['git', 'status'])).toEqual({
      commands: [['git', 'status']],
      hidden: [],
      complex: false,
      restrictOnly: false,
    });
  });

  it('are the plain commands of a script', () => {
    const { commands, complex } = partsOf(['bash', '-lc', "a 'b c' | d && e"]);
    expect({ commands, complex }).toEqual({ commands: [['a', 'b c'], ['d'], ['e']], complex: false });
  });

  it('are the one command of a script with a here document', () => {
    const parts = partsOf(['bash', '-lc', 'python3 - <<PY > out\nprint(1)\nPY']);
    expect(parts).toEqual({ commands: [['python3', '-']], hidden: [], complex: true, restrictOnly: true });
  });

  it('are the whole when a here document is not the only one, has no end or is none, or when words are quoted', () => {
    for (const script of ['cat <<< x', 'cat <<A <<B\n1\nA\n2\nB', 'cat <<EOF\nx', 'cat "a b" <<EOF\nx\nEOF']) {
      const argv = ['bash', '-lc', script];
      expect(partsOf(argv)).toMatchObject({ commands: [argv], complex: false });
    }
  });

  it('are the whole when a script is more than that, so that allowing a word does not allow what stands around it', () => {
    const argv = ['bash', '-lc', 'ls > $(pwd)/f'];
    const parts = partsOf(argv);
    expect(parts).toEqual({ commands: [argv], hidden: [['pwd'], ['ls']], complex: false, restrictOnly: false });
    const allow = rulesOf('prefix_rule(pattern=["ls"])\nprefix_rule(pattern=["pwd"])');
    expect(evaluate(allow, parts.commands, () => 'prompt', parts).decision).toBe('prompt');
  });

  it('cannot be allowed by a rule when files are written or variables set around a here document', () => {
    const allow = rulesOf('prefix_rule(pattern=["cat"])');
    const judged = (script: string) => {
      const parts = partsOf(['bash', '-lc', script]);
      return evaluate(allow, parts.commands, () => 'prompt', parts).decision;
    };
    expect(judged('cat <<EOF\nx\nEOF')).toBe('allow');
    expect(judged('cat <<EOF 2>&1 >/dev/null\nx\nEOF')).toBe('allow');
    expect(judged('cat <<EOF > ~/.profile\nx\nEOF')).toBe('prompt');
    expect(judged('PATH=. cat <<EOF\nx\nEOF')).toBe('prompt');
  });

  it('exist even for nothing', () => {
    expect(evaluate(noMkdir, partsOf([]).commands, () => 'prompt').decision).toBe('prompt');
  });
});

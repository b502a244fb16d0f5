import { describe, expect, it } from 'vitest';
import { readCommandLine, RUN_OPTIONS, threadOptions } from '../src/index.ts';

const rules = { options: RUN_OPTIONS, commands: new Set(['go']) };

describe('a command line', () => {
  it('is read with options, settings and words', () => {
    const line = readCommandLine(
      ['-m=x', '-c', 'a=1', '--enable', 'f', '-i', 'a.png,b.png', 'c.png', '--oss', 'word', '--', '-m'],
      rules,
    );
    if ('message' in line) throw new Error(line.message);
    expect(line.positionals).toEqual(['word', '-m']);
    expect(line.settings).toEqual([
      { option: 'config', text: 'a=1' },
      { option: 'enable', text: 'f' },
    ]);
    expect(line.values.get('image')).toEqual(['a.png', 'b.png', 'c.png']);
    expect(threadOptions(line)).toEqual({
      model: 'x',
      oss: true,
      localProvider: undefined,
      sandbox: undefined,
      addDirs: [],
    });
  });

  it('may repeat an option behind the subcommand, where the last one counts', () => {
    const line = readCommandLine(['-m', 'a', 'go', '-m', 'b'], rules);
    expect('message' in line ? line.message : threadOptions(line).model).toBe('b');
    expect(readCommandLine(['-m', 'a', '-m', 'b'], rules, 2)).toMatchObject({ command: null });
    expect(readCommandLine(['-m', 'a', '-m', 'b'], rules)).toEqual({
      message: "the argument '--model' cannot be used multiple times",
    });
  });

  it.each([
    [['--yolo'], 'danger-full-access'],
    [['--full-auto', '-s', 'read-only'], 'workspace-write'],
    [['-s', 'read-only'], 'read-only'],
  ])('%j means the sandbox %s', (argv, sandbox) => {
    const line = readCommandLine(argv, rules);
    expect('message' in line ? line.message : threadOptions(line).sandbox).toBe(sandbox);
  });

  it('says what is wrong', () => {
    const accepts = (option: string) => option !== 'oss';
    expect(readCommandLine(['--oss'], { ...rules, accepts })).toEqual({ message: "unexpected argument '--oss' found" });
    expect(readCommandLine(['--toString'], rules)).toEqual({ message: "unexpected argument '--toString' found" });
    expect(readCommandLine(['-m'], rules)).toEqual({
      message: "a value is required for '--model' but none was supplied",
    });
    expect(readCommandLine(['--full-auto', '--yolo'], rules)).toMatchObject({
      message: expect.stringContaining('cannot be used with'),
    });
  });
});

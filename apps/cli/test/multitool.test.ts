import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Command, COMMANDS, TERMINAL } from '../src/commands.ts';
import { type AppMain, main, VERSION } from '../src/index.ts';

/** Runs the multitool with apps that only record how they were called, and end with code 7. */
async function codex(...argv: string[]) {
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), env: {}, cwd: '/' };
  const calls: [string, ...string[]][] = [];
  const befores: number[] = [];
  const recording = (name: string, command: Command): Command => {
    const app: AppMain = async (args, _io, before) => {
      calls.push([name, ...args]);
      befores.push(before);
      return 7;
    };
    return { ...command, load: async () => app };
  };
  const commands = Object.fromEntries(
    Object.entries(COMMANDS).map(([name, command]) => [name, recording(name, command)]),
  );
  const code = await main(argv, io, commands, recording('terminal', TERMINAL));
  const text = (stream: PassThrough) => String(stream.read() ?? '');
  return { code, calls, befores, stdout: text(io.stdout), stderr: text(io.stderr) };
}

describe('codex', () => {
  it('prints its version, which is the package version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(VERSION).toBe(version);
    const printed = { code: 0, calls: [], befores: [], stdout: `codex-cli ${VERSION}\n`, stderr: '' };
    expect(await codex('--version')).toEqual(printed);
    expect(await codex('-c', 'a=1', '-V')).toEqual(printed);
  });

  it('lists exactly what it can run', async () => {
    const { code, stdout } = await codex('--help');
    expect(code).toBe(0);
    const listed = stdout.slice(stdout.indexOf('Commands:'), stdout.indexOf('Options')).match(/^ {2}[a-z-]+/gm);
    expect(listed?.map((name) => name.trim())).toEqual([...Object.keys(COMMANDS), 'help']);
    expect((await codex('help')).stdout).toBe(stdout);
    expect((await codex('-h')).stdout).toBe(stdout);
  });

  it('hands the rest of the line to the app, untouched, and answers with its code', async () => {
    const { code, calls } = await codex('exec', '--json', '-', '--', '--version');
    expect({ code, calls }).toEqual({ code: 7, calls: [['exec', '--json', '-', '--', '--version']] });
    expect((await codex('e', 'hi')).calls).toEqual([['exec', 'hi']]);
    expect((await codex('app-server', '--help')).calls).toEqual([['app-server', '--help']]);
    expect((await codex('help', 'exec', 'resume')).calls).toEqual([['exec', 'resume', '--help']]);
  });

  it('passes options before the subcommand on, in the words of the app', async () => {
    const options = [
      '-c',
      'a.b="x y"',
      '--enable=f',
      '-mgpt',
      '-p=work',
      '--sandbox',
      'read-only',
      '--oss',
      '--yolo',
      '-C',
      'dir',
    ];
    expect((await codex(...options, 'exec', 'hi')).calls).toEqual([
      [
        'exec',
        '--config=a.b="x y"',
        '--enable=f',
        '--model=gpt',
        '--profile=work',
        '--sandbox=read-only',
        '--oss',
        '--dangerously-bypass-approvals-and-sandbox',
        '--cd=dir',
        'hi',
      ],
    ]);
    expect((await codex('-m', 'a', '-c', 'x=1', 'exec', '-m', 'b')).befores).toEqual([2]);
    expect((await codex('-a', 'never', '--search', 'exec')).calls).toEqual([['exec', '--config', 'web_search="live"']]);
    expect((await codex('-c', 'x=1', '--disable', 'g', '-m', 'gpt', '-a', 'never', 'app-server')).calls).toEqual([
      [
        'app-server',
        '--config',
        'x=1',
        '--disable',
        'g',
        '--config',
        'model="gpt"',
        '--config',
        'approval_policy="never"',
      ],
    ]);
  });

  it.each([
    [['help', 'exce'], /unknown command 'exce'/],
    [['--bogus'], /unknown option '--bogus'/],
    [['-x'], /unknown option '-x'/],
    [['apply'], /'apply' is not part of this build/],
    [['help', 'cloud'], /'cloud' is not part of this build/],
    [['-m'], /option '-m' needs a value/],
    [['--oss=yes', 'exec'], /option '--oss' takes no value/],
    [['-C', '/', 'app-server'], /option '--cd' does not apply to 'app-server'/],
    [['-m', 'x', 'demo'], /option '--model' does not apply to 'demo'/],
  ])('explains %j and ends with 2', async (argv, message) => {
    const { code, calls, stdout, stderr } = await codex(...argv);
    expect({ code, calls, stdout }).toEqual({ code: 2, calls: [], stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('opens the terminal interface where no command is named', async () => {
    expect((await codex()).calls).toEqual([['terminal', '--']]);
    expect((await codex('toString', '-m', 'x')).calls).toEqual([['terminal', 'toString', '-m', 'x']]);
    expect((await codex('-a', 'never', '--search', 'fix it')).calls).toEqual([
      ['terminal', '--ask-for-approval=never', '--search', 'fix it'],
    ]);
    expect((await codex('--', 'exec')).calls).toEqual([['terminal', '--', 'exec']]);
    expect((await codex('-m', 'x', 'resume', '--last')).calls).toEqual([['resume', '--model=x', '--last']]);
  });

  it('answers any command line', async () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('exec', 'help', '-c', '--', '-m=', '--config=', 'app-server', '__proto__'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (argv) => {
        expect([0, 2, 7]).toContain((await codex(...argv)).code);
      }),
    );
  });
});

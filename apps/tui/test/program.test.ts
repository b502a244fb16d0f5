import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  call,
  custom,
  gate,
  inputItems,
  inputTexts,
  outputOf,
  reasoning,
  say,
  sayMany,
  type Step,
} from '@codex/mock-model';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, bench, buildProgram, openTty, type Tty } from './program.ts';

const root = mkdtempSync(join(tmpdir(), 'tui-program-'));
let program: string;
let fault: string;
let open: Bench | undefined;

beforeAll(async () => {
  program = await buildProgram(join(root, 'codex'));
  fault = await buildProgram(join(root, 'fault'), 'fault.ts');
}, 60_000);
afterEach(async () => {
  await open?.close();
  open = undefined;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function start(steps: Step[], options?: Parameters<typeof bench>[2]): Promise<Bench> {
  open = await bench(program, steps, options);
  return open;
}

const READY = 'Ask Codex to do something';
const CTRL_C = '\u0003';
const ESCAPE = '\u001b';

describe('a turn', () => {
  it('streams an answer as Markdown into the scrollback, each line once', async () => {
    const { codex } = await start([
      [
        reasoning('**Looking around**\n\nThere is a file.'),
        say('First **bold** part.\n\n- one\n- two\n\n'.concat('Last words.')),
      ],
    ]);
    const tty = codex();
    await tty.shows(READY);
    tty.type('say something');
    await tty.shows('› say something');
    tty.type('\r');
    await tty.shows(/• First bold part\.[^]*- one\n {2}- two\n\n {2}Last words\./);
    await tty.shows(READY);
    const text = tty.everything();
    for (const line of ['› say something', 'There is a file.', 'First bold part.', 'Last words.']) {
      expect(text.split(line)).toHaveLength(2);
    }
    tty.type(CTRL_C + CTRL_C);
    expect(await tty.exited).toMatchObject({ exitCode: 0 });
    expect(tty.everything()).toMatch(/Tokens used: 15[^]*codex resume [0-9a-f-]{36}$/);
    expect(tty.everything()).not.toContain(READY);
  });

  it('takes the prompt of the command line, and shows what is typed while the model works', async () => {
    const { codex, model } = await start([[gate('go'), say('Done.')]]);
    const tty = codex(['do it']);
    await tty.shows('› do it');
    await tty.shows('esc interrupts');
    tty.type('and 你好 too');
    await tty.shows('› and 你好 too');
    expect(tty.cursor().column).toBe('› and '.length + 4 + ' too'.length);
    model.open('go');
    await tty.shows('• Done.');
  });

  it('asks before a command runs, runs it and shows how it ended', async () => {
    const { codex, model } = await start([
      [call('exec_command', { cmd: 'echo one; echo two >&2; exit 3' }, 'c1')],
      [say('It failed.')],
    ]);
    const tty = codex(['run it']);
    await tty.shows('May Codex run this command?');
    await tty.shows('$ echo one; echo two >&2; exit 3');
    tty.type('y');
    await tty.shows('• It failed.');
    expect(tty.everything()).toMatch(
      /✔ You let Codex run echo one[^]*Ran echo one; echo two >&2; exit 3 · exit 3\n {2}└ one\n {4}two/,
    );
    expect(String(outputOf(model.calls[1]!, 'c1'))).toContain('code 3');
  });

  it('shows a patch before it is made, and makes it', async () => {
    const patch = '*** Begin Patch\n*** Add File: hello.txt\n+hello\n+world\n*** End Patch';
    const { codex, folder } = await start([[custom('apply_patch', patch, 'p1')], [say('Patched.')]]);
    const tty = codex(['patch it']);
    await tty.shows(/May Codex make these changes\?[^]*Added hello\.txt \(\+2 -0\)\n {6}1 \+hello/);
    tty.type('y');
    await tty.shows('• Patched.');
    expect(readFileSync(join(folder, 'hello.txt'), 'utf8')).toBe('hello\nworld\n');
    expect(tty.everything()).toMatch(/✔ You let Codex change hello\.txt\n\n• Added hello\.txt/);
  });

  it('goes on without a command that was declined', async () => {
    const { codex } = await start([[call('exec_command', { cmd: 'touch x' }, 'c1')], [say('Then not.')]]);
    const tty = codex(['run it']);
    await tty.shows('May Codex run this command?');
    tty.type('n');
    await tty.shows('• Then not.');
    expect(tty.everything()).toContain('✗ You did not let Codex run touch x');
  });

  it('is interrupted by escape, and queued messages come back', async () => {
    const { codex, model } = await start([[say('Begin', { chunks: ['Begin'] }), gate('never')], [say('Second.')]]);
    const tty = codex(['go']);
    await tty.shows('• Begin');
    tty.type('later');
    await tty.shows('› later');
    tty.type('\t');
    await tty.shows('↳ goes next: later');
    tty.type(ESCAPE);
    await tty.shows('Interrupted. Say what to do instead.');
    await tty.shows('› later');
    tty.type('\r');
    await tty.shows('• Second.');
    expect(inputTexts(model.calls[1]!, 'user').at(-1)).toBe('later');
  });

  it('sends what was queued when the turn is over, and steers with enter', async () => {
    const { codex, model } = await start([
      [gate('a'), call('exec_command', { cmd: 'true' }, 'c1')],
      [say('One.')],
      [say('Two.')],
    ]);
    const tty = codex(['go']);
    await tty.shows('esc interrupts');
    await model.waitForCalls(1);
    tty.type('afterwards');
    await tty.shows('› afterwards');
    tty.type('\t');
    await tty.shows('↳ goes next: afterwards');
    tty.type('steered');
    await tty.shows('› steered');
    tty.type('\r');
    await tty.shows('↳ goes into this turn: steered');
    model.open('a');
    await tty.shows('• Two.');
    expect(inputTexts(model.calls[1]!, 'user').at(-1)).toBe('steered');
    expect(inputTexts(model.calls[2]!, 'user').at(-1)).toBe('afterwards');
  });
});

describe('the composer', () => {
  it('takes lines, keeps a long paste by name and sends it written out', async () => {
    const { codex, model } = await start([[say('Read.')]]);
    const tty = codex();
    await tty.shows(READY);
    tty.type('first\nsecond');
    await tty.shows(/› first\n {2}second/);
    tty.paste(`${'x'.repeat(3000)}\rlast`);
    await tty.shows('[Pasted Content 3005 chars]');
    tty.type('\r');
    await tty.shows('• Read.');
    expect(inputTexts(model.calls[0]!, 'user').at(-1)).toBe(`first\nsecond${'x'.repeat(3000)}\nlast`);
  });

  it('sends images whose paths were pasted', async () => {
    const { codex, model, folder } = await start([[say('Seen.')]]);
    const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    writeFileSync(join(folder, 'a b.png'), Buffer.from(pixel, 'base64'));
    const tty = codex();
    await tty.shows(READY);
    tty.paste(`${folder}/a\\ b.png`);
    await tty.shows('› [Image #1]');
    tty.type('what is it?');
    await tty.shows('[Image #1] what is it?');
    tty.type('\r');
    await tty.shows('• Seen.');
    expect(JSON.stringify(inputItems(model.calls[0]!))).toContain(pixel);
  });

  it('finds files behind @ and commands behind /', async () => {
    const { codex, folder } = await start([]);
    writeFileSync(join(folder, 'needle.txt'), '');
    writeFileSync(join(folder, 'hay.txt'), '');
    const tty = codex();
    await tty.shows(READY);
    tty.type('see @nee');
    await tty.shows(/see @nee\n {2}needle\.txt/);
    tty.type('\t');
    await tty.shows('› see needle.txt');
    tty.type('\u0015/stat');
    await tty.shows('/status');
    tty.type('\r');
    await tty.shows(/model +gpt-5\.4/);
    await tty.shows(/session +[0-9a-f-]{36}/);
  });

  it('remembers messages over sessions', async () => {
    const { codex, home } = await start([[say('Yes.')]]);
    const first = codex(['one']);
    await first.shows('• Yes.');
    first.type('/quit\r');
    await first.exited;
    expect(readFileSync(join(home, 'history.jsonl'), 'utf8')).toMatch(/"text":"\/quit"/);
    const second = codex();
    await second.shows(READY);
    second.type('draft');
    await second.shows('› draft');
    second.type(CTRL_C);
    await second.shows(READY);
    second.type('\u001b[A');
    await second.shows('› draft');
    second.type('\u001b[A');
    await second.shows('› /quit');
  });

  it('runs a command of the user and tells the model of it', async () => {
    const { codex, model } = await start([[say('I see.')]]);
    const tty = codex();
    await tty.shows(READY);
    tty.type('!echo from-shell');
    await tty.shows('! !echo from-shell');
    tty.type('\r');
    await tty.shows(/You ran echo from-shell\n {2}└ from-shell/);
    tty.type('what was that?');
    await tty.shows('› what was that?');
    tty.type('\r');
    await tty.shows('• I see.');
    expect(tty.everything()).not.toContain('user_shell_command');
    expect(inputTexts(model.calls[0]!, 'user').at(-1)).toMatch(/<user_shell_command>[^]*from-shell/);
  });
});

describe('sessions', () => {
  it('are found again by the picker, with their turns, and go on', async () => {
    const { codex, model } = await start([[say('An answer.')], [say('Another answer.')], [say('More.')]]);
    for (const [prompt, answer] of [
      ['about apples', 'An answer.'],
      ['about pears', 'Another answer.'],
    ] as const) {
      const tty = codex([prompt]);
      await tty.shows(`• ${answer}`);
      tty.type('/quit\r');
      await tty.exited;
    }
    const tty = codex(['resume']);
    await tty.shows(/› [^]*about pears\n.*about apples/);
    expect(tty.isAlternate()).toBe(true);
    tty.type('appl');
    await tty.hides('about pears');
    await tty.shows('about apples');
    tty.type('\r');
    await tty.shows('• An answer.');
    await tty.shows(READY);
    expect(tty.isAlternate()).toBe(false);
    tty.type('go on');
    await tty.shows('› go on');
    tty.type('\r');
    await tty.shows('• More.');
    expect(inputTexts(model.calls[2]!, 'user').slice(-2)).toEqual(['about apples', 'go on']);
  });

  it('go on with --last, and fork leaves the old one as it was', async () => {
    const { codex, model } = await start([[say('An answer.')], [say('More.')]]);
    const first = codex(['begin']);
    await first.shows('• An answer.');
    first.type('/quit\r');
    await first.exited;
    const tty = codex(['fork', '--last', 'and on']);
    await tty.shows('• More.');
    await tty.shows('A fork of the session');
    expect(inputTexts(model.calls[1]!, 'user').slice(-2)).toEqual(['begin', 'and on']);
    tty.type('/resume');
    await tty.shows('/resume');
    tty.type('\r');
    await tty.shows('2 sessions');
    tty.type(ESCAPE);
    await tty.shows(READY);
  });

  it('that do not exist end the program, and say so', async () => {
    const { codex } = await start([]);
    for (const [key, why] of [
      ['no-such-name', "■ No session has the id or name 'no-such-name'"],
      ['01a20717-0000-7e62-8edf-b659359ce695', '01a20717-0000-7e62-8edf-b659359ce695'],
    ] as const) {
      const tty = codex(['resume', key]);
      expect(await tty.exited).toMatchObject({ exitCode: 1 });
      expect(tty.screen()).toContain(why);
      expect(tty.screen()).not.toContain('Codex in TypeScript');
    }
    const last = codex(['resume', '--last']);
    await last.shows('There is no earlier session here');
    await last.shows(READY);
  });

  it('a folder is asked about once, before anything happens in it', async () => {
    const { codex, home, folder } = await start([[say('Hello.')]], { trusted: false });
    const tty = codex(['hi']);
    await tty.shows('Do you trust what is in this folder?');
    tty.type('\r');
    await tty.shows('• Hello.');
    tty.type('/quit\r');
    await tty.exited;
    expect(readFileSync(join(home, 'config.toml'), 'utf8')).toContain(
      `[projects."${folder}"]\ntrust_level = "trusted"`,
    );
    const again = codex();
    await again.shows(READY);
    expect(again.everything()).not.toContain('trust');
  });
});

describe('commands', () => {
  it('work on the session: a name, a new one, a copy, a summary', async () => {
    const { codex, model } = await start([[say('An answer.')], [say('A summary.')], [say('After.')]]);
    const tty = codex(['begin']);
    await tty.shows('• An answer.');
    const run = async (line: string, shown: string | RegExp) => {
      tty.type(line);
      await tty.shows(`› ${line}`);
      tty.type('\r');
      await tty.shows(shown);
    };
    await run('/rename my work', 'This session is called my work now.');
    await tty.shows(/· my work · .*$/);
    await run('/compact', 'Context compacted');
    await run('/fork', 'A fork of the session');
    await run('/new', /folder[^]*folder[^]*Ask Codex/);
    await run('/resume', 'my work');
    tty.type('my w');
    await tty.shows(/search: my w[^]*1 session\n/);
    tty.type('\r');
    await tty.shows('Resumed my work');
    await run('go on', '• After.');
    expect(inputTexts(model.calls[2]!, 'user').at(-1)).toBe('go on');
  });

  it('/diff shows what changed, ctrl+l draws anew', async () => {
    const { codex, folder } = await start([]);
    await new Promise((resolve) => execFile('git', ['init', '-q', folder], resolve));
    writeFileSync(join(folder, 'new.txt'), 'hello\n');
    const tty = codex();
    await tty.shows(READY);
    tty.type('/diff');
    await tty.shows('› /diff');
    tty.type('\r');
    await tty.shows(/─ Diff ─[^]*\+hello/);
    tty.type('q');
    await tty.shows(READY);
    tty.type('\u000c');
    await tty.shows(/Codex in TypeScript[^]*Ask Codex/);
  });

  it('asks for a login where there is none, and takes a key', async () => {
    const { codex, home } = await start([]);
    writeFileSync(join(home, 'config.toml'), '');
    const tty = codex();
    await tty.shows('Codex needs a way to a model');
    tty.type('2');
    await tty.shows('enter keeps it');
    tty.type('sk-test');
    await tty.shows('•••••••');
    tty.type('\r');
    await tty.shows('Do you trust what is in this folder?');
    tty.type('y');
    await tty.shows(READY);
    expect(readFileSync(join(home, 'auth.json'), 'utf8')).toContain('sk-test');
    expect(tty.raw()).not.toContain('sk-test');
  });

  it('says why it cannot begin', async () => {
    const { codex, home } = await start([]);
    writeFileSync(join(home, 'config.toml'), 'model = \n');
    const tty = codex();
    expect(await tty.exited).toMatchObject({ exitCode: 1 });
    expect(tty.screen()).toMatch(/^Error: .*config\.toml:1/);
  });
});

describe('the terminal', () => {
  it('draws anew in another width, and keeps what was settled', async () => {
    const { codex } = await start([[say('word '.repeat(40).trim())]]);
    const tty = codex(['go'], { columns: 80 });
    await tty.shows('• word');
    await tty.shows(READY);
    tty.type('some text that is long enough to be wrapped when the terminal is narrow');
    await tty.shows('when the terminal is narrow');
    tty.resize(40, 20);
    await tty.shows(/› some text that is long enough to be ?\n {2}wrapped when the terminal is narrow/);
    tty.resize(100, 30);
    await tty.shows(/› some text that is long enough to be wrapped when the terminal is narrow\n/);
    tty.type('!');
    await tty.shows('narrow!');
    expect(tty.everything().split('› some text')).toHaveLength(2);
    expect(tty.everything().split('100% of context left')).toHaveLength(2);
  });

  it.each([
    ['a command', (tty: Tty) => tty.type('/quit\r'), 0],
    ['SIGTERM', (tty: Tty) => process.kill(tty.pid, 'SIGTERM'), 143],
    ['SIGHUP', (tty: Tty) => process.kill(tty.pid, 'SIGHUP'), 129],
  ])('is as it was after %s', async (_name, end, code) => {
    const { codex } = await start([[gate('never')]]);
    const tty = codex(['go']);
    await tty.shows('esc interrupts');
    tty.type('\u0014');
    await tty.shows('Transcript');
    tty.type('q');
    await tty.shows('Add something to this turn');
    end(tty);
    expect(await tty.exited).toMatchObject({ exitCode: code });
    expect(tty.isAlternate()).toBe(false);
    const written = tty.raw();
    for (const [on, off] of [
      ['\u001b[?2004h', '\u001b[?2004l'],
      ['\u001b[?1004h', '\u001b[?1004l'],
      ['\u001b[>1u', '\u001b[<u'],
      ['\u001b[?25l', '\u001b[?25h'],
      ['\u001b[?2026h', '\u001b[?2026l'],
    ] as const) {
      expect(written.lastIndexOf(off), JSON.stringify(off)).toBeGreaterThan(written.lastIndexOf(on));
    }
  });

  it.each([
    ['a fault', 'throw', 1],
    ['a rejection', 'rejection', 1],
    ['an exit from elsewhere', 'exit', 3],
  ])('is as it was after %s', async (_name, how, code) => {
    const { folder, env } = await start([]);
    const tty = openTty([process.execPath, fault, how], { columns: 80, rows: 24, cwd: folder, env });
    await tty.shows('ready');
    tty.type('x');
    expect(await tty.exited).toMatchObject({ exitCode: code });
    expect(tty.isAlternate()).toBe(false);
    expect(tty.raw()).toContain('\u001b[?2004l');
    if (code === 1) expect(tty.screen()).toContain('Error: boom');
  });

  it('is given back on ctrl+z, and taken again', async () => {
    const { env, folder, home } = await start([]);
    // A shell with job control is what ctrl+z comes back to.
    const tty = openTty(['/bin/bash', '--norc', '-i'], {
      columns: 80,
      rows: 24,
      cwd: folder,
      env: { ...env, PS1: 'prompt> ', HOME: home },
    });
    try {
      await tty.shows('prompt>');
      tty.type(`${process.execPath} ${program}\r`);
      await tty.shows(READY);
      tty.type('kept text');
      await tty.shows('› kept text');
      tty.type('\u001a');
      await tty.shows(/Stopped[^]*prompt>/);
      tty.type('echo shell-works\r');
      await tty.shows(/^shell-works/m);
      tty.type('fg\r');
      await tty.shows(/fg[^]*› kept text/);
      tty.type('!');
      await tty.shows('› kept text!');
    } finally {
      tty.kill();
      await tty.exited;
    }
  });

  it('shows a long stream without keeping it all on the screen', async () => {
    const { codex } = await start([[sayMany(2000, 'line\n\n')]]);
    const tty = codex(['go'], { rows: 20 });
    await tty.shows('esc interrupts');
    await tty.shows(READY);
    expect(tty.everything().match(/^.{2}line$/gm)).toHaveLength(2000);
  });

  it('shows everything with ctrl+t, on a screen of its own', async () => {
    const { codex } = await start([[call('exec_command', { cmd: 'seq 100 130' }, 'c1')], [say('Counted.')]]);
    const tty = codex(['--yolo', 'count']);
    await tty.shows('• Counted.');
    expect(tty.everything()).toMatch(/ 100\n[^]*more lines[^]* 130/);
    expect(tty.everything()).not.toContain(' 115');
    tty.type('\u0014');
    await tty.shows(' 115');
    expect(tty.isAlternate()).toBe(true);
    tty.type('q');
    await tty.shows(READY);
    expect(tty.isAlternate()).toBe(false);
  });

  it('needs a terminal, and says what to use without one', async () => {
    const { env, folder } = await start([]);
    const ended = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      const child = execFile(process.execPath, [program], { env, cwd: folder }, (error, _out, stderr) =>
        resolve({ code: error?.code, stderr }),
      );
      child.stdin?.end();
    });
    expect(ended).toEqual({
      code: 1,
      stderr: 'Error: this needs a terminal on stdin and stdout; without one use `codex exec`.\n',
    });
  });
});

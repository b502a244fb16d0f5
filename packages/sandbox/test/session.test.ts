import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Session } from '../src/index.ts';
import { command, eventually, isAlive, openDescriptors, sh, testFolder, testRunner } from './support.ts';

async function read(session: Session, until: string | RegExp): Promise<string> {
  let text = '';
  await eventually(() => {
    text += session.take();
    return text.search(until) >= 0;
  });
  return text;
}

describe('pipes', () => {
  test('output is handed out once, input is closed', async () => {
    const session = await testRunner().open(sh('cat; echo first; sleep 0.3; echo second'), { tty: false });
    expect(await read(session, 'first\n')).toBe('first\n');
    expect(session.running).toBe(true);
    expect(session.take()).toBe('');
    expect(session.write('x')).toEqual({ ok: false, reason: 'closed' });
    expect(session.resize({ rows: 1, cols: 1 })).toEqual({ ok: false, reason: 'notATerminal' });
    await session.wait(10_000);
    expect(session.running).toBe(false);
    expect(session.take()).toBe('second\n');
    expect(await session.exited).toMatchObject({ exitCode: 0, stdout: 'first\nsecond\n' });
    expect(session.write('x')).toEqual({ ok: false, reason: 'exited' });
  });

  test('input stays open when asked for, until it is ended', async () => {
    const session = await testRunner().open(sh('cat /dev/stdin; echo over'), { tty: false, stdin: true });
    expect(session.write('one\n')).toEqual({ ok: true });
    expect(await read(session, 'one\n')).toBe('one\n');
    session.write(new TextEncoder().encode('two\n'));
    session.endInput();
    expect(session.write('three\n')).toEqual({ ok: false, reason: 'closed' });
    expect((await session.exited).stdout).toBe('one\ntwo\nover\n');
  });

  test('input nobody reads is refused at some point, a reader that left does no harm', async () => {
    const runner = testRunner();
    const deaf = await runner.open(command(['sleep', '100']), { tty: false, stdin: true });
    const chunk = new Uint8Array(1024 * 1024);
    const answers = Array.from({ length: 12 }, () => deaf.write(chunk));
    expect(answers[0]).toEqual({ ok: true });
    expect(answers.at(-1)).toEqual({ ok: false, reason: 'full' });
    const gone = await runner.open(sh('exec <&-; echo closed; sleep 0.2'), { tty: false, stdin: true });
    await read(gone, 'closed');
    gone.write(chunk);
    expect((await gone.exited).exitCode).toBe(0);
  });

  test('a character in two pieces is handed out whole', async () => {
    const script = "printf 'a\\342\\202'; read -r go; printf '\\254b'";
    const session = await testRunner().open(sh(script), { tty: false, stdin: true });
    expect(await read(session, 'a')).toBe('a');
    session.write('go\n');
    expect((await session.exited).stdout).toBe('a€b');
    expect(session.take()).toBe('€b');
  });

  test('unread output is limited to head and tail', async () => {
    const session = await testRunner().open(sh('echo BEGIN; head -c 3000000 /dev/zero; echo END'), { tty: false });
    await session.exited;
    const text = session.take();
    expect(text).toHaveLength(1024 * 1024);
    expect(text).toMatch(/^BEGIN\n\0+END\n$/);
  });

  test('wait ends by time and by abort; kill waits for the end', async () => {
    const session = await testRunner().open(sh('sleep 100 & wait'), { tty: false });
    await session.wait(20);
    const controller = new AbortController();
    const waiting = session.wait(60_000, controller.signal);
    controller.abort();
    await waiting;
    expect(session.running).toBe(true);
    await session.kill();
    expect(session.running).toBe(false);
    expect(isAlive(session.pid)).toBe(false);
    expect(await session.exited).toMatchObject({ exitCode: 143, timedOut: false, aborted: false });
    await session.kill();
    await session.kill('SIGINT');
  });

  test('one signal can be sent to the group', async () => {
    const script = 'trap "echo caught; exit 5" INT; echo ready; while :; do sleep 0.05; done';
    const session = await testRunner().open(sh(script), { tty: false });
    await read(session, 'ready');
    await session.kill('SIGINT');
    expect(await session.exited).toMatchObject({ exitCode: 5, stdout: 'ready\ncaught\n' });
  });
});

describe('terminal', () => {
  test('echoes with CRLF and ends at end-of-transmission', async () => {
    const session = await testRunner().open(command(['cat']), { tty: true });
    expect(session.write('x\n')).toEqual({ ok: true });
    expect(await read(session, 'x\r\nx\r\n')).toBe('x\r\nx\r\n');
    session.endInput();
    expect((await session.exited).exitCode).toBe(0);
    expect(session.write('y')).toEqual({ ok: false, reason: 'exited' });
  });

  test('control characters interrupt', async () => {
    const session = await testRunner().open(sh('echo ready; exec sleep 100'), { tty: true });
    await read(session, 'ready');
    session.write('\u0003');
    expect((await session.exited).exitCode).toBe(130);
  });

  test('has the size it is given', async () => {
    const spec = sh('stty size; read -r go; stty size');
    const session = await testRunner().open(spec, { tty: true, size: { rows: 11, cols: 22 } });
    expect(await read(session, '22')).toContain('11 22');
    expect(session.resize({ rows: 33, cols: 44 })).toEqual({ ok: true });
    expect(session.resize({ rows: 0, cols: 44 })).toEqual({ ok: false, reason: 'invalidSize' });
    session.write('\n');
    expect((await session.exited).output).toContain('33 44');
    expect(session.resize({ rows: 5, cols: 5 })).toEqual({ ok: false, reason: 'exited' });
  });

  test('loses nothing of a long output', async () => {
    const session = await testRunner().open(command(['seq', '1', '60000']), { tty: true });
    const { output } = await session.exited;
    const lines = output.split('\r\n');
    expect([lines.length, lines.at(-2), output.length]).toEqual([60_001, '60000', 408_894]);
  });

  test('exit codes and signals', async () => {
    const runner = testRunner();
    expect((await (await runner.open(sh('exit 7'), { tty: true })).exited).exitCode).toBe(7);
    expect((await (await runner.open(sh('kill -9 $$'), { tty: true })).exited).exitCode).toBe(137);
  });

  test('a raw terminal that does not read stops neither us nor later input', async () => {
    const cwd = testFolder();
    const script = 'stty raw -echo; echo ready; until [ -e go ]; do sleep 0.01; done; head -c 200000 | wc -c';
    const session = await testRunner().open(sh(script, { cwd }), { tty: true });
    await read(session, 'ready');
    for (let i = 0; i < 20; i++) expect(session.write('x'.repeat(10_000))).toEqual({ ok: true });
    writeFileSync(join(cwd, 'go'), '');
    await session.exited;
    expect(session.take()).toContain('200000');
  });

  test('an interactive shell with background jobs ends at once', async () => {
    const session = await testRunner().open(command(['bash', '-i']), { tty: true });
    session.write('set -m; sleep 100 & echo pid=$!\n');
    const said = /pid=(\d+)\r/;
    const pid = Number(said.exec(await read(session, said))?.[1]);
    expect(isAlive(pid)).toBe(true);
    await session.kill();
    expect([pid, session.pid].filter(isAlive)).toEqual([]);
  });

  test('what cannot start is refused before anything is forked', async () => {
    const runner = testRunner();
    const notFound = { name: 'SpawnError', errno: 'ENOENT' };
    await expect(runner.open(command(['no-such-program']), { tty: true })).rejects.toMatchObject(notFound);
    await expect(runner.open(command(['true'], { cwd: '/no/such' }), { tty: true })).rejects.toMatchObject({
      ...notFound,
      message: 'No such file or directory (os error 2): working directory /no/such',
    });
    await expect(runner.open(command(['/etc/passwd']), { tty: true })).rejects.toMatchObject({
      message: 'Permission denied (os error 13): program /etc/passwd',
    });
  });

  test('leaves no descriptor behind', async () => {
    const runner = testRunner();
    await (await runner.open(command(['true']), { tty: true })).exited;
    const before = openDescriptors();
    for (let i = 0; i < 20; i++) await (await runner.open(command(['true']), { tty: true })).exited;
    await eventually(() => openDescriptors() <= before);
  });
});

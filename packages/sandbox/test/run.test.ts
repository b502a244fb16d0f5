import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDeadline, manualClock, systemClock } from '@codex/base';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type OutputStream, SpawnError } from '../src/index.ts';
import {
  command,
  eventually,
  isAlive,
  openDescriptors,
  ownChildren,
  PATH,
  sh,
  testFolder,
  testRunner,
} from './support.ts';

describe('a command that runs to its end', () => {
  test('reports both streams and its exit code', async () => {
    const report = await testRunner().run(sh('echo out; echo err >&2; exit 3'));
    expect(report).toEqual({
      exitCode: 3,
      timedOut: false,
      aborted: false,
      stdout: 'out\n',
      stderr: 'err\n',
      output: expect.stringMatching(/^(out\nerr\n|err\nout\n)$/),
      omittedBytes: 0,
      durationMs: expect.any(Number),
    });
  });

  test('sees its folder, exactly its environment and no input', async () => {
    const cwd = testFolder();
    const report = await testRunner().run(command(['/usr/bin/env'], { cwd, env: { ONLY: 'this' } }));
    expect(report.stdout).toBe('ONLY=this\n');
    expect((await testRunner().run(command(['pwd'], { cwd }))).stdout).toBe(`${cwd}\n`);
    expect((await testRunner().run(command(['cat']))).stdout).toBe('');
  });

  test('reads the input it is given, and may leave it unread', async () => {
    const text = 'ü€😀\n'.repeat(100_000);
    const whole = await testRunner().run(command(['cat']), { input: text, maxBytes: 4 * 1024 * 1024 });
    expect(whole.stdout === text).toBe(true);
    const unread = await testRunner().run(sh('echo done'), { input: text });
    expect([unread.exitCode, unread.stdout]).toEqual([0, 'done\n']);
  });

  test('may open /dev/stdout and /dev/stderr by name', async () => {
    const report = await testRunner().run(sh('echo a > /dev/stdout; echo b > /dev/stderr'));
    expect([report.stdout, report.stderr]).toEqual(['a\n', 'b\n']);
  });

  test('arguments reach it unchanged', async () => {
    const args = ['', ' ', '"', "'", '$HOME', '\n', 'ü€😀', '-n'];
    const report = await testRunner().run(command(['/usr/bin/printf', '[%s]', ...args]));
    expect(report.stdout).toBe(args.map((arg) => `[${arg}]`).join(''));
  });

  test('a death by signal is 128 + n', async () => {
    expect((await testRunner().run(sh('kill -9 $$'))).exitCode).toBe(137);
    expect((await testRunner().run(sh('kill -TERM $$'))).exitCode).toBe(143);
  });

  test('leads a group of its own', async () => {
    const report = await testRunner().run(sh('cut -d" " -f1,5,6 /proc/$$/stat'));
    const [pid, group, session] = report.stdout.trim().split(' ');
    expect([group, session]).toEqual([pid, pid]);
  });

  test('output of a background process is waited for, but at most about two seconds', async () => {
    const clock = manualClock();
    const runner = testRunner(undefined, clock);
    const soon = await runner.run(sh('(sleep 0.2; echo late) & echo now'));
    expect(soon.stdout).toBe('now\nlate\n');
    const said = outputOf();
    const running = runner.run(sh('sleep 30 & echo $! $$'), said.options);
    const [background = 0, leader = 0] = await said.numbers(2);
    await reaped(leader);
    clock.advance(2000);
    expect((await running).exitCode).toBe(0);
    process.kill(background, 'SIGKILL');
  });
});

describe('a command that cannot start', () => {
  const notFound = { reason: 'No such file or directory', errno: 'ENOENT', osError: 2 };

  test('missing program', async () => {
    const run = testRunner().run(command(['/no/such/program']));
    const message = 'No such file or directory (os error 2): program /no/such/program';
    const data = { subject: 'program', errno: 'ENOENT', program: '/no/such/program' };
    await expect(run).rejects.toMatchObject({ ...notFound, subject: 'program', message, data });
    await expect(run).rejects.toBeInstanceOf(SpawnError);
    await expect(testRunner().run(command(['no-such-program']))).rejects.toMatchObject(notFound);
  });

  test('missing folder', async () => {
    const run = testRunner().run(command(['true'], { cwd: '/no/such/folder' }));
    const message = 'No such file or directory (os error 2): working directory /no/such/folder';
    const data = { subject: 'cwd', errno: 'ENOENT', cwd: '/no/such/folder' };
    await expect(run).rejects.toMatchObject({ ...notFound, subject: 'cwd', message, data });
  });

  test('a file as folder, a folder and a plain file as program', async () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'plain'), 'text');
    mkdirSync(join(folder, 'sub'));
    const runner = testRunner();
    const denied = (name: string) => ({
      message: `Permission denied (os error 13): program ${join(folder, name)}`,
      subject: 'program',
    });
    await expect(runner.run(command(['true'], { cwd: join(folder, 'plain') }))).rejects.toMatchObject({
      message: `Not a directory (os error 20): working directory ${join(folder, 'plain')}`,
      subject: 'cwd',
    });
    await expect(runner.run(command([join(folder, 'plain')]))).rejects.toMatchObject(denied('plain'));
    await expect(runner.run(command([join(folder, 'sub')]))).rejects.toMatchObject(denied('sub'));
  });

  test.each([
    [command(['echo', 'a\0b']), 'nul byte found in argument'],
    [command(['echo'], { cwd: '/\0' }), 'nul byte found in working directory'],
    [command(['echo'], { env: { A: 'b\0' } }), 'nul byte found in environment variable'],
    [command(['echo'], { env: { 'A\0': 'b' } }), 'nul byte found in environment variable'],
  ])('a NUL byte (%#)', async (spec, message) => {
    await expect(testRunner().run(spec)).rejects.toMatchObject({ name: 'SpawnError', message, osError: null });
    await expect(testRunner().open(spec, { tty: true })).rejects.toMatchObject({ message });
  });

  test('names that are no variables are left out, whatever carries the command', async () => {
    const env = { PATH, A: '1', '': 'x', 'B=C': 'd' };
    const seen = (text: string) => text.split(/\r?\n/).filter((line) => /^(A|B|)=/.test(line));
    expect(seen((await testRunner().run(command(['env'], { env }))).stdout)).toEqual(['A=1']);
    const session = await testRunner().open(command(['env'], { env }), { tty: true });
    expect(seen((await session.exited).stdout)).toEqual(['A=1']);
  });

  test('without a PATH the programs of the system are found, and no others', async () => {
    expect(await testRunner().run(command(['true'], { env: {} }))).toMatchObject({ exitCode: 0 });
    const missing = command(['no-such-program'], { env: {} });
    await expect(testRunner().run(missing)).rejects.toMatchObject({ errno: 'ENOENT', subject: 'program' });
  });

  test('no words, too many words', async () => {
    await expect(testRunner().run(command([]))).rejects.toMatchObject({ code: 'invalidParams' });
    await expect(testRunner().run(command(['true', 'x'.repeat(5_000_000)]))).rejects.toMatchObject({
      message: 'Argument list too long (os error 7)',
    });
  });
});

/** Listens to a command that prints numbers of processes. */
function outputOf() {
  let text = '';
  const seen = () => text.split(/\s+/).filter(Boolean).map(Number);
  return {
    options: { onOutput: (_: OutputStream, chunk: Uint8Array) => void (text += Buffer.from(chunk).toString()) },
    async numbers(count: number) {
      await eventually(() => text.endsWith('\n') && seen().length === count);
      return seen();
    },
  };
}

/** A child of ours whose end we have been told. */
const reaped = (pid: number) => eventually(() => !existsSync(`/proc/${pid}`));

/** Runs a script and lets its time run out when it has printed `count` numbers of processes; they are returned, too. */
async function outOfTime(script: string, count: number) {
  const time = manualClock();
  const said = outputOf();
  const running = testRunner().run(sh(script), { deadline: createDeadline(1000, time), ...said.options });
  const pids = await said.numbers(count);
  time.advance(1000);
  return { pids, report: await running };
}

describe('ending early', () => {
  test('time-out ends the whole group with code 124 and keeps the output', async () => {
    const { pids, report } = await outOfTime('sleep 100 & echo $! $$; sleep 100', 2);
    expect(report).toMatchObject({ exitCode: 124, timedOut: true, aborted: false, stderr: '' });
    expect(report.stdout).toBe(`${pids.join(' ')}\n`);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await testRunner().run(sh('sleep 100'), { timeoutMs: 100 })).toMatchObject({
      exitCode: 124,
      timedOut: true,
    });
  });

  test('a process that ignores SIGTERM is killed, and so is a deaf child of an obedient leader', async () => {
    const deaf = 'trap "" TERM; echo $$; while :; do sleep 1; done';
    const ends = await Promise.all([deaf, `sh -c '${deaf}' & wait`].map((script) => outOfTime(script, 1)));
    for (const { pids, report } of ends) {
      expect(report.exitCode).toBe(124);
      expect(pids.filter(isAlive)).toEqual([]);
    }
  });

  test('grandchildren in sessions of their own go too', async () => {
    const script = 'setsid sh -c "echo \\$\\$; sleep 100 & echo \\$!; wait" & wait';
    const { pids } = await outOfTime(script, 2);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('abort', async () => {
    const controller = new AbortController();
    const report = await testRunner().run(sh('echo $$; sleep 100'), {
      signal: controller.signal,
      onOutput: () => controller.abort(),
    });
    expect(report).toMatchObject({ exitCode: 143, aborted: true, timedOut: false });
    expect(isAlive(Number(report.stdout))).toBe(false);
    expect(await testRunner().run(sh('echo hi'), { signal: controller.signal })).toMatchObject({
      aborted: true,
      stdout: '',
    });
  });

  test('abort while only a background process holds the output ends that one', async () => {
    const controller = new AbortController();
    const said = outputOf();
    const running = testRunner().run(sh('sleep 100 & echo $! $$'), { signal: controller.signal, ...said.options });
    const [background = 0, leader = 0] = await said.numbers(2);
    await reaped(leader);
    controller.abort();
    expect(await running).toMatchObject({ exitCode: 0, aborted: false });
    expect(isAlive(background)).toBe(false);
  });

  test('a paused deadline does not end anything', async () => {
    const deadline = createDeadline(150, systemClock);
    const resume = deadline.pause();
    const report = await testRunner().run(sh('sleep 0.4; echo done'), { deadline });
    expect(report).toMatchObject({ exitCode: 0, stdout: 'done\n' });
    resume();
    deadline.clear();
    const short = await testRunner().run(sh('sleep 100'), { deadline: createDeadline(100, systemClock) });
    expect(short).toMatchObject({ exitCode: 124, timedOut: true });
  });

  test('close ends what runs and refuses what comes', async () => {
    const runner = testRunner();
    let pid = 0;
    const report = runner.run(sh('echo $$; sleep 100'), { onOutput: (_, chunk) => void (pid = Number(String(chunk))) });
    const session = await runner.open(command(['cat']), { tty: true });
    await eventually(() => pid > 0);
    await Promise.all([runner.close(), runner.close()]);
    expect((await report).exitCode).toBe(143);
    expect(session.running).toBe(false);
    expect([pid, session.pid].filter(isAlive)).toEqual([]);
    await expect(runner.run(sh('true'))).rejects.toMatchObject({ code: 'invalidRequest' });
  });
});

describe('output', () => {
  test('100 MB pass by without being kept', async () => {
    const before = process.memoryUsage().rss;
    let seen = 0;
    let rounds = 0;
    const stop = new AbortController();
    const watch = (async () => {
      while (!stop.signal.aborted) {
        await systemClock.sleep(1);
        rounds++;
      }
    })();
    const report = await testRunner().run(sh('echo BEGIN; head -c 100000000 /dev/zero; echo END'), {
      maxBytes: 10_000,
      onOutput: (_, chunk) => void (seen += chunk.byteLength),
    });
    stop.abort();
    await watch;
    expect(report.output).toMatch(/^BEGIN\n\0+END\n$/);
    expect(report.output).toHaveLength(10_000);
    expect(report.omittedBytes).toBe(100_000_010 - 10_000);
    expect(seen).toBe(100_000_010);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    // It took many rounds of the loop, not one.
    expect(rounds).toBeGreaterThan(20);
  });

  test('the first bytes only, or all of them, when asked for', async () => {
    const script = 'head -c 2500000 /dev/zero; echo END';
    const head = await testRunner().run(sh(script), { keep: 'head' });
    expect(head.stdout).toHaveLength(1024 * 1024);
    expect(head.stdout).not.toContain('END');
    const all = await testRunner().run(sh(script), { maxBytes: Number.POSITIVE_INFINITY });
    expect(all.stdout).toHaveLength(2_500_004);
  });

  test('a listener that answers with a promise slows the command down', async () => {
    let held = 0;
    let most = 0;
    let bytes = 0;
    const report = await testRunner().run(sh('head -c 3000000 /dev/zero'), {
      async onOutput(_: OutputStream, chunk: Uint8Array) {
        most = Math.max(most, ++held);
        await systemClock.sleep(1);
        bytes += chunk.byteLength;
        held--;
      },
    });
    expect(report.exitCode).toBe(0);
    expect(bytes).toBe(3_000_000);
    expect(most).toBeLessThanOrEqual(2);
  });

  test('a listener that throws harms nobody', async () => {
    const fail = () => {
      throw new Error('listener');
    };
    expect((await testRunner().run(sh('echo a'), { onOutput: fail })).stdout).toBe('a\n');
    const reject = () => Promise.reject(new Error('listener'));
    expect((await testRunner().run(sh('echo a'), { onOutput: reject })).stdout).toBe('a\n');
  });
});

test('200 runs leave no descriptor and no child behind', async () => {
  const runner = testRunner();
  await runner.run(sh('true'));
  const descriptors = openDescriptors();
  const children = ownChildren();
  for (let i = 0; i < 50; i++) {
    await Promise.all([
      runner.run(command(['true'])),
      runner.run(sh('echo x')),
      runner.run(command(['/no/such/program'])).catch(() => {}),
      runner.run(command(['true'], { cwd: '/no/such/folder' })).catch(() => {}),
    ]);
  }
  await eventually(() => openDescriptors() <= descriptors && ownChildren().length <= children.length);
});

test('no program of ours is looked up where commands may write', async () => {
  const folder = testFolder();
  const mark = join(folder, 'mark');
  for (const name of ['mkfifo', 'sh', 'grep', 'prlimit', 'cat']) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} >>${mark}\n`, { mode: 0o755 });
  }
  vi.stubEnv('PATH', `${folder}:${PATH}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const runner = testRunner();
  expect((await runner.run(command(['/bin/echo', 'hi']))).stdout).toBe('hi\n');
  await runner.close();
  expect(existsSync(mark)).toBe(false);
});

test('many at once', async () => {
  const runner = testRunner();
  const reports = await Promise.all(
    Array.from({ length: 100 }, (_, i) => runner.run(sh(`echo ${i}; echo e${i} > /dev/stderr`))),
  );
  expect(reports.map(({ stdout, stderr }) => stdout + stderr)).toEqual(reports.map((_, i) => `${i}\ne${i}\n`));
});

test('gets ready ahead, which is done once, leaves nothing behind and does nothing after the end', async () => {
  const runner = testRunner();
  const before = ownChildren();
  runner.prepare();
  runner.prepare();
  // The watchdog, the maker of pipes and the trial of tags.
  expect(ownChildren().length - before.length).toBeLessThanOrEqual(3);
  expect((await runner.run(sh('echo ready'))).stdout).toBe('ready\n');
  await runner.close();
  runner.prepare();
  expect(ownChildren()).toEqual(before);
});

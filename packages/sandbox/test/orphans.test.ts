import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDeadline, manualClock, systemClock } from '@codex/base';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually, isAlive, PATH, sh, testFolder, testRunner } from './support.ts';

const DAEMON = `
use POSIX;
exit if fork; POSIX::setsid(); exit if fork;
if ($ARGV[1] eq 'silent') {
  open(STDIN, '<', '/dev/null'); open(STDOUT, '>', '/dev/null'); open(STDERR, '>', '/dev/null');
  POSIX::close($_) for 3 .. 255;
}
open(my $file, '>', $ARGV[0]); print $file "$$\\n"; close($file);
sleep 60;
`;

const SLEEPER = `sh -c 'echo $$ >"$0"; exec sleep 60' "$F"`;

/** Ways out of a command's group and family; the process that got away writes its number into $F. */
const SHAPES = ['', '>/dev/null 2>&1 </dev/null'].flatMap((to): [string, string][] => {
  const how = to ? ', silent' : '';
  return [
    [`setsid in a subshell${how}`, `(setsid ${SLEEPER} ${to} &)`],
    [`setsid -f${how}`, `setsid -f ${SLEEPER} ${to}`],
    [`nohup in the background${how}`, `(setsid nohup ${SLEEPER} ${to} &)`],
    [`an empty environment${how}`, `(setsid env -i ${SLEEPER} ${to} &)`],
    [`a daemon that forks twice${how}`, `perl -e "$DAEMON" "$F" "${how.slice(2)}"`],
  ];
});
const [ANY = ''] = SHAPES.map(([, script]) => script).reverse();

/** A command that lets a process get away, and then does `rest`; `stray` waits for the process. */
function letGo(script: string, rest: string) {
  const file = join(testFolder(), 'pid');
  const written = () => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n');
  const spec = sh(`${script}; until [ -s "$F" ]; do sleep 0.01; done; ${rest}`, { env: { PATH, F: file, DAEMON } });
  const stray = async () => {
    await eventually(written);
    const pid = Number(readFileSync(file, 'utf8'));
    onTestFinished(() => void (isAlive(pid) && process.kill(pid, 'SIGKILL')));
    expect(isAlive(pid)).toBe(true);
    return pid;
  };
  return { spec, stray };
}

describe('a process that detached itself', () => {
  test.each([
    ['is aborted', 'aborted'],
    ['runs out of time', 'timedOut'],
  ])('goes with a command that %s, however it got away', async (_, outcome) => {
    const runner = testRunner();
    const fates = await Promise.all(
      SHAPES.map(async ([name, script]) => {
        const { spec, stray } = letGo(script, 'exec sleep 60');
        const controller = new AbortController();
        const time = manualClock();
        const report = runner.run(spec, { signal: controller.signal, deadline: createDeadline(1000, time) });
        const pid = await stray();
        if (outcome === 'aborted') controller.abort();
        else time.advance(1000);
        return [name, (await report)[outcome as 'aborted' | 'timedOut'], isAlive(pid)];
      }),
    );
    expect(fates).toEqual(SHAPES.map(([name]) => [name, true, false]));
  });

  test.each([true, false])('goes with a session that is killed or closed (terminal: %s)', async (tty) => {
    const [killed, closed] = [letGo(ANY, 'exec sleep 60'), letGo(ANY, 'exec sleep 60')];
    const runner = testRunner();
    const session = await runner.open(killed.spec, { tty });
    await runner.open(closed.spec, { tty });
    const pids = [await killed.stray(), await closed.stray()];
    await session.kill();
    expect(pids.map(isAlive)).toEqual([false, true]);
    await runner.close();
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  test('goes even when it ignores a polite end', async () => {
    const { spec, stray } = letGo(
      `(setsid sh -c 'trap "" TERM; echo $$ >$F; while :; do sleep 0.1; done' &)`,
      'sleep 60',
    );
    const session = await testRunner().open(spec, { tty: false });
    const pid = await stray();
    await session.kill();
    expect(isAlive(pid)).toBe(false);
  });

  test('stays when its command ends by itself, and whatever becomes of others', async () => {
    const [done, running, ended] = [letGo(ANY, ':'), letGo(ANY, 'exec sleep 60'), letGo(ANY, 'exec sleep 60')];
    const runner = testRunner();
    expect(await runner.run(done.spec)).toMatchObject({ exitCode: 0 });
    const other = await runner.open(running.spec, { tty: false });
    const session = await runner.open(ended.spec, { tty: false });
    const pids = [await done.stray(), await running.stray(), await ended.stray(), other.pid];
    await session.kill();
    expect(pids.map(isAlive)).toEqual([true, true, false, true]);
  });

  test('cannot hide by starting others all the time', async () => {
    const file = join(testFolder(), 'pids');
    // Should it get away nevertheless, it ends with the folder of the test.
    const chain = `echo $$ >>$F || exit; sleep 0.1; setsid -f sh -c "$CHAIN" >/dev/null 2>&1`;
    const spec = sh('sh -c "$CHAIN"; exec sleep 60', { env: { PATH, F: file, CHAIN: chain } });
    const session = await testRunner().open(spec, { tty: false });
    const pids = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number) : []);
    await eventually(() => pids().length > 3);
    await session.kill();
    const seen = pids().length;
    await systemClock.sleep(300);
    expect(pids()).toHaveLength(seen);
    expect(pids().filter(isAlive)).toEqual([]);
  });
});

test('a command sees nothing of being looked after', async () => {
  const script = 'env | sort; echo $0 $#';
  const { stdout } = await testRunner().run(sh(script, { env: { PATH, A: '1' } }));
  expect(stdout).toMatch(new RegExp(`^A=1\\nPATH=${PATH}\\nPWD=/\\n/bin/sh 0\\n$`));
});

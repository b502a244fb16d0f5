import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isAbort, manualClock, systemClock } from '../src/index.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('manualClock', () => {
  it('stands still until it is advanced, and runs what is due in order of time', () => {
    const clock = manualClock(1000);
    const seen: [string, number][] = [];
    const note = (name: string) => () => seen.push([name, clock.now()]);
    clock.timer(30, note('c'));
    clock.timer(10, note('a'));
    clock.timer(10, note('b'));
    clock.timer(31, note('late'));
    clock.advance(30);
    expect(seen).toEqual([
      ['a', 1010],
      ['b', 1010],
      ['c', 1030],
    ]);
    expect(clock.now()).toBe(1030);
  });

  it('runs timers that timers start, if they are due', () => {
    const clock = manualClock();
    const seen: number[] = [];
    clock.timer(5, () => clock.timer(5, () => seen.push(clock.now())));
    clock.advance(10);
    expect(seen).toEqual([10]);
  });

  it('does not run a cancelled timer, even one that is due at the same moment', () => {
    const clock = manualClock();
    const seen: string[] = [];
    clock.timer(5, () => cancel());
    const cancel = clock.timer(5, () => seen.push('never'));
    clock.advance(5);
    cancel();
    expect(seen).toEqual([]);
  });

  it('sleeps', async () => {
    const clock = manualClock();
    let awake = false;
    void clock.sleep(10).then(() => (awake = true));
    clock.advance(9);
    await settle();
    expect(awake).toBe(false);
    clock.advance(1);
    await settle();
    expect(awake).toBe(true);
  });

  it('runs every timer exactly once, in order, however time is advanced', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), fc.array(fc.nat(20), { minLength: 1 }), (waits, steps) => {
        const clock = manualClock();
        const ran: number[] = [];
        for (const wait of waits) clock.timer(wait, () => ran.push(wait));
        for (const step of steps) clock.advance(step);
        expect(ran).toEqual(waits.filter((wait) => wait <= clock.now()).sort((a, b) => a - b));
      }),
    );
  });
});

describe.each([
  ['systemClock', systemClock],
  ['manualClock', manualClock()],
])('sleep of %s', (_, clock) => {
  it('rejects when the signal aborts and leaves no listener behind', async () => {
    const controller = new AbortController();
    const sleep = clock.sleep(60_000, controller.signal);
    controller.abort();
    await expect(sleep).rejects.toSatisfy(isAbort);
    await expect(clock.sleep(1, controller.signal)).rejects.toSatisfy(isAbort);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });
});

describe('systemClock', () => {
  afterEach(() => void vi.useRealTimers());

  it('wakes up and cleans up', async () => {
    const { signal } = new AbortController();
    await systemClock.sleep(1, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('waits as long as it is told, beyond the longest timer of Node', () => {
    vi.useFakeTimers();
    const month = 30 * 24 * 3600 * 1000;
    const run = vi.fn();
    systemClock.timer(month, run);
    const cancelled = systemClock.timer(month, () => expect.unreachable());
    vi.advanceTimersByTime(month - 1);
    expect(run).not.toHaveBeenCalled();
    cancelled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
  });
});

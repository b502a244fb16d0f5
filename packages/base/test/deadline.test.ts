import { describe, expect, it } from 'vitest';
import { createDeadline, DeadlineError, isAbort, manualClock } from '../src/index.ts';

describe('deadline', () => {
  it('aborts when the time is up', () => {
    const clock = manualClock();
    const deadline = createDeadline(100, clock);
    clock.advance(99);
    expect(deadline.expired).toBe(false);
    clock.advance(1);
    expect(deadline.expired).toBe(true);
    expect(deadline.signal.reason).toBeInstanceOf(DeadlineError);
    expect(deadline.signal.reason).toMatchObject({ ms: 100 });
    expect(isAbort(deadline.signal.reason)).toBe(true);
  });

  it('stands still while paused and goes on with what was left', () => {
    const clock = manualClock();
    const deadline = createDeadline(100, clock);
    clock.advance(60);
    const resume = deadline.pause();
    clock.advance(1000);
    resume();
    clock.advance(39);
    expect(deadline.expired).toBe(false);
    clock.advance(1);
    expect(deadline.expired).toBe(true);
  });

  it('waits for the last of several pauses; resuming twice counts once', () => {
    const clock = manualClock();
    const deadline = createDeadline(10, clock);
    const [first, second] = [deadline.pause(), deadline.pause()];
    first();
    first();
    clock.advance(1000);
    expect(deadline.expired).toBe(false);
    second();
    clock.advance(10);
    expect(deadline.expired).toBe(true);
  });

  it('never fires after clear, paused or not', () => {
    const clock = manualClock();
    const [running, paused] = [createDeadline(10, clock), createDeadline(10, clock)];
    const resume = paused.pause();
    running.clear();
    paused.clear();
    resume();
    clock.advance(100);
    expect([running.expired, paused.expired]).toEqual([false, false]);
  });

  it('has no end when no limit is given', () => {
    const clock = manualClock();
    const deadline = createDeadline(null, clock);
    deadline.pause()();
    clock.advance(1e12);
    expect(deadline.expired).toBe(false);
  });

  it('stays expired when paused afterwards', () => {
    const clock = manualClock();
    const deadline = createDeadline(0, clock);
    clock.advance(0);
    deadline.pause()();
    expect(deadline.expired).toBe(true);
  });

  it('is not lengthened by a clock that is set back', () => {
    const clock = manualClock(10_000);
    let shift = 0;
    const deadline = createDeadline(100, { ...clock, now: () => clock.now() + shift });
    shift = -5000;
    deadline.pause()();
    clock.advance(100);
    expect(deadline.expired).toBe(true);
  });
});

import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { AbortedError, abortReason, isAbort, linkedController, raceAbort } from '../src/index.ts';

const never = new Promise<never>(() => {});
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('raceAbort', () => {
  it('settles like the promise and leaves no listener behind', async () => {
    const { signal } = new AbortController();
    await expect(raceAbort(Promise.resolve(7), signal)).resolves.toBe(7);
    const cause = new Error('broken');
    await expect(raceAbort(Promise.reject(cause), signal)).rejects.toBe(cause);
    expect(listeners(signal)).toBe(0);
  });

  it('turns a rejection that is no Error into one, with the cause', async () => {
    // oxlint-disable-next-line prefer-promise-reject-errors
    const odd: Promise<never> = Promise.reject('odd');
    await expect(raceAbort(odd, new AbortController().signal)).rejects.toMatchObject({ message: 'odd', cause: 'odd' });
  });

  it('rejects with the reason as soon as the signal aborts', async () => {
    const controller = new AbortController();
    const race = raceAbort(never, controller.signal);
    const reason = new AbortedError('enough');
    controller.abort(reason);
    await expect(race).rejects.toBe(reason);
  });

  it('rejects at once for an aborted signal and swallows what the promise does later', async () => {
    const signal = AbortSignal.abort(new AbortedError());
    let fail: (error: Error) => void = () => {};
    const late = new Promise<void>((_, reject) => (fail = reject));
    await expect(raceAbort(late, signal)).rejects.toSatisfy(isAbort);
    fail(new Error('nobody listens')); // an unhandled rejection would fail the run
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('linkedController', () => {
  it('aborts with the reason of the first signal that aborts', () => {
    const [a, b] = [new AbortController(), new AbortController()];
    const { controller } = linkedController(a.signal, undefined, b.signal);
    const reason = new AbortedError('b');
    b.abort(reason);
    a.abort(new AbortedError('a'));
    expect(controller.signal.reason).toBe(reason);
  });

  it('is aborted from the start when a signal already is', () => {
    expect(linkedController(AbortSignal.abort()).controller.signal.aborted).toBe(true);
  });

  it('unlinks', () => {
    const parent = new AbortController();
    const { controller, unlink } = linkedController(parent.signal);
    unlink();
    expect(listeners(parent.signal)).toBe(0);
    parent.abort();
    expect(controller.signal.aborted).toBe(false);
  });
});

describe('abortReason', () => {
  it('is always an Error that isAbort knows', () => {
    expect(isAbort(abortReason(undefined))).toBe(true);
    expect(isAbort(abortReason(AbortSignal.abort()))).toBe(true);
    expect(isAbort(abortReason(AbortSignal.abort('text')))).toBe(true);
    expect(isAbort(new Error('other'))).toBe(false);
    expect(isAbort('AbortError')).toBe(false);
  });
});

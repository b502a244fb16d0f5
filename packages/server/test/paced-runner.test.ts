import { manualClock } from '@codex/base';
import type { OnOutput, Runner } from '@codex/sandbox';
import { expect, it } from 'vitest';
import { pacedRunner } from '../src/services/paced-runner.ts';

/** A runner that only keeps what it was given, and the listener a command would be read by. */
function listenerOf(backlog: () => Promise<unknown> | undefined, onOutput: OnOutput) {
  const clock = manualClock();
  let given: OnOutput | undefined;
  const runner = {
    run: (_spec: unknown, options?: { onOutput?: OnOutput }) => {
      given = options?.onOutput;
      return new Promise(() => {});
    },
  } as unknown as Runner;
  void pacedRunner(runner, backlog, clock).run({ argv: ['x'] } as never, { onOutput });
  return { clock, push: (text: string) => given?.('stdout', Buffer.from(text)) };
}

it('reads on at once while nobody waits, and holds while somebody does', async () => {
  const heard: string[] = [];
  let release = () => {};
  const waiting: Promise<void>[] = [];
  const { push } = listenerOf(
    () => waiting[0],
    (_stream, chunk) => void heard.push(Buffer.from(chunk).toString()),
  );
  expect(push('a')).toBeUndefined();
  waiting.push(
    new Promise((resolve) => {
      release = resolve;
    }),
  );
  const held = push('b');
  expect(heard).toEqual(['a', 'b']);
  expect(held).toBeInstanceOf(Promise);
  release();
  await held;
});

it('a reader that never reads on does not stop the command', async () => {
  const { push, clock } = listenerOf(
    () => new Promise(() => {}),
    () => {},
  );
  let over = false;
  const held = Promise.resolve(push('a')).then(() => {
    over = true;
  });
  await Promise.resolve();
  expect(over).toBe(false);
  clock.advance(1000);
  await held;
  expect(over).toBe(true);
});

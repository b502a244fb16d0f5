import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asyncQueue, channelPair } from '../src/index.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('asyncQueue', () => {
  it('delivers in order what is pushed before, while and after the reader waits', async () => {
    const queue = asyncQueue<number>();
    queue.push(1);
    const read = collect(queue);
    await Promise.resolve();
    queue.push(2);
    queue.push(3);
    await new Promise((resolve) => setImmediate(resolve));
    queue.push(4);
    queue.end();
    queue.push(5);
    await expect(read).resolves.toEqual([1, 2, 3, 4]);
  });

  it('keeps order and count in any interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (steps) => {
        const queue = asyncQueue<number>();
        const read = collect(queue);
        let n = 0;
        for (const push of steps) {
          if (push) queue.push(n++);
          else await Promise.resolve();
        }
        queue.end();
        expect(await read).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it('knows its size, and serves many items', async () => {
    const queue = asyncQueue<number>();
    for (let i = 0; i < 10_000; i++) queue.push(i);
    expect(queue.size).toBe(10_000);
    let next = 0;
    for await (const item of queue) {
      expect(item).toBe(next++);
      expect(queue.size).toBe(10_000 - next);
      if (next === 5000) queue.end();
    }
    expect(next).toBe(10_000);
  });

  it('ends a reader that waits', async () => {
    const queue = asyncQueue<number>();
    const read = collect(queue);
    await Promise.resolve();
    queue.end();
    queue.end();
    await expect(read).resolves.toEqual([]);
  });
});

describe('channelPair', () => {
  it('carries messages both ways and ends on both sides', async () => {
    const [a, b] = channelPair<string, number>();
    a.send(1);
    b.send('x');
    a.send(2);
    b.close();
    a.close();
    a.send(3);
    await expect(collect(b.messages)).resolves.toEqual([1, 2]);
    await expect(collect(a.messages)).resolves.toEqual(['x']);
  });

  it('hands objects over as they are, or as copies through JSON', async () => {
    const message = { at: 1, gone: undefined };
    const [plain, plainEnd] = channelPair<never, typeof message>();
    const [wire, wireEnd] = channelPair<never, typeof message>({ json: true });
    for (const channel of [plain, wire]) {
      channel.send(message);
      channel.close();
    }
    expect((await collect(plainEnd.messages))[0]).toBe(message);
    const [copy] = await collect(wireEnd.messages);
    expect(Object.keys(copy ?? {})).toEqual(['at']);
  });
});

import { describe, expect, it, test } from 'vitest';
import { HEAVY, MUTATIONS, mutate } from '../mutate.mjs';
import { createRandom } from '../random.mjs';

const LINES = [
  { timestamp: '2026-01-01T00:00:00.000Z', type: 'session_meta', payload: { id: 'a', timestamp: '2026-01-01' } },
  { timestamp: '2026-01-01T00:00:01.000Z', type: 'event_msg', payload: { type: 'user_message', message: 'x', n: 1 } },
  { timestamp: '2026-01-01T00:00:02.000Z', type: 'event_msg', payload: { type: 'agent_message', list: [1, 2, 3] } },
];
const FILE = Buffer.from(LINES.map((line) => `${JSON.stringify(line)}\n`).join(''));

test('one seed gives the same numbers, another seed others', () => {
  const numbers = (seed: number) => Array.from({ length: 50 }, createRandom(seed).next);
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
  for (const number of numbers(7)) expect(number >= 0 && number < 1).toBe(true);
});

describe('a spoiled file', () => {
  it.each(Object.entries(MUTATIONS))(
    'by %s differs from the original, and is the same again for the same seed',
    (_, spoil) => {
      const spoiled = Array.from({ length: 40 }, (__, seed) => spoil(Buffer.from(FILE), createRandom(seed)));
      const again = Array.from({ length: 40 }, (__, seed) => spoil(Buffer.from(FILE), createRandom(seed)));
      expect(spoiled.map(String)).toEqual(again.map(String));
      expect(spoiled.some((bytes) => !FILE.equals(bytes))).toBe(true);
    },
  );

  it('may be spoiled in several ways, which are named', () => {
    const all = Array.from({ length: 200 }, (_, seed) => mutate(FILE, createRandom(seed)));
    expect(new Set(all.flatMap(({ kinds }) => kinds)).size).toBeGreaterThan(20);
    expect(new Set(all.map(({ kinds }) => kinds.length))).toEqual(new Set([1, 3]));
  });

  it('may have a line of 50 MB', () => {
    for (const spoil of Object.values(HEAVY)) {
      const bytes = spoil(FILE, createRandom(1));
      expect(bytes.length).toBeGreaterThan(FILE.length + 50_000_000 - 1);
    }
  });

  it('has one wrong value, of the kind that was asked for', () => {
    const { wrongTime } = MUTATIONS;
    const lines = wrongTime(FILE, createRandom(3)).toString().trim().split('\n');
    const changed = lines.filter((line, i) => line !== JSON.stringify(LINES[i]));
    expect(changed).toHaveLength(1);
    const before = LINES.find((line) => line.type === JSON.parse(changed[0]!).type);
    const { timestamp, payload, ...rest } = JSON.parse(changed[0]!);
    expect({
      ...rest,
      times: timestamp === before?.timestamp && payload.timestamp === before?.payload.timestamp,
    }).toEqual({
      type: before?.type,
      times: false,
    });
  });
});

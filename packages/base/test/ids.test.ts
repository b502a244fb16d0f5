import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countingIds, isUuid, systemIds, uuidv7 } from '../src/index.ts';

describe('uuidv7', () => {
  it('has the form of a version 7 UUID and tells the time', () => {
    const far = 2 ** 44; // later than any time other tests ask for
    const id = uuidv7({ now: () => far });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(far);
    expect(isUuid(id)).toBe(true);
  });

  it('sorts strictly by creation, however the clock stands still or goes back', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 2, maxLength: 200 }), (times) => {
        const ids = times.map((time) => uuidv7({ now: () => time }));
        expect(new Set(ids).size).toBe(ids.length);
        expect([...ids].sort()).toEqual(ids);
      }),
    );
  });

  it('stays in order when more ids than the counter holds fall into one millisecond', () => {
    const clock = { now: () => 2 ** 45 };
    const ids = Array.from({ length: 10_000 }, () => uuidv7(clock));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('isUuid', () => {
  it('refuses anything else', () => {
    for (const text of ['', 'x', '0190f3a0-0000-7000-8000-00000000000', ' 0190f3a0-0000-7000-8000-000000000000']) {
      expect(isUuid(text)).toBe(false);
    }
  });
});

describe.each([
  ['systemIds', systemIds({ now: () => 0 })],
  ['countingIds', countingIds()],
])('%s', (_, ids) => {
  it('keeps to length and range', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: -5, max: 5 }), fc.nat(9), (length, min, more) => {
        expect(ids.hex(length)).toMatch(new RegExp(`^[0-9a-f]{${length}}$`));
        const n = ids.integer(min, min + more);
        expect(n).toBeGreaterThanOrEqual(min);
        expect(n).toBeLessThanOrEqual(min + more);
        expect(isUuid(ids.uuid())).toBe(true);
      }),
    );
  });
});

it('countingIds counts', () => {
  const ids = countingIds();
  expect([ids.uuid(), ids.uuid(), ids.hex(4)]).toEqual([
    '00000000-0000-7000-8000-000000000001',
    '00000000-0000-7000-8000-000000000002',
    '0003',
  ]);
});

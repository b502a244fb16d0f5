import { randomBytes, randomFillSync } from 'node:crypto';
import type { Clock } from './clock.ts';

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
const POOL = new Uint8Array(1024);
let poolAt = POOL.length;
let lastMs = 0;
let counter = 0;

/** A UUID v7: sorts by time, and within one process strictly by order of creation. */
export function uuidv7(clock: Pick<Clock, 'now'>): string {
  if (poolAt + 10 > POOL.length) {
    randomFillSync(POOL);
    poolAt = 0;
  }
  const r = POOL.subarray(poolAt, poolAt + 10);
  poolAt += 10;
  let ms = Math.max(clock.now(), lastMs);
  if (ms === lastMs) {
    if (++counter > 0xfff) {
      ms += 1;
      counter = 0;
    }
  } else counter = ((r[0] ?? 0) & 0x7) << 8;
  lastMs = ms;
  const h = (byte: number) => HEX[byte & 0xff] ?? '00';
  const high = Math.floor(ms / 2 ** 32);
  const low = ms >>> 0;
  const at = (i: number) => h(r[i] ?? 0);
  return (
    h(high >> 8) +
    h(high) +
    h(low >>> 24) +
    h(low >>> 16) +
    '-' +
    h(low >>> 8) +
    h(low) +
    '-' +
    h(0x70 | (counter >> 8)) +
    h(counter) +
    '-' +
    h(0x80 | ((r[1] ?? 0) & 0x3f)) +
    at(2) +
    '-' +
    at(3) +
    at(4) +
    at(5) +
    at(6) +
    at(7) +
    at(8)
  );
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Where new identifiers come from. */
export interface Ids {
  /** Threads, turns and user messages: UUID v7. */
  uuid(): string;
  /** `length` random hexadecimal digits. */
  hex(length: number): string;
  /** A random integer from `min` to `max`, both included. */
  integer(min: number, max: number): number;
}

export function systemIds(clock: Pick<Clock, 'now'>): Ids {
  return {
    uuid: () => uuidv7(clock),
    hex: (length) =>
      randomBytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
    integer: (min, max) => min + (randomBytes(6).readUIntBE(0, 6) % (max - min + 1)),
  };
}

/** Predictable ids for tests: …0001, …0002 and so on. */
export function countingIds(): Ids {
  let n = 0;
  const next = () => ++n;
  return {
    uuid: () => `00000000-0000-7000-8000-${next().toString(16).padStart(12, '0')}`,
    hex: (length) => next().toString(16).padStart(length, '0').slice(-length),
    integer: (min, max) => min + (next() % (max - min + 1)),
  };
}

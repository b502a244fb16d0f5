import { expect, it } from 'vitest';
import { createLogger, leastLevel, LOG_LEVELS } from '../src/index.ts';

it.each([
  [undefined, 'error'],
  ['', 'error'],
  ['nonsense', 'error'],
  ['WARN', 'warn'],
  ['error,codex_core=debug', 'debug'],
  ['off', undefined],
  ['off,codex_core=trace', 'trace'],
])('the filter %j lets through from %s', (filter, level) => {
  expect(LOG_LEVELS[leastLevel(filter)]).toBe(level);
});

it('a child adds its fields, and nothing is written that is not wanted', () => {
  const written: unknown[] = [];
  const log = createLogger({ wants: (level) => level !== 'debug', write: (...entry) => written.push(entry) });
  const child = log.child({ a: 1, b: 1 }).child({ b: 2 });
  child.debug({ c: 3 }, 'no');
  child.info({ c: 3 }, 'yes');
  log.error({}, 'bare');
  expect(written).toEqual([
    ['info', { a: 1, b: 2, c: 3 }, 'yes'],
    ['error', {}, 'bare'],
  ]);
});

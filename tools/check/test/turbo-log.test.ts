import { describe, expect, it } from 'vitest';
import { readTurboLog, sumTests } from '../turbo-log.mjs';

const LOG = `
 Packages in scope: @codex/a, @codex/b, @codex/c
@codex/a:test: cache hit, replaying logs 0123456789abcdef
@codex/a:test:
@codex/a:test: > vitest run
@codex/a:test:  Tests  3 passed (3)
@codex/a:test: test-count {"passed":3,"failed":0,"skipped":1}
@codex/b:typecheck: src/x.ts(1,1): error TS1: no
@codex/b:test: \u001b[31mtest-count {"passed":1,"failed":2,"skipped":0}\u001b[39m
@codex/b:test:  ELIFECYCLE  Command failed with exit code 1.
@codex/c:test: Segmentation fault

 Tasks:    4 successful, 6 total
Failed:    @codex/b#test, @codex/b#typecheck, @codex/c#test
`;

describe('turbo log', () => {
  it('counts replayed and fresh runs alike, and knows who failed', () => {
    const log = readTurboLog(LOG);
    expect([...log.counts]).toEqual([
      ['@codex/a', { passed: 3, failed: 0, skipped: 1 }],
      ['@codex/b', { passed: 1, failed: 2, skipped: 0 }],
    ]);
    expect(log.failedTasks).toEqual(['@codex/b#test', '@codex/b#typecheck', '@codex/c#test']);
    expect(log.logs.get('@codex/b#typecheck')).toEqual(['src/x.ts(1,1): error TS1: no']);
  });

  it('sums, and takes silence for a failure', () => {
    expect(sumTests(readTurboLog(LOG), ['@codex/a', '@codex/b', '@codex/c', '@codex/d'])).toEqual({
      passed: 4,
      failed: 4,
      skipped: 1,
    });
  });

  it('counts a run that failed after all its tests passed', () => {
    const log = readTurboLog(
      '@codex/a:test: test-count {"passed":3,"failed":0,"skipped":0}\nFailed:    @codex/a#test\n',
    );
    expect(sumTests(log, ['@codex/a'])).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });
});

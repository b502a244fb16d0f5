import type { Reporter } from 'vitest/node';
import { defineConfig, mergeConfig } from 'vitest/config';

/** Ends every run with one line that `tools/check` adds up; it is in turbo's log, so a replayed run counts like a real one. */
const countReporter: Reporter = {
  onTestRunEnd(modules, errors) {
    let passed = 0;
    let failed = errors.length;
    let skipped = 0;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failed += 1;
        else skipped += 1;
      }
    }
    process.stdout.write(`\ntest-count ${JSON.stringify({ passed, failed, skipped })}\n`);
  },
};

/** What every package's vitest.config.ts shares: sources are resolved through the `@codex/source` condition, so nothing has to be built first. */
export const base = defineConfig({
  resolve: { conditions: ['@codex/source'] },
  ssr: { resolve: { conditions: ['@codex/source'], externalConditions: ['@codex/source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    // Patience for what must happen: on a crowded machine everything happens late, and what works never waits so long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ['dot', countReporter],
    unstubEnvs: true,
  },
});

/**
 * For a package of many test files that leave nothing behind in their process: it loads the sources once instead of once a
 * file, which halves the work. Not where tests look at their own process or at what the first use of a module does.
 */
export const oneProcess = mergeConfig(base, { test: { isolate: false } });

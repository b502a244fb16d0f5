import { defineConfig } from 'vitest/config';

/** What every package's vitest.config.ts shares: sources are resolved through the `@codex/source` condition, so nothing has to be built first. */
export const base = defineConfig({
  resolve: { conditions: ['@codex/source'] },
  ssr: { resolve: { conditions: ['@codex/source'], externalConditions: ['@codex/source'] } },
  test: { include: ['test/**/*.test.ts'], testTimeout: 20_000, reporters: ['dot'], unstubEnvs: true },
});

import fs from 'node:fs';
import path from 'node:path';
import { install, isInstalled, withSetupLock } from './install.mjs';
import { restoreNative } from './native.mjs';
import { REPO, runTool, say } from './repo.mjs';

/**
 * Brings a checkout to where the launcher can start it: dependencies installed, bundle built. Does only what is missing.
 * When sources changed but cannot be built, an earlier bundle keeps working and the problem is named.
 */
async function bootstrap() {
  const usable = fs.existsSync(path.join(REPO, 'dist/codex/current/loader.cjs'));
  try {
    await withSetupLock(async () => {
      if (!isInstalled()) {
        install();
        restoreNative();
      }
      // Needs the installed bundler, hence not loaded before.
      const { build, isCurrent, touchStamp } = await import('./build.mjs');
      if (isCurrent()) touchStamp();
      else {
        say('building');
        await build();
      }
    });
  } catch (error) {
    if (!usable) throw error;
    say(
      `the sources changed but could not be built; running the previous build (see: pnpm build:cli)\n${error.message}`,
    );
  }
}

await runTool(async () => {
  await bootstrap();
  // Not part of a start: the program runs without it, and building it takes a minute.
  if (!process.argv.includes('--native')) return;
  const { ensureNative } = await import('./native.mjs');
  await ensureNative({ again: true });
});

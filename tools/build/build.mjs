import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle } from './bundle.mjs';
import { withSetupLock } from './install.mjs';
import { REPO, runTool, say } from './repo.mjs';
import { stampOf } from './stamp.mjs';
import { warm } from './warm.mjs';

const KEPT_BUILDS = 3;

/** True when dist/codex/current was built from the sources as they are now. */
export function isCurrent(repo = REPO) {
  try {
    return fs.readFileSync(path.join(repo, 'dist/codex/current/stamp'), 'utf8').trim() === stampOf(repo);
  } catch {
    return false;
  }
}

/**
 * Builds dist/codex/<id>/ and points dist/codex/current at it. Running processes keep the folder they started from, so
 * that a chunk they load later is the one that belongs to them; the last few builds are kept for that.
 */
export async function build(repo = REPO, { warmUp = true } = {}) {
  const dist = path.join(repo, 'dist/codex');
  const draft = path.join(dist, `draft-${process.pid}`);
  const stamp = stampOf(repo);
  const started = performance.now();
  fs.rmSync(draft, { recursive: true, force: true });
  fs.mkdirSync(draft, { recursive: true });
  try {
    const id = await bundle({
      entry: path.join(repo, 'apps/cli/src/main.ts'),
      folder: draft,
      loader: fileURLToPath(new URL('loader.cjs', import.meta.url)),
    });
    const folder = path.join(dist, id);
    if (!fs.existsSync(folder)) fs.renameSync(draft, folder);
    writeWhole(path.join(folder, 'stamp'), `${stamp}\n`);
    if (warmUp) await warm(folder);
    point(path.join(dist, 'current'), id);
    removeOldBuilds(dist, id);
    return { id, folder, ms: Math.round(performance.now() - started) };
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
}

/** Makes the launcher see the bundle as newer than the checkout's last change. */
export function touchStamp(repo = REPO) {
  const now = new Date();
  fs.utimesSync(path.join(repo, 'dist/codex/current/stamp'), now, now);
}

function writeWhole(file, text) {
  fs.writeFileSync(`${file}.tmp`, text);
  fs.renameSync(`${file}.tmp`, file);
}

function point(link, target) {
  const draft = `${link}.${process.pid}`;
  fs.rmSync(draft, { force: true });
  fs.symlinkSync(target, draft, 'dir');
  fs.renameSync(draft, link);
}

function removeOldBuilds(dist, current) {
  const builds = fs
    .readdirSync(dist, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[0-9a-f]{16}$/.test(entry.name) && entry.name !== current)
    .map((entry) => ({ folder: path.join(dist, entry.name), at: fs.statSync(path.join(dist, entry.name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { folder } of builds.slice(KEPT_BUILDS)) fs.rmSync(folder, { recursive: true, force: true });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runTool(() =>
    withSetupLock(async () => {
      if (isCurrent() && !process.argv.includes('--force')) {
        touchStamp();
        say('the bundle is up to date');
        return;
      }
      const { id, ms } = await build();
      say(`built ${id} in ${ms} ms`);
    }),
  );
}

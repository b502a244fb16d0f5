import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';
import { REPO, runTool, SetupError, say } from './repo.mjs';

/** True when node_modules was made from the lockfile as it is now: pnpm keeps a copy of the one it installed. */
export function isInstalled(repo = REPO) {
  const wanted = read(path.join(repo, 'pnpm-lock.yaml'));
  return wanted !== null && wanted === read(path.join(repo, 'node_modules/.pnpm/lock.yaml'));
}

/** Installs what the lockfile names, with the pnpm version the workspace pins. Needs npm and its registry, nothing else. */
export function install(repo = REPO) {
  const { packageManager } = JSON.parse(fs.readFileSync(path.join(repo, 'package.json'), 'utf8'));
  say(`installing dependencies (${packageManager}, once)`);
  const { status, error } = spawnSync(
    'npx',
    ['-y', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'],
    {
      cwd: repo,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, CI: '1', npm_config_update_notifier: 'false' },
    },
  );
  if (error && 'code' in error && error.code === 'ENOENT')
    throw new SetupError('npx was not found; install npm (it comes with Node) and start again');
  if (error || status !== 0) {
    throw new SetupError(
      `installing dependencies failed (${error?.message ?? `exit code ${status}`}); see above. Is the npm registry reachable? Try: npx -y ${packageManager} install --frozen-lockfile`,
    );
  }
}

/** One process at a time may install or build in a checkout. */
export function withSetupLock(work, repo = REPO) {
  fs.mkdirSync(path.join(repo, 'dist'), { recursive: true });
  const onWait = (pid) => say(`waiting for another setup of this checkout (process ${pid ?? 'unknown'})`);
  return withLock(path.join(repo, 'dist/.setup.lock'), work, { onWait });
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runTool(async () => {
    if (!isInstalled()) await withSetupLock(() => isInstalled() || install());
  });
}

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { withSetupLock } from './install.mjs';
import { REPO, runTool, say } from './repo.mjs';

const LIMIT_MS = 10 * 60_000;
const PROBE =
  'const [, library, nativeBinding] = process.argv; new (require(library))(":memory:", { nativeBinding }).close()';

/**
 * Builds the compiled part of better-sqlite3 for the running Node, unless it is there. Never fails: without it the
 * program answers from files, so every obstacle is one line on stderr. Safe beside another build: it happens in a folder
 * of its own and is moved into place whole. An attempt that failed is repeated only with `again`.
 */
export async function ensureNative({ repo = REPO, env = process.env, headers = null, again = false } = {}) {
  try {
    const library = libraryFolder(repo);
    if (!library || loads(library)) return;
    restoreNative(repo);
    await withSetupLock(() => loads(library) || build({ repo, library, env, headers, again }), repo);
  } catch (error) {
    giveUp(error.message);
  }
}

/** Puts an addon that was built before back where an installation has made the library anew. Throws nothing. */
export function restoreNative(repo = REPO) {
  quietly(() => {
    const library = libraryFolder(repo);
    if (!library || fs.existsSync(placeIn(library))) return;
    const kept = keptOf(repo, library);
    if (fs.existsSync(kept)) copyWhole(kept, placeIn(library));
  });
}

function build({ repo, library, env, headers, again }) {
  const { modules } = process.versions;
  const marker = path.join(repo, 'dist', `native-failed-${versionOf(library)}-${modules}.log`);
  if (!again && fs.existsSync(marker)) return giveUp(`an earlier attempt failed (${marker})`);
  const known = headers ?? headerFolders(env);
  const nodedir = known.find(hasMatchingHeaders);
  if (!nodedir) return giveUp(`no headers of Node ${process.version} in ${known.join(', ')}`);
  const gyp = path.join(repo, 'node_modules/pnpm/dist/node_modules/node-gyp/bin/node-gyp.js');
  if (!fs.existsSync(gyp)) return giveUp(`node-gyp is not installed (${gyp})`);
  say('compiling SQLite for this Node (once, about a minute)');
  const problem = compile({ repo, library, gyp, nodedir, env });
  if (problem === null) {
    fs.rmSync(marker, { force: true });
    return;
  }
  fs.writeFileSync(marker, problem);
  giveUp(`compiling it failed: ${lastLine(problem)} (all of it: ${marker})`);
}

/** Null when the addon is in place and works, else what went wrong. */
function compile({ repo, library, gyp, nodedir, env }) {
  let work;
  try {
    work = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-native-'));
    for (const name of ['binding.gyp', 'deps', 'src', 'package.json'])
      fs.cpSync(path.join(library, name), path.join(work, name), { recursive: true });
    const args = [gyp, 'rebuild', '--release', `--nodedir=${nodedir}`, '--jobs=max'];
    const { status, error, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: work,
      env,
      encoding: 'utf8',
      timeout: LIMIT_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
    if (error || status !== 0)
      return `${stdout ?? ''}${stderr ?? ''}${error?.message ?? `node-gyp ended with ${status}`}`;
    const addon = path.join(work, 'build/Release/better_sqlite3.node');
    if (!loads(library, addon)) return 'the compiled addon cannot be loaded';
    copyWhole(addon, placeIn(library));
    copyWhole(addon, keptOf(repo, library));
    return null;
  } catch (error) {
    return error.message;
  } finally {
    if (work) quietly(() => fs.rmSync(work, { recursive: true, force: true }));
  }
}

/** One of the places where the library looks, named by Node's binary interface: several versions of Node get along. */
const placeIn = (library) => path.join(library, 'lib/binding', platformName(), 'better_sqlite3.node');

/** A copy that outlives `node_modules`. */
const keptOf = (repo, library) =>
  path.join(repo, 'dist/native', `better_sqlite3-${versionOf(library)}-${platformName()}.node`);

const platformName = () => `node-v${process.versions.modules}-${process.platform}-${process.arch}`;

function copyWhole(file, target) {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(file, `${target}.${process.pid}`);
  fs.renameSync(`${target}.${process.pid}`, target);
}

/** Where the headers of the running Node may be: beside it, where npm was told, where distributions put them. */
function headerFolders(env) {
  const beside = path.resolve(path.dirname(fs.realpathSync(process.execPath)), '..');
  return [beside, env.npm_config_nodedir ?? npmNodedir(env), '/usr'].filter((folder) => folder);
}

function npmNodedir(env) {
  try {
    const stdio = /** @type {import('node:child_process').StdioOptions} */ (['ignore', 'pipe', 'ignore']);
    const text = execFileSync('npm', ['config', 'get', 'nodedir'], { env, encoding: 'utf8', timeout: 10_000, stdio });
    return ['undefined', 'null'].includes(text.trim()) ? '' : text.trim();
  } catch {
    return '';
  }
}

/** Headers of another Node would give an addon that this one refuses. */
function hasMatchingHeaders(prefix) {
  const folder = path.join(prefix, 'include/node');
  if (!fs.existsSync(path.join(folder, 'node_api.h'))) return false;
  try {
    const text = fs.readFileSync(path.join(folder, 'node_version.h'), 'utf8');
    return [...text.matchAll(/define\s+NODE_MODULE_VERSION\s+(\d+)/g)].some(
      ([, abi]) => abi === process.versions.modules,
    );
  } catch {
    return false;
  }
}

function libraryFolder(repo) {
  try {
    const from = createRequire(path.join(repo, 'packages/state/package.json'));
    return path.dirname(from.resolve('better-sqlite3/package.json'));
  } catch {
    return null;
  }
}

const versionOf = (library) => JSON.parse(fs.readFileSync(path.join(library, 'package.json'), 'utf8')).version;

/** Tried in a process of its own: a broken addon takes its process down. Without `addon` the library looks for it. */
function loads(library, addon = '') {
  const args = addon ? [library, addon] : [library];
  return spawnSync(process.execPath, ['-e', PROBE, ...args], { stdio: 'ignore', timeout: 60_000 }).status === 0;
}

function giveUp(reason) {
  say(`continuing without SQLite, lists are read from files: ${reason}; (to try again: npm run setup -- --native)`);
}

const lastLine = (text) =>
  text
    .trim()
    .split('\n')
    .findLast((line) => /error|not found|ENOENT/i.test(line)) ?? text.trim();

function quietly(work) {
  try {
    work();
  } catch {
    // Nothing here may stop a setup.
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runTool(() => ensureNative({ again: process.argv.includes('--again') }));
}

'use strict';

// Runs main.cjs beside this file. Every chunk is compiled with V8's code cache; a chunk whose cache is missing or was
// refused gets a new one when the process ends, when the functions it really used are compiled. A cache can only be
// whole (temporary file, fsync, rename, checksum: V8 would run a damaged one) and only make a start faster: nothing
// here may fail because of it.
// CODEX_CODE_CACHE=off neither reads nor writes, =refresh reads and always writes (used after building).
const version = process.versions.node.split('.');
if (+version[0] < 20 || (+version[0] === 20 && +version[1] < 19)) {
  process.stderr.write('codex needs Node 20.19 or newer; ' + process.execPath + ' is ' + process.version + '.\n');
  process.exit(1);
}

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const Module = require('node:module');
const { crc32 } = require('node:zlib');

const SAVE_AFTER_MS = 5_000;
const LEFTOVER_MS = 3_600_000;
const mode = process.env.CODEX_CODE_CACHE;
const key = `cache-${process.versions.v8}-${process.arch}`;
const nativeRequire = Module.createRequire(__filename);
const chunks = new Map();
let externals;
let cacheDir;
let saveTimer;

/** Beside the bundle, or in the user's cache directory when that place cannot be written. */
function chooseCacheDir() {
  try {
    fs.accessSync(__dirname, fs.constants.W_OK);
    return path.join(__dirname, key);
  } catch {
    const base = process.env.XDG_CACHE_HOME || path.join(nativeRequire('node:os').homedir(), '.cache');
    return path.join(base, 'codex-ts', path.basename(__dirname), key);
  }
}

function readCache(name) {
  if (mode === 'off') return undefined;
  try {
    cacheDir ??= chooseCacheDir();
    const file = fs.readFileSync(path.join(cacheDir, name));
    const data = file.subarray(0, -4);
    return crc32(data) === file.readUInt32LE(data.length) ? data : undefined;
  } catch {
    return undefined;
  }
}

function load(name) {
  const known = chunks.get(name);
  if (known) return known.module.exports;
  const filename = path.join(__dirname, name);
  const cachedData = readCache(name);
  const script = new vm.Script(Module.wrap(fs.readFileSync(filename, 'utf8')), { filename, cachedData });
  const stale = mode === 'refresh' || !cachedData || script.cachedDataRejected === true;
  const module = { exports: {}, id: filename, filename, loaded: false };
  chunks.set(name, { module, script, stale });
  // A server that is always killed would never reach `exit`.
  if (stale && mode !== 'off') saveTimer ??= setTimeout(save, SAVE_AFTER_MS).unref();
  script.runInThisContext().call(module.exports, module.exports, requireFromChunk, module, filename, __dirname);
  module.loaded = true;
  return module.exports;
}

function requireFromChunk(id) {
  if (id.startsWith('./')) return load(path.basename(id));
  if (id.startsWith('node:')) return nativeRequire(id);
  externals ??= JSON.parse(fs.readFileSync(path.join(__dirname, 'externals.json'), 'utf8'));
  return nativeRequire(Object.hasOwn(externals, id) ? path.resolve(__dirname, externals[id]) : id);
}
requireFromChunk.resolve = nativeRequire.resolve;

function save() {
  if (mode === 'off') return;
  try {
    const stale = [...chunks].filter(([, chunk]) => chunk.stale);
    if (stale.length === 0) return;
    cacheDir ??= chooseCacheDir();
    fs.mkdirSync(cacheDir, { recursive: true });
    for (const [name, chunk] of stale) {
      chunk.stale = false;
      const data = chunk.script.createCachedData();
      const checksum = Buffer.alloc(4);
      checksum.writeUInt32LE(crc32(data));
      writeWhole(path.join(cacheDir, name), Buffer.concat([data, checksum]));
    }
    removeLeftovers();
  } catch {
    // The next process tries again.
  }
}

function writeWhole(file, data) {
  const temporary = `${file}.${process.pid}-${process.hrtime.bigint()}.tmp`;
  const fd = fs.openSync(temporary, 'wx', 0o644);
  try {
    fs.writeFileSync(fd, data);
    fs.fsyncSync(fd);
    fs.closeSync(fd);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** Temporary files of processes that were killed while writing. */
function removeLeftovers() {
  for (const name of fs.readdirSync(cacheDir)) {
    if (!name.endsWith('.tmp')) continue;
    const file = path.join(cacheDir, name);
    if (Date.now() - fs.statSync(file).mtimeMs > LEFTOVER_MS) fs.rmSync(file, { force: true });
  }
}

process.on('exit', save);
load('main.cjs');

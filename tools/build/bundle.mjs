import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Packages with native code, or that find files beside themselves: loaded from node_modules when they are used. */
const EXTERNAL = new Set(['@lydell/node-pty', 'better-sqlite3', 'sharp']);

/**
 * The client of the model names two things of the web that make Node load its whole fetch implementation, some 20 ms of
 * every start, though our requests do not go through it: it gets plain headers, and a kind of body that it never sees.
 */
const PLAIN_HEADERS = path.join(import.meta.dirname, 'plain-headers.mjs');
const CLIENT_PREFIXES = [
  {
    file: /[\\/]openai[\\/]internal[\\/](headers|utils[\\/]log)\.m?js$/,
    prefix: `import { Headers } from ${JSON.stringify(PLAIN_HEADERS)};\n`,
  },
  { file: /[\\/]openai[\\/]client\.m?js$/, prefix: 'class FormData {}\n' },
];

/** As fast to start as everything on one line, but a stack names functions and Node shows a line, not a whole chunk. */
const READABLE = {
  compress: { keepNames: { function: true, class: true } },
  mangle: { keepNames: true },
  codegen: { removeWhitespace: false },
};

/**
 * Bundles `entry` into `folder`: main.cjs, one chunk per dynamic import, the loader, and externals.json with the places
 * of the packages left outside (found from the importer, since they are nobody else's dependency).
 * Returns an id made from the content.
 */
export async function bundle({ entry, folder, loader, banner = '' }) {
  const { rolldown } = await import('rolldown');
  const externals = {};
  const build = await rolldown({
    input: { main: entry },
    platform: 'node',
    logLevel: 'warn',
    resolve: { conditionNames: ['@codex/source', 'node', 'default'] },
    plugins: [
      {
        name: 'native-packages',
        resolveId(id, importer) {
          if (!EXTERNAL.has(id)) return null;
          const place = importer && resolveFrom(importer, id);
          if (place) externals[id] = path.relative(folder, place);
          return { id, external: true };
        },
      },
      {
        name: 'no-fetch',
        transform(code, id) {
          const match = CLIENT_PREFIXES.find(({ file }) => file.test(id));
          return match ? match.prefix + code : null;
        },
      },
    ],
    onLog(level, log, report) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
      report(level, log);
    },
  });
  try {
    await build.write({
      dir: folder,
      format: 'cjs',
      minify: READABLE,
      sourcemap: false,
      exports: 'named',
      dynamicImportInCjs: false,
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name]-[hash].cjs',
      banner,
    });
  } finally {
    await build.close();
  }
  fs.copyFileSync(loader, path.join(folder, 'loader.cjs'));
  fs.writeFileSync(path.join(folder, 'externals.json'), `${JSON.stringify(externals)}\n`);
  return contentId(folder);
}

function resolveFrom(importer, id) {
  try {
    return createRequire(importer).resolve(id);
  } catch {
    return null;
  }
}

function contentId(folder) {
  const hash = createHash('sha256');
  for (const name of fs.readdirSync(folder).sort())
    hash.update(`${name}\0`).update(fs.readFileSync(path.join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}

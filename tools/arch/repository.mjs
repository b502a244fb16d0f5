import fs from 'node:fs';
import path from 'node:path';
import { scan } from './scan.mjs';

const GROUPS = ['packages', 'apps', 'tools'];
const SKIPPED = new Set(['node_modules', 'dist', 'fixtures', 'golden', '.turbo', '.cache', 'coverage']);
const SOURCE = /\.(ts|mts|cts|js|mjs|cjs)$/;

/** Reads every package below `root`: manifests by folder and all source modules, scanned. */
export function readRepository(root) {
  const manifests = {};
  const modules = [];
  for (const group of GROUPS) {
    for (const name of folders(path.join(root, group))) {
      const folder = `${group}/${name}`;
      const manifest = path.join(root, folder, 'package.json');
      if (!fs.existsSync(manifest)) continue;
      manifests[folder] = JSON.parse(fs.readFileSync(manifest, 'utf8'));
      for (const file of walk(root, folder)) {
        const source = fs.readFileSync(path.join(root, file), 'utf8');
        const inside = file.slice(folder.length + 1);
        const area = inside.startsWith('src/') ? 'src' : inside.startsWith('test/') ? 'test' : 'other';
        modules.push({ file, package: folder, area, lines: source.split('\n').length - 1, ...scan(source) });
      }
    }
  }
  return { manifests, modules };
}

function folders(parent) {
  if (!fs.existsSync(parent)) return [];
  return fs
    .readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function walk(root, folder) {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(root, file);
    return SOURCE.test(entry.name) && !entry.name.endsWith('.d.ts') ? [file] : [];
  });
}

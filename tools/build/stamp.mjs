import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Hash over everything a bundle is made from: sources, manifests, the lockfile and this tool. Equal stamp, equal bundle. */
export function stampOf(repo) {
  const hash = createHash('sha256');
  for (const file of inputFiles(repo)) {
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(repo, file)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 32);
}

function inputFiles(repo) {
  const files = ['pnpm-lock.yaml', 'tsconfig.base.json'];
  for (const group of ['packages', 'apps']) {
    for (const name of list(path.join(repo, group))) {
      files.push(`${group}/${name}/package.json`, ...walk(repo, `${group}/${name}/src`));
    }
  }
  files.push(
    ...list(path.join(repo, 'tools/build'))
      .filter((name) => /\.[cm]js$/.test(name))
      .map((name) => `tools/build/${name}`),
  );
  return files.filter((file) => fs.existsSync(path.join(repo, file))).sort();
}

function walk(repo, folder) {
  const entries = fs.existsSync(path.join(repo, folder))
    ? fs.readdirSync(path.join(repo, folder), { withFileTypes: true })
    : [];
  return entries.flatMap((entry) =>
    entry.isDirectory() ? walk(repo, `${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
  );
}

function list(folder) {
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
}

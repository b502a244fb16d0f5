import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FLOORS, PACKAGES, USES } from './boundaries.mjs';
import { readRepository } from './repository.mjs';
import { judge } from './rules.mjs';

const LONG_FILE = 400;

const root = path.resolve(process.argv[2] ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '../..'));
const started = performance.now();
const { manifests, modules } = readRepository(root);
const { violations, notes } = judge({ manifests, modules, table: PACKAGES, floors: FLOORS, uses: USES });
// A scan that sees nothing must not look like a repository without faults.
if (!modules.some((module) => module.area === 'src'))
  violations.push({ file: root, line: 0, text: 'no source module was found' });

for (const floor of FLOORS) {
  for (const [folder, row] of Object.entries(PACKAGES).filter(([, entry]) => entry.floor === floor)) {
    const own = modules.filter((module) => module.package === folder);
    const size = (area) =>
      own
        .filter((module) => (module.area === 'test') === (area === 'test'))
        .reduce((sum, module) => sum + module.lines, 0);
    const files = own.filter((module) => module.area !== 'test').length;
    console.log(
      `${floor.padEnd(10)}${folder.padEnd(28)}${String(files).padStart(4)} files ${String(size('src')).padStart(6)} lines ${String(size('test')).padStart(6)} test lines   ${(row.imports ?? []).join(' ')}`,
    );
  }
}
const long = modules
  .filter((module) => module.area === 'src' && module.lines > LONG_FILE)
  .sort((a, b) => b.lines - a.lines);
if (long.length > 0)
  console.log(`\nlong files: ${long.map((module) => `${module.file} (${module.lines})`).join(', ')}`);
const show = (title, list) => {
  if (list.length > 0)
    console.log(
      `\n${title}:\n${list.map(({ file, line, text }) => `  ${file}${line ? `:${line}` : ''}  ${text}`).join('\n')}`,
    );
};
show('notes', notes);
show('violations', violations);
console.log(
  `\narch: ${modules.length} modules in ${Object.keys(manifests).length} packages, ${violations.length} violations (${Math.round(performance.now() - started)} ms)`,
);
process.exitCode = violations.length > 0 ? 1 : 0;

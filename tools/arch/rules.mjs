import path from 'node:path';
import { builtinModules } from 'node:module';

const BUILTINS = new Set(builtinModules.map((name) => name.split('/')[0]));
const SCOPE = '@codex/';

/**
 * Judges one repository: `modules` are { file, package, area, imports, uses } with paths relative to the root, `manifests`
 * are the parsed package.json by package folder. Returns violations { file, line, text } and notes in the same shape.
 */
export function judge({ modules, manifests, table, floors, uses }) {
  const violations = [];
  const notes = [];
  const report = (file, line, text) => violations.push({ file, line, text });
  const folderOf = new Map(Object.keys(table).map((folder) => [path.posix.basename(folder), folder]));
  const rowOf = (name) => table[folderOf.get(name) ?? ''];
  const known = new Set(modules.map((module) => module.file));

  for (const folder of Object.keys(manifests)) if (!table[folder]) report(folder, 0, 'is not in the boundaries table');
  for (const folder of Object.keys(table))
    if (!manifests[folder]) report(folder, 0, 'is in the boundaries table but not in the repository');
  for (const [folder, row] of Object.entries(table)) judgeRow(folder, row);
  for (const module of modules) {
    const row = table[module.package];
    if (!row) continue;
    for (const use of module.uses) judgeUse(module, use);
    for (const imported of module.imports) judgeImport(module, row, imported);
  }
  for (const cycle of findCycles(modules)) report(cycle[0], 0, `import cycle: ${[...cycle, cycle[0]].join(' -> ')}`);
  noteUnused();
  return { violations, notes };

  /** Imports point down, and package.json says what the table says. */
  function judgeRow(folder, row) {
    if (row.floor === 'tools' || !manifests[folder]) return;
    for (const name of row.imports) {
      const target = rowOf(name);
      // base and protocol share the ground floor, in this order.
      const below =
        target &&
        (floors.indexOf(target.floor) < floors.indexOf(row.floor) ||
          (folder === 'packages/protocol' && name === 'base'));
      if (!below) report(folder, 0, `the table lets it import ${name}, which is not on a lower floor`);
    }
    const expected = [...row.imports.map((name) => SCOPE + name), ...row.libraries].sort();
    const { dependencies, optionalDependencies } = manifests[folder];
    const actual = Object.keys({ ...dependencies, ...optionalDependencies }).sort();
    for (const name of expected)
      if (!actual.includes(name)) report(`${folder}/package.json`, 0, `misses the dependency ${name} of the table`);
    for (const name of actual)
      if (!expected.includes(name))
        report(`${folder}/package.json`, 0, `has the dependency ${name}, which the table does not allow`);
  }

  function judgeUse(module, { use, line }) {
    const rule = uses.find((entry) => entry.uses.includes(use));
    if (rule && !rule.allowed.test(module.file)) report(module.file, line, `${use}: ${rule.because}`);
  }

  function judgeImport(module, row, { name, line, typeOnly, dynamic }) {
    const fail = (text) => report(module.file, line, text);
    if (name === null) {
      if (module.area === 'src') fail('imports a name that is not a literal');
    } else if (name.startsWith('.')) judgeRelative(module, name, fail);
    else if (row.floor === 'tools' || module.area !== 'src') {
      if (isDeep(name)) fail(`imports ${name}: only a package's root is public`);
      else if (!isDeclared(module, name)) fail(`imports ${name}, which its package.json does not name`);
    } else if (name.startsWith('node:') || BUILTINS.has(name)) judgeBuiltin(row, name, fail);
    else if (name.startsWith(SCOPE)) judgeInternal(module, row, name, { typeOnly, dynamic }, fail);
    else if (!row.libraries.includes(libraryOf(name))) fail(`imports ${name}, which is not among its libraries`);
  }

  function judgeRelative(module, name, fail) {
    const target = path.posix.join(path.posix.dirname(module.file), name);
    const inside = target.startsWith(`${module.package}/`);
    if (!inside && module.area === 'src') fail(`imports ${name}: outside its package`);
    else if (module.area === 'src' && target === `${module.package}/src/index.ts`) fail('imports its own root');
    else if (
      inside &&
      target.startsWith(`${module.package}/src/`) &&
      /\.[cm]?[jt]s$/.test(target) &&
      !known.has(target)
    )
      fail(`imports ${name}, which does not exist`);
    else if (inside && !/\.[a-z]+$/.test(target)) fail(`imports ${name} without its extension`);
  }

  function judgeBuiltin(row, name, fail) {
    if (!name.startsWith('node:')) fail(`imports ${name} without node:`);
    const family = name.replace(/^node:/, '').split('/')[0];
    if (row.builtins !== 'any' && !row.builtins.includes(family)) fail(`imports ${name}, which is not marked for it`);
  }

  function judgeInternal(module, row, name, { typeOnly, dynamic }, fail) {
    const short = name.slice(SCOPE.length);
    if (short === path.posix.basename(module.package)) fail('imports itself by name');
    else if (isDeep(name)) fail(`imports ${name}: only a package's root is public`);
    else if (!row.imports.includes(short)) fail(`imports ${name}, which the table does not allow`);
    else if (row.types?.includes(short) && !typeOnly) fail(`imports values of ${name}; only types are allowed`);
    else if (rowOf(short)?.floor === 'apps' && !dynamic)
      fail(`imports ${name} statically; an app is loaded when it is chosen`);
  }

  function isDeclared(module, name) {
    if (name.startsWith('node:') || BUILTINS.has(name)) return true;
    const manifest = manifests[module.package];
    const library = libraryOf(name);
    return [manifest?.dependencies, manifest?.devDependencies, manifest?.optionalDependencies].some(
      (list) => list && library in list,
    );
  }

  function noteUnused() {
    for (const [folder, row] of Object.entries(table)) {
      if (row.floor === 'tools' || !manifests[folder]) continue;
      const used = new Set(
        modules
          .filter((module) => module.package === folder && module.area === 'src')
          .flatMap((module) => module.imports.map(({ name }) => name && libraryOf(name))),
      );
      for (const name of [...row.imports.map((short) => SCOPE + short), ...row.libraries]) {
        if (!used.has(name)) notes.push({ file: folder, line: 0, text: `declares ${name} but never imports it` });
      }
    }
  }
}

function libraryOf(name) {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

function isDeep(name) {
  return name.startsWith(SCOPE) && name.split('/').length > 2;
}

/** Groups of source files that import each other in a circle, type imports included; each as one path through it. */
function findCycles(modules) {
  const edges = new Map(
    modules
      .filter((module) => module.area === 'src')
      .map((module) => [
        module.file,
        module.imports
          .filter(({ name }) => name?.startsWith('.'))
          .map(({ name }) => path.posix.join(path.posix.dirname(module.file), name)),
      ]),
  );
  const state = new Map();
  const trail = [];
  const cycles = [];
  const visit = (file) => {
    state.set(file, 'open');
    trail.push(file);
    for (const next of edges.get(file) ?? []) {
      if (!edges.has(next)) continue;
      if (state.get(next) === 'open') cycles.push(trail.slice(trail.indexOf(next)));
      else if (!state.has(next)) visit(next);
    }
    trail.pop();
    state.set(file, 'done');
  };
  for (const file of edges.keys()) if (!state.has(file)) visit(file);
  return cycles;
}

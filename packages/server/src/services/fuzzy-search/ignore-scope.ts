import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { type IgnoreRules, parseIgnoreRules, type Verdict } from './gitignore.ts';

/** What the ignore files of a folder and of those around it say about its content. */
export interface IgnoreScope {
  /** Null for the outermost. */
  readonly parent: IgnoreScope | null;
  readonly folder: string;
  /** It is the top of a git repository: rules of git from outside do not reach in. */
  readonly isRepository: boolean;
  /** `.ignore`, which counts everywhere and before git's own rules. */
  readonly plain: IgnoreRules | null;
  /** `.gitignore`, `.git/info/exclude`: count inside repositories only. */
  readonly git: IgnoreRules | null;
  readonly exclude: IgnoreRules | null;
  /** The user's own rules, for repositories. */
  readonly global: IgnoreRules | null;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The scope of a folder where a search begins, with those of all folders around it. */
export async function outerScope(folder: string, env: Env): Promise<IgnoreScope> {
  const global = await globalRules(env);
  const around = dirname(folder);
  let scope: IgnoreScope | null = null;
  for (const above of around === folder ? [] : pathTo(around)) scope = await scopeOf(above, null, scope, global);
  return scopeOf(folder, null, scope, global);
}

/** The scope of a folder inside; `names` are its entries. Equal to `parent` when there is nothing new. */
export async function innerScope(
  folder: string,
  names: ReadonlySet<string>,
  parent: IgnoreScope,
): Promise<IgnoreScope> {
  if (!names.has('.ignore') && !names.has('.gitignore') && !names.has('.git')) return parent;
  return scopeOf(folder, names, parent, parent.global);
}

/** Whether a file or folder directly inside the scope, or deeper without rules in between, is to be left out. */
export function isIgnored(scope: IgnoreScope, path: string, isFolder: boolean): boolean {
  let plain: Verdict = null;
  let git: Verdict = null;
  let exclude: Verdict = null;
  let global: Verdict = null;
  let insideRepository = false;
  for (let each: IgnoreScope | null = scope; each; each = each.parent) {
    const below = path.slice(each.folder.endsWith(sep) ? each.folder.length : each.folder.length + 1);
    const inside = sep === '/' ? below : below.replaceAll(sep, '/');
    plain ??= each.plain?.judge(inside, isFolder) ?? null;
    if (!insideRepository) {
      git ??= each.git?.judge(inside, isFolder) ?? null;
      if (each.isRepository) {
        exclude = each.exclude?.judge(inside, isFolder) ?? null;
        global = each.global?.judge(inside, isFolder) ?? null;
      }
    }
    insideRepository ||= each.isRepository;
  }
  return (plain ?? (insideRepository ? (git ?? exclude ?? global) : null)) === 'ignore';
}

async function scopeOf(
  folder: string,
  names: ReadonlySet<string> | null,
  parent: IgnoreScope | null,
  global: IgnoreRules | null,
): Promise<IgnoreScope> {
  const has = (name: string) => names === null || names.has(name);
  const rulesIn = (name: string) => (has(name) ? readRules(join(folder, name)) : null);
  const [plain, git, isRepository] = await Promise.all([
    rulesIn('.ignore'),
    rulesIn('.gitignore'),
    has('.git') && exists(join(folder, '.git')),
  ]);
  const exclude = isRepository ? await readRules(join(folder, '.git', 'info', 'exclude')) : null;
  return { parent, folder, isRepository, plain, git, exclude, global };
}

/** `core.excludesFile`, or where git looks without it. */
async function globalRules(env: Env): Promise<IgnoreRules | null> {
  const home = env['HOME'];
  const settings = env['XDG_CONFIG_HOME'] || (home && join(home, '.config'));
  if (!settings) return null;
  for (const file of [home && join(home, '.gitconfig'), join(settings, 'git', 'config')]) {
    const text = file ? await readText(file) : null;
    const named = /^\s*excludesfile\s*=\s*"?(.+?)"?\s*$/im.exec(text ?? '')?.[1];
    if (named) return readRules(home ? resolve(home, named.replace(/^~\//, '')) : named);
  }
  return readRules(join(settings, 'git', 'ignore'));
}

/** All folders from the root of the file system to this one. */
function pathTo(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [...pathTo(parent), folder];
}

async function readRules(file: string): Promise<IgnoreRules | null> {
  const text = await readText(file);
  return text === null ? null : parseIgnoreRules(text);
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

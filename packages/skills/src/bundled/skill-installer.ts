/** The skill about installing skills of others: its files by path. */
export const SKILL_INSTALLER: Readonly<Record<string, string>> = {
  'SKILL.md': `---
name: skill-installer
description: List and install skills from a git repository, by default the public catalogue openai/skills. Use when somebody asks which skills there are to install, or wants one by its name or address, private repositories included.
metadata:
  short-description: Install skills from a repository
---
# Installing skills

Skills of others are copied out of a git repository into a folder where Codex finds them. Both scripts use \`git\` with
whatever access the user has, need the network, and write nowhere but to the target. Ask for approval when the sandbox
forbids that.

## Which are there

\`node scripts/list-skills.mjs [--repo OWNER/NAME or URL] [--ref REF] [--path FOLDER] [--in TARGET]\`

prints a line per skill, with a mark at those that are installed. Without options: \`openai/skills\`, folder
\`skills/.curated\`. Untested ones of the same repository lie in \`skills/.experimental\`. Show the list numbered, and ask which
ones are wanted.

## Install

\`node scripts/install-skill.mjs NAME… [--repo …] [--ref …] [--path FOLDER] [--in TARGET]\`

- \`NAME\` is a folder below \`--path\` that has a \`SKILL.md\`. From an address such as
  \`https://github.com/OWNER/REPO/tree/REF/a/b/NAME\` take all four parts; a skill at the top of a repository has \`--path .\`.
- \`TARGET\` is \`$CODEX_HOME/skills\` (\`~/.codex/skills\`) by default. For a project use its \`.agents/skills\`.
- Links inside the repository are not copied, and a skill that is there already is not touched: to renew one, show the user
  what would change, and let them remove the old one first.

## Before and after

A skill is instructions and programs of somebody else. When the source is not one the user named or \`openai/skills\`, read its
\`SKILL.md\` and scripts first and tell what they do. Afterwards name what was installed and where; it is at hand in the next
session, in many clients at once.
`,
  'agents/openai.yaml': `interface:
  display_name: Skill Installer
  short_description: Install skills from a repository
`,
  'scripts/repository.mjs': String.raw`// What both scripts share: a repository, looked at without all of its history.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

export function fail(message) {
  console.error('error: ' + message);
  process.exit(1);
}

export function readOptions() {
  const home = process.env.CODEX_HOME || path.join(os.homedir(), '.codex');
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      repo: { type: 'string', default: 'openai/skills' },
      ref: { type: 'string', default: 'HEAD' },
      path: { type: 'string', default: 'skills/.curated' },
      in: { type: 'string', default: path.join(home, 'skills') },
    },
  });
  const url = /^[\w.-]+\/[\w.-]+$/.test(values.repo) ? 'https://github.com/' + values.repo + '.git' : values.repo;
  const steps = values.path.split('/').filter((step) => step !== '' && step !== '.');
  if (steps.includes('..') || path.isAbsolute(values.path)) fail('--path must stay in the repository');
  if (url.startsWith('-') || values.ref.startsWith('-')) fail('--repo and --ref must not begin with a dash');
  return { url, ref: values.ref, folder: steps.join('/'), target: path.resolve(values.in), names: positionals };
}

// Runs with a clone that has no files yet, and removes it afterwards.
export function withRepository({ url, ref }, run) {
  const clone = fs.mkdtempSync(path.join(os.tmpdir(), 'skills-'));
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' };
  const git = (...args) =>
    execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
  let failure = null;
  try {
    git('init', '--quiet');
    git('fetch', '--quiet', '--depth', '1', '--filter=blob:none', '--', url, ref);
    run({ clone, git });
  } catch (error) {
    failure = (error.stderr || error.message || String(error)).trim();
  }
  fs.rmSync(clone, { recursive: true, force: true });
  if (failure !== null) fail(failure);
}

// The folders below one that have a SKILL.md.
export function skillsIn(git, folder) {
  const depth = folder === '' ? 2 : folder.split('/').length + 2;
  return git('ls-tree', '-r', '-z', '--name-only', 'FETCH_HEAD')
    .split('\0')
    .filter((file) => file.endsWith('/SKILL.md') && file.split('/').length === depth)
    .filter((file) => folder === '' || file.startsWith(folder + '/'))
    .map((file) => file.split('/').at(-2));
}
`,
  'scripts/list-skills.mjs': String.raw`// Lists the skills of a repository: node list-skills.mjs [--repo R] [--ref R] [--path P] [--in TARGET]
import fs from 'node:fs';
import path from 'node:path';
import { readOptions, skillsIn, withRepository } from './repository.mjs';

const options = readOptions();
withRepository(options, ({ git }) => {
  const names = skillsIn(git, options.folder).sort();
  for (const name of names) {
    const isThere = fs.existsSync(path.join(options.target, name, 'SKILL.md'));
    console.log(name + (isThere ? ' (installed)' : ''));
  }
  if (names.length === 0) console.log('no skills in ' + (options.folder || 'the repository'));
});
`,
  'scripts/install-skill.mjs': String.raw`// Copies skills out of a repository: node install-skill.mjs NAME... [--repo R] [--ref R] [--path P] [--in TARGET]
import fs from 'node:fs';
import path from 'node:path';
import { fail, readOptions, skillsIn, withRepository } from './repository.mjs';

const options = readOptions();
const { folder, names, target } = options;
if (names.length === 0) fail('usage: node install-skill.mjs NAME... [--repo R] [--ref R] [--path P] [--in TARGET]');

withRepository(options, ({ clone, git }) => {
  const there = skillsIn(git, folder);
  const unknown = names.filter((name) => !there.includes(name));
  if (unknown.length > 0) throw new Error('no such skill in ' + (folder || 'the repository') + ': ' + unknown.join(', '));
  const taken = names.filter((name) => fs.existsSync(path.join(target, name)));
  if (taken.length > 0) throw new Error('there already, remove it first: ' + taken.map((name) => path.join(target, name)).join(', '));
  const wanted = names.map((name) => (folder === '' ? name : folder + '/' + name));
  git('checkout', '--quiet', 'FETCH_HEAD', '--', ...wanted);
  fs.mkdirSync(target, { recursive: true });
  for (const [at, name] of names.entries()) {
    const from = path.join(clone, wanted[at]);
    const staged = path.join(target, '.' + name + '-' + process.pid);
    // Links could lead anywhere: they stay behind.
    fs.cpSync(from, staged, { recursive: true, filter: (file) => !fs.lstatSync(file).isSymbolicLink() });
    fs.renameSync(staged, path.join(target, name));
    console.log('installed ' + path.join(target, name));
  }
});
`,
};

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { nullLogger } from '@codex/base';
import { describe, expect, test } from 'vitest';
import { loadSkillFolders } from '../src/index.ts';
import { parsePlainYaml } from '../src/plain-yaml.ts';
import { put, tempFolder, world } from './home.ts';

const SYSTEM = 'home/skills/.system';
const MARKER = `${SYSTEM}/.codex-system-skills.marker`;
const WITH_SYSTEM = { system: true };
const NAMES = ['openai-docs', 'skill-creator', 'skill-installer'];

/** Names of the system skills of a world, and of everything in their folder. */
async function loaded(w: Awaited<ReturnType<typeof world>>) {
  const { skills, errors } = await w.library.load(w.place, { fresh: true });
  const names = skills.filter(({ metadata }) => metadata.scope === 'system').map(({ metadata }) => metadata.name);
  const folder = path.join(w.folder, SYSTEM);
  return { names, errors, files: existsSync(folder) ? readdirSync(folder).sort() : [] };
}

function marker(w: { folder: string }): string {
  return readFileSync(path.join(w.folder, MARKER), 'utf8');
}

/** The files of a folder with their texts, by path, sorted. */
function texts(folder: string, below = ''): [string, string][] {
  return readdirSync(path.join(folder, below), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = path.join(below, entry.name);
      if (entry.isDirectory()) return texts(folder, name);
      return entry.name.startsWith('.')
        ? []
        : [[name, readFileSync(path.join(folder, name), 'utf8')] as [string, string]];
    });
}

describe('the bundled skills', () => {
  test('are written when they are first looked for', async () => {
    const w = await world({}, WITH_SYSTEM);
    expect(await loaded(w)).toEqual({ names: NAMES, errors: [], files: ['.codex-system-skills.marker', ...NAMES] });
    const skills = (await w.library.load(w.place)).skills;
    expect(skills.every(({ metadata }) => metadata.interface?.displayName)).toBe(true);
    expect(skills[0]?.metadata.dependencies?.tools[0]).toMatchObject({ type: 'mcp', value: 'openaiDeveloperDocs' });
    expect(readdirSync(path.join(w.folder, 'home/skills'))).toEqual(['.system']);
  });

  test('have a fingerprint that changes with them', async () => {
    const w = await world({}, WITH_SYSTEM);
    await loaded(w);
    const content = JSON.stringify(texts(path.join(w.folder, SYSTEM)));
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
    expect(marker(w)).toBe(`codex-ts-${digest}\n`);
  });

  test('are left as they are when they are up to date', async () => {
    const w = await world({}, WITH_SYSTEM);
    await loaded(w);
    await rm(path.join(w.folder, SYSTEM, 'openai-docs'), { recursive: true });
    expect((await loaded(w)).files).toEqual(['.codex-system-skills.marker', 'skill-creator', 'skill-installer']);
  });

  test('are told as they would be when they were read', async () => {
    const w = await world({}, WITH_SYSTEM);
    const { skills } = await w.library.load(w.place);
    const read = await loadSkillFolders([path.join(w.folder, SYSTEM)], nullLogger);
    expect(skills).toEqual(read.map((skill) => ({ ...skill, metadata: { ...skill.metadata, scope: 'system' } })));
    const path0 = skills[0]!.metadata.path;
    const again = await w.library.load({ ...w.place, disabled: [path0] });
    expect(again.skills.map(({ metadata }) => metadata.enabled)).toEqual([false, true, true]);
    expect(await w.library.read(skills[0]!)).toBe(readFileSync(path0, 'utf8'));
  });

  test('need no reader of YAML', async () => {
    const w = await world({}, WITH_SYSTEM);
    await loaded(w);
    for (const name of NAMES) {
      const folder = path.join(w.folder, SYSTEM, name);
      const head = readFileSync(path.join(folder, 'SKILL.md'), 'utf8').split('---\n')[1] ?? '';
      expect(parsePlainYaml(head)).toMatchObject({ name });
      expect(parsePlainYaml(readFileSync(path.join(folder, 'agents/openai.yaml'), 'utf8'))).toBeDefined();
    }
  });

  test('replace an older set of ours as a whole', async () => {
    const old = { [MARKER]: 'codex-ts-0123456789abcdef\n', [`${SYSTEM}/gone/SKILL.md`]: '---\nname: gone\n---\n' };
    const w = await world(old, WITH_SYSTEM);
    expect((await loaded(w)).files).toEqual(['.codex-system-skills.marker', ...NAMES]);
    expect(readdirSync(path.join(w.folder, 'home/skills'))).toEqual(['.system']);
  });

  test.each([
    ['of another program', { [MARKER]: '415286eb412224fe\n' }],
    ['without a marker', {}],
  ])('do not touch skills %s', async (_, files) => {
    const theirs = '---\nname: theirs\ndescription: Of somebody else.\n---\n';
    const w = await world({ ...files, [`${SYSTEM}/theirs/SKILL.md`]: theirs }, WITH_SYSTEM);
    expect((await loaded(w)).names).toEqual(['theirs']);
  });

  test('are neither written nor offered when they are switched off', async () => {
    const w = await world({});
    expect(await loaded(w)).toEqual({ names: [], errors: [], files: [] });
  });

  test('are missing, and nothing else is, where they cannot be written', async () => {
    const own = { 'work/.agents/skills/own/SKILL.md': '---\nname: own\ndescription: O.\n---\n' };
    const w = await world({ 'home/skills': 'a file', ...own }, WITH_SYSTEM);
    const { skills } = await w.library.load(w.place);
    expect(skills.map(({ metadata }) => metadata.name)).toEqual(['own']);
  });

  test('are written once by processes that start together', async () => {
    const [w, other] = [await world({}, WITH_SYSTEM), await world({}, WITH_SYSTEM)];
    const place = { ...other.place, home: w.place.home };
    await Promise.all([w.library.load(w.place), other.library.load(place), other.library.load(place, { fresh: true })]);
    expect((await loaded(w)).names).toEqual(NAMES);
    expect(readdirSync(path.join(w.folder, 'home/skills'))).toEqual(['.system']);
  });
});

describe('the scripts of skill-creator', () => {
  const script = async (name: string) => {
    const w = await world({}, WITH_SYSTEM);
    await loaded(w);
    const file = path.join(w.folder, SYSTEM, 'skill-creator/scripts', name);
    return (...args: string[]) => spawnSync(process.execPath, [file, ...args], { encoding: 'utf8' });
  };

  test('make a skill that is valid once it is filled in', async () => {
    const folder = await tempFolder();
    const [init, validate] = [await script('init-skill.mjs'), await script('validate-skill.mjs')];
    expect(init('mend-it', '--in', folder, '--resources', 'scripts,assets').status).toBe(0);
    const skill = path.join(folder, 'mend-it');
    expect(readdirSync(skill).sort()).toEqual(['SKILL.md', 'assets', 'scripts']);
    expect(validate(skill)).toMatchObject({ status: 1, stdout: expect.stringContaining('template') });
    const text = readFileSync(path.join(skill, 'SKILL.md'), 'utf8');
    await put(skill, { 'SKILL.md': text.replaceAll('FILL IN', 'Mends') });
    expect(validate(skill)).toMatchObject({ status: 0, stdout: 'ok\n' });
    expect(init('mend-it', '--in', folder)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('exists already'),
    });
  });

  test.each(['../up', 'Upper', 'a--b', ''])('refuse the name %j', async (name) => {
    const folder = await tempFolder();
    expect((await script('init-skill.mjs'))(name, '--in', folder).status).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['no head', '# x\n', 'must begin with a head'],
    ['no description', '---\nname: s\n---\ntext\n', 'no description'],
    ['another name than its folder', '---\nname: t\ndescription: D.\n---\ntext\n', 'differs from the folder'],
    ['a value to be quoted', '---\nname: s\ndescription: Use: it\n---\ntext\n', 'double quotes'],
    ['a link to nowhere', '---\nname: s\ndescription: D.\n---\n[x](gone.md)\n', 'leads nowhere: gone.md'],
    ['no body', '---\nname: s\ndescription: D.\n---\n', 'nothing below'],
  ])('report %s', async (_, text, problem) => {
    const folder = await tempFolder();
    await put(folder, { 's/SKILL.md': text });
    const { status, stdout } = (await script('validate-skill.mjs'))(path.join(folder, 's'));
    expect({ status, found: stdout.includes(problem) }).toEqual({ status: 1, found: true });
  });

  test('find nothing wrong with the bundled skills', async () => {
    const w = await world({}, WITH_SYSTEM);
    await loaded(w);
    const file = path.join(w.folder, SYSTEM, 'skill-creator/scripts/validate-skill.mjs');
    for (const name of NAMES) {
      expect(execFileSync(process.execPath, [file, path.join(w.folder, SYSTEM, name)], { encoding: 'utf8' })).toBe(
        'ok\n',
      );
    }
  });
});

describe('the scripts of skill-installer', () => {
  const repository = async () => {
    const w = await world({}, WITH_SYSTEM);
    await loaded(w);
    const repo = path.join(w.folder, 'repo');
    const skill = (name: string) => `---\nname: ${name}\ndescription: Does ${name}.\n---\n`;
    await put(repo, {
      'skills/.curated/saw/SKILL.md': skill('saw'),
      'skills/.curated/saw/scripts/cut.sh': 'echo cut\n',
      'skills/.curated/nail/SKILL.md': skill('nail'),
      'skills/.curated/deep/er/SKILL.md': skill('er'),
      'top/SKILL.md': skill('top'),
    });
    symlinkSync('/etc/passwd', path.join(repo, 'skills/.curated/saw/secret'));
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', '-C', repo, ...args], { stdio: 'ignore' });
    await mkdir(repo, { recursive: true });
    git('init', '-q', '-b', 'main');
    git('config', 'uploadpack.allowFilter', 'true');
    git('add', '.');
    git('commit', '-q', '-m', 'skills');
    const target = path.join(w.folder, 'target');
    const run = (name: string, ...args: string[]) => {
      const file = path.join(w.folder, SYSTEM, 'skill-installer/scripts', name);
      const all = [file, '--repo', `file://${repo}`, '--in', target, ...args];
      const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' });
      return { status, said: `${stdout}${stderr}`.trim().replaceAll(target, 'TARGET') };
    };
    return { run, target };
  };

  test('list and install skills, without their links', async () => {
    const { run, target } = await repository();
    expect(run('list-skills.mjs')).toEqual({ status: 0, said: 'nail\nsaw' });
    expect(run('install-skill.mjs', 'saw')).toEqual({ status: 0, said: 'installed TARGET/saw' });
    expect(texts(target).map(([name]) => name)).toEqual(['saw/SKILL.md', 'saw/scripts/cut.sh']);
    expect(run('list-skills.mjs').said).toBe('nail\nsaw (installed)');
    expect(run('install-skill.mjs', 'top', '--path', '.')).toEqual({ status: 0, said: 'installed TARGET/top' });
  });

  test('install nothing when one of the names is wrong or taken', async () => {
    const { run, target } = await repository();
    expect(run('install-skill.mjs', 'nail', 'ghost')).toMatchObject({
      status: 1,
      said: expect.stringContaining('ghost'),
    });
    expect(existsSync(path.join(target, 'nail'))).toBe(false);
    await put(target, { 'saw/mine': '' });
    expect(run('install-skill.mjs', 'nail', 'saw')).toMatchObject({
      status: 1,
      said: expect.stringContaining('TARGET/saw'),
    });
    expect(readdirSync(target)).toEqual(['saw']);
  });

  test.each([
    ['--path', '../up'],
    ['--ref', '--upload-pack=x'],
    ['--path', '/etc'],
  ])('refuse %s %s', async (option, value) => {
    const { run } = await repository();
    expect(run('list-skills.mjs', `${option}=${value}`).status).toBe(1);
  });
});

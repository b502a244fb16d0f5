import { execFileSync } from 'node:child_process';
import { mkdir, rename, symlink, truncate } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { put, skillText, world } from './home.ts';

const names = (set: { skills: readonly { metadata: { name: string } }[] }) => set.skills.map((s) => s.metadata.name);

describe('where skills are found', () => {
  it('searches every root and sorts by scope, name, path', async () => {
    const { folder, library, place } = await world({
      'work/.git/HEAD': '',
      'work/.codex/skills/a/SKILL.md': skillText('outer'),
      'work/.agents/skills/b/SKILL.md': skillText('agents-outer'),
      'work/in/side/.codex/skills/c/SKILL.md': skillText('inner'),
      'home/skills/d/SKILL.md': skillText('legacy'),
      'home/skills/.system/e/SKILL.md': skillText('bundled'),
      'user/.agents/skills/f/SKILL.md': skillText('own'),
      'more/g/SKILL.md': skillText('extra'),
      'plugin/.codex-plugin/plugin.json': '{"name":"kit"}',
      'plugin/skills/h/SKILL.md': skillText('saw'),
    });
    const set = await library.load({
      ...place,
      cwd: path.join(folder, 'work/in/side'),
      extraRoots: [path.join(folder, 'more')],
      pluginRoots: [path.join(folder, 'plugin/skills')],
      system: true,
    });
    expect(set.skills.map(({ metadata }) => [metadata.scope, metadata.name])).toEqual([
      ['repo', 'agents-outer'],
      ['repo', 'inner'],
      ['repo', 'outer'],
      ['user', 'extra'],
      ['user', 'kit:saw'],
      ['user', 'legacy'],
      ['user', 'own'],
      ['system', 'bundled'],
    ]);
    expect(set.errors).toEqual([]);
  });

  it('does not look above the project, nor for bundled ones that are switched off', async () => {
    const { library, place } = await world({
      '.agents/skills/x/SKILL.md': skillText('x'),
      'home/skills/.system/e/SKILL.md': skillText('bundled'),
    });
    expect(await library.load(place)).toEqual({ skills: [], errors: [] });
  });

  it('goes six folders deep, past hidden ones, and takes only files named SKILL.md', async () => {
    const { library, place } = await world({
      'work/.agents/skills/a/b/c/d/e/f/SKILL.md': skillText('six'),
      'work/.agents/skills/a/b/c/d/e/f/g/SKILL.md': skillText('seven'),
      'work/.agents/skills/.hidden/SKILL.md': skillText('hidden'),
      'work/.agents/skills/lower/skill.md': skillText('lower'),
      'work/.agents/skills/SKILL.md': skillText('top'),
      'work/.agents/skills/top/in/SKILL.md': skillText('within'),
    });
    expect(names(await library.load(place))).toEqual(['six', 'top', 'within']);
  });

  it('follows linked folders to their real place, once, in circles too, and no linked files', async () => {
    const { folder, library, place } = await world({ 'else/where/SKILL.md': skillText('linked') });
    const skills = path.join(folder, 'work/.agents/skills');
    await mkdir(path.join(skills, 'file'), { recursive: true });
    await symlink(path.join(folder, 'else'), path.join(skills, 'one'));
    await symlink(path.join(folder, 'else'), path.join(skills, 'two'));
    await symlink(skills, path.join(skills, 'circle'));
    await symlink(path.join(folder, 'else/where/SKILL.md'), path.join(skills, 'file/SKILL.md'));
    const { skills: found } = await library.load(place);
    expect(found.map(({ metadata }) => metadata.path)).toEqual([path.join(folder, 'else/where/SKILL.md')]);
  });

  it('does not follow links of bundled skills and of plugins', async () => {
    const { folder, library, place } = await world({ 'else/where/SKILL.md': skillText('linked') }, { system: true });
    await mkdir(path.join(folder, 'home/skills/.system'), { recursive: true });
    await symlink(path.join(folder, 'else'), path.join(folder, 'home/skills/.system/link'));
    await mkdir(path.join(folder, 'plugin/skills'), { recursive: true });
    await symlink(path.join(folder, 'else'), path.join(folder, 'plugin/skills/link'));
    const pluginRoots = [path.join(folder, 'plugin/skills')];
    expect(names(await library.load({ ...place, pluginRoots }))).toEqual([]);
  });

  it('waits for no pipe and reads nothing huge', async () => {
    const { folder, library, place } = await world({
      'work/.agents/skills/a/SKILL.md': skillText('fine'),
      'work/.agents/skills/a/agents/x': '',
      'work/.codex-plugin/x': '',
      'work/.agents/skills/huge/SKILL.md': '',
    });
    const at = (name: string) => path.join(folder, 'work', name);
    execFileSync('mkfifo', [at('.agents/skills/a/agents/openai.yaml'), at('.codex-plugin/plugin.json')]);
    await truncate(at('.agents/skills/huge/SKILL.md'), 64 * 1024 * 1024);
    const { skills, errors } = await library.load(place);
    expect(skills.map(({ metadata }) => metadata.name)).toEqual(['fine']);
    expect(errors).toEqual([
      { path: at('.agents/skills/huge/SKILL.md'), message: expect.stringMatching(/^failed to read file: \d+ bytes/) },
    ]);
  });

  it('lists equal names of different folders', async () => {
    const { library, place } = await world({
      'work/.agents/skills/a/SKILL.md': skillText('same'),
      'work/.agents/skills/b/SKILL.md': skillText('same'),
    });
    expect(names(await library.load(place))).toEqual(['same', 'same']);
  });
});

describe('what a skill file says', () => {
  const one = async (text: string, files: Record<string, string> = {}) => {
    const { folder, library, place } = await world({ 'work/.agents/skills/tool/SKILL.md': text, ...files });
    const { skills, errors } = await library.load(place);
    return { folder, skill: skills[0], errors: errors.map(({ message }) => message) };
  };

  it('is read on one line each, with the name of the folder where it has none', async () => {
    const { skill, folder } = await one(
      '---\ndescription: |\n  Mends\n    things.\nmetadata:\n  short-description: Mend\nother: [1]\n---\nbody',
    );
    expect(skill).toEqual({
      implicit: true,
      metadata: {
        name: 'tool',
        description: 'Mends things.',
        shortDescription: 'Mend',
        path: path.join(folder, 'work/.agents/skills/tool/SKILL.md'),
        scope: 'repo',
        enabled: true,
      },
    });
  });

  it.each([
    ['# no head\n', 'missing YAML frontmatter delimited by ---'],
    ['---\nname: x\n', 'missing YAML frontmatter delimited by ---'],
    ['---\n---\n', 'missing YAML frontmatter delimited by ---'],
    ['---\nname: x\n---\n', 'missing field `description`'],
    ['---\ndescription: " "\n---\n', 'missing field `description`'],
    [`---\nname: ${'n'.repeat(65)}\ndescription: d\n---\n`, 'invalid name: exceeds maximum length of 64 characters'],
    [`---\ndescription: ${'d'.repeat(1025)}\n---\n`, 'invalid description: exceeds maximum length of 1024 characters'],
    [
      `---\ndescription: d\nmetadata: { short-description: ${'d'.repeat(1025)} }\n---\n`,
      'invalid metadata.short-description: exceeds maximum length of 1024 characters',
    ],
    ['---\ndescription: [a]\n---\n', 'invalid YAML: description is not a text'],
    ['---\ndescription: a: b\n---\n', expect.stringMatching(/^invalid YAML: /)],
    ['---\n- a\n---\n', 'invalid YAML: the front matter is not a mapping'],
  ])('%j is an error, not a skill', async (text, message) => {
    expect(await one(text)).toMatchObject({ skill: undefined, errors: [message] });
  });

  it('counts characters, not bytes', async () => {
    expect((await one(`---\ndescription: ${'𝒹'.repeat(1024)}\n---\n`)).errors).toEqual([]);
  });

  it('keeps quiet about bundled files that are broken', async () => {
    const { library, place } = await world({ 'home/skills/.system/e/SKILL.md': 'broken' }, { system: true });
    expect(await library.load(place)).toEqual({ skills: [], errors: [] });
  });

  it('takes interface, policy and dependencies from agents/openai.yaml and drops what breaks a rule', async () => {
    const { skill, folder } = await one(skillText('x'), {
      'work/.agents/skills/tool/agents/openai.yaml': [
        'interface:',
        '  display_name: The Tool',
        `  short_description: ${'s'.repeat(1025)}`,
        '  icon_small: ./assets/small.png',
        '  icon_large: assets/../../../secret.png',
        '  brand_color: "#12abEF"',
        '  default_prompt: [no]',
        'policy: { allow_implicit_invocation: false }',
        'dependencies:',
        '  tools:',
        '    - { type: mcp, value: docs, url: "https://example.com/mcp", transport: streamable_http }',
        '    - { type: mcp }',
        '    - plain',
      ].join('\n'),
    });
    expect(skill?.implicit).toBe(false);
    expect(skill?.metadata.interface).toEqual({
      displayName: 'The Tool',
      shortDescription: null,
      iconSmall: path.join(folder, 'work/.agents/skills/tool/assets/small.png'),
      iconLarge: null,
      brandColor: '#12abEF',
      defaultPrompt: null,
    });
    expect(skill?.metadata.dependencies).toEqual({
      tools: [{ type: 'mcp', value: 'docs', url: 'https://example.com/mcp', transport: 'streamable_http' }],
    });
  });

  it.each(['[', '- a', 'interface: 3\npolicy: []\ndependencies: { tools: 1 }', 'interface: { brand_color: red }'])(
    'is not disturbed by %j in agents/openai.yaml',
    async (text) => {
      const { skill, errors } = await one(skillText('x'), { 'work/.agents/skills/tool/agents/openai.yaml': text });
      expect({ errors, implicit: skill?.implicit, face: skill?.metadata.interface }).toEqual({
        errors: [],
        implicit: true,
        face: undefined,
      });
    },
  );

  it('is named after its plugin, too', async () => {
    const { library, place } = await world({
      'work/.agents/skills/kit/.codex-plugin/plugin.json': '{"name":"toolbox"}',
      'work/.agents/skills/kit/skills/deep/er/SKILL.md': skillText('x'),
      'work/.agents/skills/nameless/.codex-plugin/plugin.json': '{"name":" "}',
      'work/.agents/skills/nameless/y/SKILL.md': skillText('y'),
    });
    expect(names(await library.load(place))).toEqual(['nameless:y', 'toolbox:x']);
  });

  it('can be switched off by its path', async () => {
    const { folder, library, place } = await world({ 'home/skills/a/SKILL.md': skillText('a') });
    const set = await library.load({ ...place, disabled: [path.join(folder, 'home/skills/a/SKILL.md')] });
    expect(set.skills.map(({ metadata }) => metadata.enabled)).toEqual([false]);
  });
});

describe('the library', () => {
  it('remembers until told to look again', async () => {
    const { folder, library, place } = await world({});
    expect(names(await library.load(place))).toEqual([]);
    library.close();
    await put(folder, { 'home/skills/a/SKILL.md': skillText('a') });
    expect(names(await library.load(place))).toEqual([]);
    expect(names(await library.load(place, { fresh: true }))).toEqual(['a']);
    expect(names(await library.load(place))).toEqual(['a']);
  });

  it('tells of a changed file at once and shows it', async () => {
    const { folder, library, place, nextChange } = await world({ 'work/.agents/skills/a/SKILL.md': skillText('a') });
    await library.load(place);
    const changed = nextChange();
    await put(folder, { 'work/.agents/skills/a/SKILL.md': skillText('b') });
    await changed;
    await expect.poll(async () => names(await library.load(place, { fresh: true }))).toEqual(['b']);
  });

  it('tells of folders that come to be after the first look, and of files in them later', async () => {
    const { folder, library, place, nextChange, clock } = await world({});
    await library.load(place);
    const appeared = nextChange();
    await put(folder, { 'parts/skills/a/SKILL.md': skillText('a') });
    await rename(path.join(folder, 'parts'), path.join(folder, 'user/.agents'));
    await appeared;
    expect(names(await library.load(place))).toEqual(['a']);
    clock.advance(10_000);
    const changed = nextChange();
    await put(folder, { 'user/.agents/skills/a/SKILL.md': skillText('c') });
    await changed;
  });

  it('tells of many changes once, and of later ones after ten seconds', async () => {
    const { folder, library, place, nextChange, clock, changes } = await world({
      'home/skills/a/SKILL.md': skillText('a'),
    });
    await library.load(place);
    const changed = nextChange();
    await put(folder, { 'home/skills/a/SKILL.md': skillText('b') });
    await changed;
    await put(folder, { 'home/skills/c/SKILL.md': skillText('c') });
    // The watch works on its own time: the load shows when it has heard.
    await expect.poll(async () => names(await library.load(place))).toEqual(['b', 'c']);
    expect(changes()).toBe(1);
    clock.advance(10_000);
    expect(changes()).toBe(2);
  });

  it('reads a skill as it is now', async () => {
    const { folder, library, place } = await world({ 'home/skills/a/SKILL.md': skillText('a') });
    const [skill] = (await library.load(place)).skills;
    await put(folder, { 'home/skills/a/SKILL.md': 'changed' });
    expect(await library.read(skill!)).toBe('changed');
  });
});

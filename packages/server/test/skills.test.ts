import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inputTexts, say, startMockModel } from '@codex/mock-model';
import { expect, test } from 'vitest';
import { introduced } from './support/client.ts';
import { world } from './support/server.ts';

const NO_BUNDLED = '[skills.bundled]\nenabled = false\n';

function putSkill(root: string, name: string): string {
  const file = join(root, name, 'SKILL.md');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `---\nname: ${name}\ndescription: Does ${name}.\n---\n`);
  return file;
}

test('skills are listed by folder, with what is wrong, and in the order asked for', async () => {
  const { server, cwd, home } = world({ config: NO_BUNDLED });
  const client = await introduced(server);
  const mend = putSkill(join(cwd, '.agents/skills'), 'mend');
  const greet = putSkill(join(home, 'skills'), 'greet');
  const extra = join(home, 'extra');
  const more = putSkill(extra, 'more');
  const broken = join(cwd, '.agents/skills/broken/SKILL.md');
  mkdirSync(dirname(broken));
  writeFileSync(broken, '# none');
  const { data } = await client.request('skills/list', {
    cwds: [home, cwd],
    perCwdExtraUserRoots: [
      { cwd, extraUserRoots: [extra] },
      { cwd: '/not/asked/for', extraUserRoots: [extra] },
    ],
  });
  const metadata = (name: string, path: string, scope: 'repo' | 'user') => ({
    ...{ name, description: `Does ${name}.`, path, scope, enabled: true },
  });
  expect(data).toEqual([
    { cwd: home, skills: [metadata('greet', greet, 'user')], errors: [] },
    {
      cwd,
      skills: [metadata('mend', mend, 'repo'), metadata('greet', greet, 'user'), metadata('more', more, 'user')],
      errors: [{ path: broken, message: 'missing YAML frontmatter delimited by ---' }],
    },
  ]);
  expect((await client.request('skills/list', {})).data.map((entry) => entry.cwd)).toEqual([cwd]);
});

test('some skills come with the program', async () => {
  const { server } = world();
  const client = await introduced(server);
  const found = (await client.request('skills/list', {})).data[0]?.skills ?? [];
  expect(found.map(({ name, scope }) => [name, scope])).toEqual(
    ['openai-docs', 'skill-creator', 'skill-installer'].map((name) => [name, 'system']),
  );
});

test('extra roots must be absolute', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  const { error } = await client.call('skills/list', { perCwdExtraUserRoots: [{ cwd, extraUserRoots: ['rel'] }] });
  expect(error).toMatchObject({
    code: -32600,
    message: 'skills/list perCwdExtraUserRoots extraUserRoots paths must be absolute: rel',
  });
});

test('a skill is switched off and on in config.toml, whatever else it says', async () => {
  const { server, home, cwd } = world({
    config: `# mine\n${NO_BUNDLED}[[skills.config]]\npath = "/else/SKILL.md" # kept\nenabled = false\n`,
  });
  const client = await introduced(server);
  const file = putSkill(join(home, 'skills'), 'greet');
  const enabled = async () =>
    (await client.request('skills/list', { cwds: [cwd] })).data[0]?.skills.map((skill) => skill.enabled);
  expect(await enabled()).toEqual([true]);
  expect(await client.request('skills/config/write', { path: file, enabled: false })).toEqual({
    effectiveEnabled: false,
  });
  expect(await enabled()).toEqual([false]);
  const text = readFileSync(join(home, 'config.toml'), 'utf8');
  expect(text).toContain('# mine');
  expect(text).toContain('/else/SKILL.md');
  expect(await client.request('skills/config/write', { path: file, enabled: true })).toEqual({
    effectiveEnabled: true,
  });
  expect(await client.request('skills/config/write', { path: file, enabled: true })).toEqual({
    effectiveEnabled: true,
  });
  expect(await enabled()).toEqual([true]);
  expect(readFileSync(join(home, 'config.toml'), 'utf8')).not.toContain(file);
});

test('nothing of a switch is left when a skill is on again', async () => {
  const { server, home } = world();
  const client = await introduced(server);
  const file = join(home, 'config.toml');
  const before = readFileSync(file, 'utf8');
  const path = putSkill(join(home, 'skills'), 'greet');
  await client.request('skills/config/write', { path, enabled: false });
  expect((await client.request('config/read', {})).config).toMatchObject({ skills: { config: [{ path }] } });
  await client.request('skills/config/write', { path, enabled: true });
  expect((await client.request('config/read', {})).config).toMatchObject({ skills: null });
  expect(readFileSync(file, 'utf8').trim()).toBe(before.trim());
});

test('a path that is not absolute, and a config.toml that is broken, are refused', async () => {
  const { server, home } = world();
  const client = await introduced(server);
  const relative = await client.call('skills/config/write', { path: 'SKILL.md', enabled: false });
  expect(relative.error).toMatchObject({ code: -32600, message: 'path must be absolute: SKILL.md' });
  writeFileSync(join(home, 'config.toml'), 'model = ');
  const broken = await client.call('skills/config/write', { path: '/a/SKILL.md', enabled: false });
  expect(broken.error?.message).toMatch(/^failed to update skill settings: /);
  expect(readFileSync(join(home, 'config.toml'), 'utf8')).toBe('model = ');
});

test('reloadUserConfig reaches loaded threads: a skill that is switched off is handed over no more', async () => {
  const model = await startMockModel({ steps: ['1', '2', '3'].map((text) => say(text)) });
  const { server, home } = world({ model });
  const client = await introduced(server);
  const path = putSkill(join(home, 'skills'), 'greet');
  const { thread } = await client.request('thread/start', {});
  const handedOver = async () => {
    const before = model.calls.length;
    const input = [{ type: 'text' as const, text: 'use $greet', text_elements: [] }];
    const { turn } = await client.request('turn/start', { threadId: thread.id, input });
    await client.until(
      ({ method, params }) => method === 'turn/completed' && (params as { turn: { id: string } }).turn.id === turn.id,
    );
    return inputTexts(model.calls[before]!, 'user').filter((text) => text.startsWith('<skill>')).length;
  };
  const edits = [
    { keyPath: 'skills.config', value: [{ path, enabled: false }], mergeStrategy: 'replace' as const },
    { keyPath: 'model', value: 'gpt-5.4', mergeStrategy: 'replace' as const },
  ];
  expect(await handedOver()).toBe(1);
  await client.request('config/batchWrite', { edits });
  expect(await handedOver()).toBe(2);
  await client.request('config/batchWrite', { edits, reloadUserConfig: true });
  // Those of the turns before are in the history; the model is still the one the thread was loaded with.
  expect(await handedOver()).toBe(2);
  expect(model.calls.map(({ body }) => body['model'])).toEqual(Array(3).fill('gpt-5.2-codex'));
});

test('clients hear of changed skills', async () => {
  const { server, cwd } = world({ config: NO_BUNDLED });
  const client = await introduced(server);
  await client.request('skills/list', {});
  const changed = client.untilMethod('skills/changed');
  putSkill(join(cwd, '.agents/skills'), 'mend');
  await changed;
  await expect
    .poll(async () => (await client.request('skills/list', {})).data[0]?.skills.map(({ name }) => name))
    .toEqual(['mend']);
});

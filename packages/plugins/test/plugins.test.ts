import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPluginKey } from '../src/plugin-key.ts';
import { marketplace, plugin, put, world } from './setup.ts';

const ON = { enabled: true };
const SERVERS = { mcpServers: { zed: { command: 'z', cwd: 'sub' }, add: { type: 'stdio', command: 'a' } } };

describe('what a plugin brings', () => {
  test('is read from its folder', async () => {
    const {
      plugins,
      repo,
      marketplace: file,
    } = await world({
      ...marketplace('shop', { kit: {} }),
      ...plugin(
        'kit',
        { description: 'A kit.', skills: './more/skills' },
        {
          ...{ 'skills/a/SKILL.md': '', 'more/skills/b/SKILL.md': '', '.mcp.json': SERVERS },
          '.app.json': { apps: { mail: { id: 'connector_mail' }, again: { id: 'connector_mail' }, blank: { id: '' } } },
        },
      ),
    });
    const found = await plugins.read(file, 'kit', {});
    const kit = path.join(repo, 'kit');
    expect(found).toMatchObject({
      description: 'A kit.',
      skillFolders: [path.join(kit, 'skills'), path.join(kit, 'more/skills')],
      apps: ['connector_mail'],
    });
    expect(Object.entries(found.servers)).toEqual([
      ['add', { command: 'a' }],
      ['zed', { command: 'z', cwd: path.join(kit, 'sub') }],
    ]);
  });

  test('may stand elsewhere in the folder, then nothing else counts', async () => {
    const elsewhere = { mcpServers: './conf/mcp.json', apps: './conf/apps.json' };
    const { plugins, marketplace: file } = await world({
      ...marketplace('shop', { kit: {} }),
      ...plugin('kit', elsewhere, {
        ...{ '.mcp.json': SERVERS, 'conf/mcp.json': { mcpServers: { own: { command: 'o' } } } },
        '.app.json': { apps: { mail: { id: 'connector_mail' } } },
      }),
    });
    const found = await plugins.read(file, 'kit', {});
    expect([Object.keys(found.servers), found.apps]).toEqual([['own'], []]);
  });

  test.each([
    ['paths out of the folder', { skills: '../x', mcpServers: './../mcp.json', apps: '/etc/apps.json' }, {}],
    ['broken files', {}, { '.mcp.json': 'no json', '.app.json': '[]' }],
    ['other shapes', {}, { '.mcp.json': { mcpServers: [] }, '.app.json': { apps: 'x' } }],
    [
      'servers that break a rule',
      {},
      { '.mcp.json': { mcpServers: { a: {}, b: 1, c: { command: 'c', cwd: '../..' } } } },
    ],
  ])('is not taken from %s', async (_, manifest, files) => {
    const {
      plugins,
      folder,
      marketplace: file,
    } = await world({
      ...marketplace('shop', { kit: {} }),
      ...plugin('kit', manifest, files),
    });
    await put(folder, { 'mcp.json': SERVERS, 'repo/x/skills/SKILL.md': '', 'repo/mcp.json': SERVERS });
    expect(await plugins.read(file, 'kit', {})).toMatchObject({ skillFolders: [], servers: {}, apps: [] });
  });

  test('is not taken through links out of the folder', async () => {
    const {
      plugins,
      folder,
      repo,
      marketplace: file,
    } = await world({
      ...marketplace('shop', { kit: {} }),
      ...plugin('kit'),
    });
    await put(folder, { 'else/.mcp.json': SERVERS, 'else/skills/a/SKILL.md': '' });
    for (const name of ['.mcp.json', 'skills'])
      symlinkSync(path.join(folder, 'else', name), path.join(repo, 'kit', name));
    expect(await plugins.read(file, 'kit', {})).toMatchObject({ skillFolders: [], servers: {} });
  });

  test.each(['{bad', '[]', { name: 1 }, { name: 'kit', skills: 5 }, { name: 'kit', interface: { capabilities: 'x' } }])(
    'is nothing when the manifest is %j',
    async (manifest) => {
      const { plugins, marketplace: file } = await world({
        ...marketplace('shop', { kit: {} }),
        'kit/.codex-plugin/plugin.json': manifest,
      });
      await expect(plugins.read(file, 'kit', {})).rejects.toThrow('missing or invalid .codex-plugin/plugin.json');
      await expect(plugins.install(file, 'kit')).rejects.toThrow('missing or invalid plugin manifest: ');
    },
  );

  test('has an interface when the manifest says something in it', async () => {
    const shown = async (value: unknown) => {
      const { plugins, marketplace: file } = await world({
        ...marketplace('shop', { kit: {} }),
        ...plugin('kit', { interface: value }),
      });
      return (await plugins.read(file, 'kit', {})).summary.interface;
    };
    expect(await shown({})).toBeNull();
    expect(await shown({ composerIcon: './../x', defaultPrompt: [' ', 'x'.repeat(129)] })).toBeNull();
    const prompts = ['one', '  two\n lines ', 5, 'x'.repeat(200), 'three', 'four'];
    expect(await shown({ defaultPrompt: prompts })).toMatchObject({ defaultPrompt: ['one', 'two lines', 'three'] });
    expect(await shown({ defaultPrompt: 'only', websiteURL: 'https://w' })).toMatchObject({
      ...{ defaultPrompt: ['only'], websiteUrl: 'https://w' },
    });
  });
});

describe('installing', () => {
  test('copies regular files, keeps what may be run, and makes the plugin loadable', async () => {
    const {
      plugins,
      folder,
      repo,
      home,
      marketplace: file,
      installed,
    } = await world({
      ...marketplace('shop', { kit: { authPolicy: 'ON_USE' } }),
      ...plugin(
        'kit',
        {},
        { 'skills/a/SKILL.md': 'text', 'bin/run': '#!/bin/sh\n', '.app.json': { apps: { a: { id: 'x' } } } },
      ),
    });
    await rm(path.join(repo, 'kit/bin/run'));
    writeFileSync(path.join(repo, 'kit/bin/run'), '#!/bin/sh\n', { mode: 0o755 });
    await put(folder, { secret: 's' });
    symlinkSync(path.join(folder, 'secret'), path.join(repo, 'kit/link'));
    symlinkSync(folder, path.join(repo, 'kit/folder'));
    expect(await plugins.install(file, 'kit')).toEqual({ key: 'kit@shop', authPolicy: 'ON_USE', apps: ['x'] });
    const place = 'cache/shop/kit/local';
    expect(installed()).toEqual(
      ['.app.json', '.codex-plugin/plugin.json', 'bin/run', 'skills/a/SKILL.md'].map((name) => `${place}/${name}`),
    );
    const copy = path.join(home, 'plugins', place);
    expect((await stat(path.join(copy, 'bin/run'))).mode & 0o111).not.toBe(0);
    expect(await plugins.load({ 'kit@shop': ON })).toEqual([
      {
        ...{ key: 'kit@shop', name: 'kit', description: null, servers: {}, apps: ['x'] },
        skillFolders: [path.join(copy, 'skills')],
      },
    ]);
    expect(await plugins.load({ 'kit@shop': { enabled: false } })).toEqual([]);
  });

  test('replaces what is installed as a whole', async () => {
    const {
      plugins,
      repo,
      marketplace: file,
      installed,
    } = await world({
      ...marketplace('shop', { kit: {} }),
      ...plugin('kit', {}, { old: '' }),
    });
    await plugins.install(file, 'kit');
    await rm(path.join(repo, 'kit/old'));
    await put(repo, { 'kit/new': '' });
    await plugins.install(file, 'kit');
    expect(installed()).toEqual(['cache/shop/kit/local/.codex-plugin/plugin.json', 'cache/shop/kit/local/new']);
  });

  test('changes nothing when it fails', async () => {
    const {
      plugins,
      repo,
      marketplace: file,
      installed,
    } = await world({
      ...marketplace('shop', { kit: {} }),
      ...plugin('kit', {}, { old: '' }),
    });
    await plugins.install(file, 'kit');
    const before = installed();
    for (let at = 0; at < 300; at++) mkdirSync(path.join(repo, 'kit/many', String(at)), { recursive: true });
    writeFileSync(path.join(repo, 'kit/huge'), '');
    const { truncate } = await import('node:fs/promises');
    await truncate(path.join(repo, 'kit/huge'), 300 * 1024 * 1024);
    await expect(plugins.install(file, 'kit')).rejects.toThrow('too large to install');
    expect(installed()).toEqual(before);
  });

  test.each([
    ['na', { installPolicy: 'NOT_AVAILABLE' }, 'na', 'plugin `na` is not available for install in marketplace `shop`'],
    ['gone', {}, null, /^plugin source path is not a directory: .*gone$/],
    ['bare', {}, '', /^missing plugin manifest: .*plugin\.json$/],
    ['kit', {}, 'other', 'plugin manifest name `other` does not match marketplace plugin name `kit`'],
    ['kit', {}, ' kit', 'invalid plugin name: only ASCII letters, digits, `_`, and `-` are allowed'],
    ['a b', {}, 'a b', 'invalid plugin name: only ASCII letters, digits, `_`, and `-` are allowed'],
  ])('refuses %s', async (name, offer, own, message) => {
    const { plugins, repo, marketplace: file, installed } = await world(marketplace('shop', { [name]: offer }));
    if (own === '') mkdirSync(path.join(repo, name));
    else if (own !== null) await put(repo, { [`${name}/.codex-plugin/plugin.json`]: { name: own } });
    await expect(plugins.install(file, name)).rejects.toMatchObject({ code: 'invalidRequest' });
    await expect(plugins.install(file, name)).rejects.toThrow(message);
    expect(installed()).toBeNull();
  });

  test('refuses what is not offered, bad names of marketplaces and folders that are links elsewhere', async () => {
    const { plugins, folder, repo, marketplace: file } = await world(marketplace('a b', { kit: {} }));
    await put(folder, plugin('kit'));
    await expect(plugins.install(file, 'none')).rejects.toThrow('plugin `none` was not found in marketplace `a b`');
    await expect(plugins.install(file, 'kit')).rejects.toThrow('invalid marketplace name: ');
    await put(repo, marketplace('shop', { kit: {} }));
    symlinkSync(path.join(folder, 'kit'), path.join(repo, 'kit'));
    await expect(plugins.install(file, 'kit')).rejects.toThrow('leads out of the marketplace root');
  });

  test('of two at once leaves one whole copy', async () => {
    const {
      plugins,
      marketplace: file,
      installed,
    } = await world({
      ...marketplace('shop', { kit: {} }),
      ...plugin('kit', {}, Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`f${at}`, 'x']))),
    });
    await Promise.allSettled([
      plugins.install(file, 'kit'),
      plugins.install(file, 'kit'),
      plugins.install(file, 'kit'),
    ]);
    expect(installed()).toHaveLength(41);
    expect(await plugins.load({ 'kit@shop': ON })).toHaveLength(1);
  });
});

describe('loading', () => {
  test('leaves out what is not installed, not valid, or there in two versions', async () => {
    const {
      plugins,
      home,
      marketplace: file,
    } = await world({
      ...marketplace('shop', { good: {}, bad: {}, two: {} }),
      ...{ ...plugin('good'), ...plugin('bad'), ...plugin('two') },
    });
    for (const name of ['good', 'bad', 'two']) await plugins.install(file, name);
    const cache = path.join(home, 'plugins/cache/shop');
    writeFileSync(path.join(cache, 'bad/local/.codex-plugin/plugin.json'), 'no json');
    mkdirSync(path.join(cache, 'two/other'));
    const table = Object.fromEntries(
      ['two@shop', 'good@shop', 'bad@shop', 'gone@shop', '../..@shop', 'nonsense'].map((key) => [key, ON]),
    );
    expect((await plugins.load(table)).map(({ key }) => key)).toEqual(['good@shop']);
  });
});

describe('uninstalling', () => {
  test('removes the copy and nothing else, however often', async () => {
    const {
      plugins,
      repo,
      marketplace: file,
      installed,
    } = await world({
      ...marketplace('shop', { kit: {}, other: {} }),
      ...{ ...plugin('kit'), ...plugin('other') },
    });
    await plugins.install(file, 'kit');
    await plugins.install(file, 'other');
    await plugins.uninstall('kit@shop');
    await plugins.uninstall('kit@shop');
    expect(installed()).toEqual(['cache/shop/other/local/.codex-plugin/plugin.json']);
    expect(existsSync(path.join(repo, 'kit'))).toBe(true);
  });

  test.each([
    ['nonsense', 'invalid plugin key `nonsense`; expected <plugin>@<marketplace>'],
    ['@', 'invalid plugin key `@`; expected <plugin>@<marketplace>'],
    ['a@', 'invalid plugin key `a@`; expected <plugin>@<marketplace>'],
    ['a b@c', 'invalid plugin name: only ASCII letters, digits, `_`, and `-` are allowed in `a b@c`'],
    ['../..@c', 'invalid plugin name: only ASCII letters, digits, `_`, and `-` are allowed in `../..@c`'],
    ['a@..', 'invalid marketplace name: only ASCII letters, digits, `_`, and `-` are allowed in `a@..`'],
  ])('refuses %s', async (key, message) => {
    const { plugins } = await world({});
    await expect(plugins.uninstall(key)).rejects.toMatchObject({ code: 'invalidRequest', message });
  });

  test('a key is split at its last @', () => {
    expect(readPluginKey('a@b')).toEqual({ plugin: 'a', marketplace: 'b' });
    expect(() => readPluginKey('a@b@c')).toThrow('invalid plugin name');
  });
});

describe('adopting what the user has elsewhere', () => {
  const SHA = '0123456789abcdef0123456789abcdef01234567';
  const curated = async () => {
    const w = await world({});
    const folder = path.join(w.home, '.tmp/plugins');
    const names = ['one', 'two', 'three'];
    await put(folder, marketplace('openai-curated', Object.fromEntries([...names, 'bad'].map((name) => [name, {}]))));
    for (const name of names) await put(folder, plugin(name));
    await put(w.home, { '.tmp/plugins.sha': `${SHA}\n` });
    return w;
  };

  test('installs, removes and switches', async () => {
    const { plugins, home, installed } = await curated();
    await plugins.install(path.join(home, '.tmp/plugins/.agents/plugins/marketplace.json'), 'three');
    const table = { 'three@openai-curated': ON, 'two@openai-curated': ON, 'kit@shop': ON };
    const remote = [
      { name: 'one', enabled: true },
      { name: 'two', enabled: false },
      { name: 'unknown', enabled: true },
    ];
    expect(await plugins.adopt(remote, table)).toEqual([
      { key: 'one@openai-curated', enabled: true },
      { key: 'two@openai-curated', enabled: false },
      { key: 'three@openai-curated', enabled: null },
    ]);
    const manifest = (name: string) => `cache/openai-curated/${name}/${SHA}/.codex-plugin/plugin.json`;
    expect(installed()).toEqual([manifest('one'), manifest('two')]);
  });

  test('takes nothing away when something cannot be installed', async () => {
    const { plugins, home } = await curated();
    await plugins.install(path.join(home, '.tmp/plugins/.agents/plugins/marketplace.json'), 'three');
    await expect(plugins.adopt([{ name: 'bad', enabled: true }], {})).rejects.toThrow('is not a directory');
    expect(existsSync(path.join(home, 'plugins/cache/openai-curated/three'))).toBe(true);
  });

  test('needs the curated copy and its version', async () => {
    const { plugins } = await world({});
    await expect(plugins.adopt([], {})).rejects.toThrow('local curated marketplace is not available');
    const { plugins: others, home } = await curated();
    writeFileSync(path.join(home, '.tmp/plugins.sha'), '../../x');
    await expect(others.adopt([], {})).rejects.toThrow('local curated marketplace sha is not available');
    expect(readFileSync(path.join(home, '.tmp/plugins.sha'), 'utf8')).toBe('../../x');
  });
});

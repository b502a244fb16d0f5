import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMarketplace } from '../src/marketplace.ts';
import { marketplace, MARKETPLACE, plugin, put, world } from './setup.ts';

const ON = { enabled: true };

describe('the list', () => {
  test('tells of offered, installed and enabled plugins', async () => {
    const {
      plugins,
      repo,
      marketplace: file,
    } = await world({
      ...marketplace('shop', {
        saw: { authPolicy: 'ON_USE', category: 'Tools' },
        nail: {},
        gone: { category: 'Lost' },
      }),
      ...plugin('saw', { interface: { displayName: 'Saw', category: 'Other', logo: './logo.png' } }),
      ...plugin('nail'),
    });
    await plugins.install(file, 'nail');
    const [shop, ...others] = await plugins.list([repo], { 'nail@shop': ON, 'saw@shop': { enabled: false } });
    expect(others).toEqual([]);
    expect(shop).toMatchObject({ name: 'shop', path: file });
    expect(shop?.plugins).toEqual([
      {
        ...{ id: 'saw@shop', name: 'saw', source: { type: 'local', path: path.join(repo, 'saw') } },
        ...{ installed: false, enabled: false, installPolicy: 'AVAILABLE', authPolicy: 'ON_USE' },
        interface: expect.objectContaining({
          ...{ displayName: 'Saw', category: 'Tools', logo: path.join(repo, 'saw/logo.png'), capabilities: [] },
        }),
      },
      expect.objectContaining({ id: 'nail@shop', installed: true, enabled: true, interface: null }),
      expect.objectContaining({
        ...{ id: 'gone@shop', installed: false, enabled: false },
        interface: expect.objectContaining({ displayName: null, category: 'Lost', screenshots: [] }),
      }),
    ]);
  });

  test('looks at home, into the folders or their repositories, and at the curated copy', async () => {
    const { plugins, repo, user, home, folder } = await world({
      ...marketplace('repo', { a: {} }),
      ...Object.fromEntries(
        Object.entries(marketplace('inner', { b: {} })).map(([name, content]) => [`in/${name}`, content]),
      ),
    });
    await put(user, marketplace('mine', { c: {} }));
    await put(path.join(home, '.tmp/plugins'), marketplace('openai-curated', { d: {} }));
    const names = async (...folders: string[]) => (await plugins.list(folders, {})).map(({ name }) => name);
    expect(await names()).toEqual(['mine', 'openai-curated']);
    expect(await names(path.join(repo, 'in/deep'))).toEqual(['mine', 'openai-curated', 'repo']);
    expect(await names(path.join(repo, 'in'), repo)).toEqual(['mine', 'openai-curated', 'repo', 'inner']);
    expect(await names(folder, user, path.join(folder, 'nowhere'))).toEqual(['mine', 'openai-curated']);
  });

  test('has each key once and no marketplace without plugins', async () => {
    const { plugins, folder } = await world({});
    const [one, two] = [path.join(folder, 'one'), path.join(folder, 'two')];
    await put(one, marketplace('same', { a: {} }));
    await put(two, marketplace('same', { a: {}, b: {} }));
    await put(path.join(folder, 'three'), marketplace('empty', {}));
    const found = await plugins.list([two, one, path.join(folder, 'three')], {});
    expect(found.map(({ plugins: of }) => of.map(({ source }) => source.path))).toEqual([
      [path.join(one, 'a')],
      [path.join(two, 'b')],
    ]);
  });

  test('shows names that no key can have, and does not look for them', async () => {
    const { plugins, repo } = await world(
      marketplace('..', { '../../x': { source: { source: 'local', path: './x' } }, ok: {} }),
    );
    const [entry] = await plugins.list([repo], {});
    expect(entry?.plugins.map(({ id, installed }) => [id, installed])).toEqual([
      ['../../x@..', false],
      ['ok@..', false],
    ]);
  });

  test('shows nothing of a plugin whose folder is a link out of the marketplace', async () => {
    const { plugins, repo, folder } = await world(marketplace('shop', { saw: {} }));
    await put(path.join(folder, 'else'), plugin('saw', { interface: { displayName: 'Secret' } }));
    symlinkSync(path.join(folder, 'else/saw'), path.join(repo, 'saw'));
    const [entry] = await plugins.list([repo], {});
    expect(entry?.plugins[0]?.interface).toBeNull();
    await expect(plugins.read(path.join(repo, MARKETPLACE), 'saw', {})).rejects.toThrow('missing or invalid');
  });
});

describe('a marketplace that is not valid', () => {
  const source = (text: unknown) => ({ name: 'x', plugins: [{ name: 'a', source: { source: 'local', path: text } }] });

  test.each([
    ['', /JSON/],
    ['{', /JSON/],
    ['[]', /not an object/],
    [{ plugins: [] }, /missing field `name`/],
    [{ name: 1, plugins: [] }, /`name` is not a text/],
    [{ name: 'x' }, /missing field `plugins`/],
    [{ name: 'x', plugins: {} }, /`plugins` is not a list/],
    [{ name: 'x', plugins: ['a'] }, /not an object/],
    [{ name: 'x', plugins: [{ name: 'a' }] }, /missing field `source`/],
    [{ name: 'x', plugins: [{ name: 'a', source: { source: 'git', path: './a' } }] }, /unknown variant `git`/],
    [source('a'), /local plugin source path must start with `\.\/`$/],
    [source('/etc'), /must start with `\.\/`$/],
    [source('../a'), /must start with `\.\/`$/],
    [source('./../a'), /must stay within the marketplace root$/],
    [source('./a/../b'), /must stay within the marketplace root$/],
    [source('./'), /must not be empty$/],
    [source('./.'), /must not be empty$/],
    [{ name: 'x', plugins: [{ ...source('./a').plugins[0], installPolicy: 'FOO' }] }, /unknown variant `FOO`/],
  ])('%j says what is wrong', async (content, message) => {
    const { plugins, repo, marketplace: file } = await world({ [MARKETPLACE]: content });
    const questions = [
      () => plugins.list([repo], {}),
      () => plugins.read(file, 'a', {}),
      () => plugins.install(file, 'a'),
    ];
    for (const ask of questions) {
      await expect(ask()).rejects.toMatchObject({ code: 'invalidRequest', message: expect.stringMatching(message) });
      await expect(ask()).rejects.toThrow(`invalid marketplace file \`${file}\`: `);
    }
  });

  test('is not read when it is missing, a folder, huge or a link out of its folder', async () => {
    const { plugins, folder, repo, marketplace: file } = await world({});
    await expect(plugins.read(file, 'a', {})).rejects.toThrow(`marketplace file \`${file}\` does not exist`);
    const place = (name: string) => path.join(folder, name, MARKETPLACE);
    mkdirSync(place('dir'), { recursive: true });
    await expect(plugins.read(place('dir'), 'a', {})).rejects.toMatchObject({ code: 'internal' });
    await put(path.join(folder, 'huge'), marketplace('x', {}));
    truncateSync(place('huge'), 64 * 1024 * 1024);
    await expect(plugins.read(place('huge'), 'a', {})).rejects.toThrow('bytes');
    writeFileSync(path.join(folder, 'secret.json'), JSON.stringify({ name: 'x', plugins: [] }));
    mkdirSync(path.dirname(file), { recursive: true });
    symlinkSync(path.join(folder, 'secret.json'), file);
    await expect(plugins.list([repo], {})).rejects.toThrow('leads out');
  });

  test('lies elsewhere than marketplaces do', async () => {
    const { plugins, repo } = await world({ 'x/y/z/market.json': source('./a') });
    const file = path.join(repo, 'x/y/z/market.json');
    await expect(plugins.read(file, 'a', {})).rejects.toThrow('must live under `<root>/.agents/plugins/`');
  });

  test('never leads out of its folder, whatever it says', async () => {
    const { repo, marketplace: file } = await world({});
    const step = fc.constantFrom('..', '.', '', 'a', '…', '~', 'C:', '\\..', '%2e%2e', '\0');
    const paths = fc.array(step, { maxLength: 5 }).map((steps) => steps.join('/'));
    await fc.assert(
      fc.asyncProperty(paths, fc.constantFrom('./', '', '/', '../'), async (inner, start) => {
        await put(repo, { [MARKETPLACE]: source(start + inner) });
        const read = await readMarketplace(file).catch(() => null);
        for (const { folder } of read?.offers ?? []) expect(folder.startsWith(`${repo}${path.sep}`)).toBe(true);
      }),
    );
  });
});

import { CodexError, nullLogger } from '@codex/base';
import { expect, test } from 'vitest';
import { bareApp, type Backend, fetchRemotePlugins, mergeApps, readDirectory } from '../src/index.ts';

/** A backend that answers by path; what is no text as JSON. */
function backend(answers: Readonly<Record<string, unknown>>): Backend & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async get(path) {
      asked.push(path);
      const answer = answers[path];
      if (answer === undefined) return { url: `u/${path}`, status: 500, statusText: 'Server Error', body: 'oops' };
      const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
      return { url: `u/${path}`, status: 200, statusText: 'OK', body };
    },
  };
}

const LIST = 'connectors/directory/list?tier=categorized&external_logos=true';
const SECOND = 'connectors/directory/list?tier=categorized&token=n%202&external_logos=true';
const WORKSPACE = 'connectors/directory/list_workspace?external_logos=true';
const read = (from: Backend, workspace = false) =>
  readDirectory(from, { workspace, log: nullLogger, signal: new AbortController().signal });

test('the directory is read page by page, what is hidden or no app left out', async () => {
  const from = backend({
    [LIST]: {
      apps: [
        { id: 'drive', name: 'Drive', description: ' Files ', labels: { a: 'b', c: 1 }, branding: { developer: 'G' } },
        { id: 'hidden', name: 'Hidden', visibility: 'HIDDEN' },
        { name: 'no id' },
        'nonsense',
        { id: 'blank', name: ' ' },
      ],
      nextToken: 'n 2',
    },
    [SECOND]: {
      apps: [
        {
          id: 'drive',
          name: 'Later',
          logoUrl: 'https://l',
          appMetadata: { screenshots: [{ file_id: 'f', user_prompt: 'p' }] },
        },
      ],
      nextToken: ' ',
    },
  });
  const apps = await read(from);
  expect(from.asked).toEqual([LIST, SECOND]);
  expect(apps.map(({ id, name }) => [id, name])).toEqual([
    ['drive', 'Drive'],
    ['blank', 'blank'],
  ]);
  expect(apps[0]).toMatchObject({
    ...{
      description: 'Files',
      labels: { a: 'b' },
      logoUrl: 'https://l',
      installUrl: 'https://chatgpt.com/apps/drive/drive',
    },
    branding: { developer: 'G', website: null, isDiscoverableApp: false },
    appMetadata: { review: null, screenshots: [{ url: null, fileId: 'f', userPrompt: 'p' }], version: null },
  });
});

test('the apps of a workspace are added, and not missed', async () => {
  const apps = { apps: [{ id: 'a', name: 'A' }] };
  expect(await read(backend({ [LIST]: apps, [WORKSPACE]: { apps: [{ id: 'w', name: 'W' }] } }), true)).toHaveLength(2);
  expect(await read(backend({ [LIST]: apps }), true)).toHaveLength(1);
});

test('a directory that does not answer as it should is an error', async () => {
  await expect(read(backend({}))).rejects.toThrow('Request failed with status 500 Server Error: oops');
  await expect(read(backend({ [LIST]: 'no json' }))).rejects.toThrow('Failed to parse JSON response');
  await expect(read(backend({ [LIST]: { apps: {} } }))).rejects.toThrow('Failed to parse JSON response');
});

test('an endless directory comes to an end', async () => {
  const endless: Backend = {
    get: async (path) => ({ url: path, status: 200, statusText: 'OK', body: '{"apps":[],"nextToken":"more"}' }),
  };
  expect(await read(endless)).toEqual([]);
});

test.each([
  ['My  App! (x) é', 'my--app---x'],
  ['Google Drive', 'google-drive'],
  ['é', 'app'],
])('the page of %s is %s', (name, slug) => {
  expect(bareApp('id', name).installUrl).toBe(`https://chatgpt.com/apps/${slug}/id`);
});

const sources = {
  directory: [bareApp('b', 'Beta'), bareApp('mail', 'Mail'), bareApp('a', 'alpha'), bareApp('x_hidden', 'X')],
  connected: [{ id: 'mail', name: 'mail', description: 'Mails.' }],
  plugins: [
    { name: 'kit', apps: ['mail', 'unlisted'] },
    { name: 'other', apps: ['mail'] },
  ],
  isHidden: (id: string) => id.startsWith('x_'),
  isEnabled: (id: string) => id !== 'b',
};

test('connected apps come first, with the plugins they are of', () => {
  const apps = mergeApps(sources);
  expect(apps.map(({ id, isAccessible, isEnabled }) => [id, isAccessible, isEnabled])).toEqual([
    ['mail', true, true],
    ['b', false, false],
    ['a', false, true],
    ['unlisted', false, true],
  ]);
  expect(apps[0]).toMatchObject({ name: 'Mail', description: 'Mails.', pluginDisplayNames: ['kit', 'other'] });
});

test('before the directory is known every connected app is shown, afterwards those it lists', () => {
  const connected = [{ id: 'cal', name: 'Calendar', description: null }];
  const ids = (directory: typeof sources.directory | null) =>
    mergeApps({ ...sources, directory, connected, plugins: [] }).map(({ id }) => id);
  expect(ids(null)).toEqual(['cal']);
  expect(ids([bareApp('b', 'Beta')])).toEqual(['b']);
  expect(mergeApps({ ...sources, directory: null, connected: null })).toEqual([]);
});

test('what the user has elsewhere is read strictly', async () => {
  const answer = (value: unknown) => fetchRemotePlugins(backend({ 'plugins/list': value }));
  expect(
    await answer([
      { name: 'a', marketplace_name: 'openai-curated', enabled: true },
      { name: 'b', enabled: false },
    ]),
  ).toEqual([
    { name: 'a', enabled: true },
    { name: 'b', enabled: false },
  ]);
  for (const [value, message] of [
    ['no json', /^failed to parse remote plugin sync response from u\/plugins\/list: /],
    [{ x: 1 }, /not a list$/],
    [[{ name: 'a' }], /needs `name` and `enabled`$/],
    [[{ name: '../x', enabled: true }], /^invalid plugin name/],
    [[{ name: 'a', enabled: true, marketplace_name: 'mine' }], /^remote marketplace `mine` is not available locally$/],
    [
      [
        { name: 'a', enabled: true },
        { name: 'a', enabled: true },
      ],
      /^duplicate remote plugin `a` in sync response$/,
    ],
  ] as const) {
    await expect(answer(value)).rejects.toThrow(CodexError);
    await expect(answer(value)).rejects.toThrow(message);
  }
  await expect(fetchRemotePlugins(backend({}))).rejects.toThrow(/failed with status 500 Server Error: oops$/);
});

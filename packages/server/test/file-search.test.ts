import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connect, INITIALIZE, introduced, type Client } from './support/client.ts';
import { world } from './support/server.ts';

function write(folder: string, ...names: string[]): void {
  for (const name of names) writeText(folder, name, '');
}

function writeText(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

async function find(client: Client, query: string, ...roots: string[]) {
  return (await client.request('fuzzyFileSearch', { query, roots })).files;
}

async function paths(client: Client, query: string, ...roots: string[]): Promise<string[]> {
  return (await find(client, query, ...roots)).map(({ path }) => path);
}

/** Path, score and the characters that were found. */
async function ratings(client: Client, query: string, root: string) {
  return (await find(client, query, root)).map(({ path, score, indices }) => [path, score, indices?.join(' ')]);
}

test('file names and beginnings of words come first', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  write(cwd, 'src/alpha.txt', 'src/beta_alpha.md', '.hidden/alpha.txt', 'src/gamma.txt');
  expect(await find(client, 'alpha', cwd)).toEqual([
    { root: cwd, path: '.hidden/alpha.txt', file_name: 'alpha.txt', score: 134, indices: [8, 9, 10, 11, 12] },
    { root: cwd, path: 'src/alpha.txt', file_name: 'alpha.txt', score: 134, indices: [4, 5, 6, 7, 8] },
    { root: cwd, path: 'src/beta_alpha.md', file_name: 'beta_alpha.md', score: 128, indices: [9, 10, 11, 12, 13] },
  ]);
  expect(await find(client, 'zzzz', cwd)).toEqual([]);
  expect(await find(client, '', cwd)).toEqual([]);
  expect(await find(client, 'alpha')).toEqual([]);
  expect(await find(client, 'alpha', join(cwd, 'nowhere'))).toEqual([]);
});

test('letters are found where they score best', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  write(cwd, 'foo_bar-baz.qux', 'v1beta2', 'src/alphaBeta.ts', 'src/Alpha Beta.txt');
  expect(await ratings(client, 'foobarbaz', cwd)).toEqual([['foo_bar-baz.qux', 222, '0 1 2 4 5 6 8 9 10']]);
  expect(await ratings(client, 'bq', cwd)).toEqual([['foo_bar-baz.qux', 51, '8 12']]);
  expect(await ratings(client, 'v2', cwd)).toEqual([['v1beta2', 48, '0 6']]);
  expect(await ratings(client, 'ae', cwd)).toEqual([
    ['src/alphaBeta.ts', 43, '4 10'],
    ['src/Alpha Beta.txt', 42, '4 11'],
  ]);
});

test('words of a query are looked for one by one and may say where', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  write(cwd, 'src/Alpha Beta.txt', 'src/alphaBeta.ts', 'lib/!bang', 'lib/src.md');
  expect(await ratings(client, 'beta alpha', cwd)).toEqual([
    ['src/Alpha Beta.txt', 238, '4 5 6 7 8 10 11 12 13'],
    ['src/alphaBeta.ts', 223, '4 5 6 7 8 9 10 11 12'],
  ]);
  expect(await paths(client, 'alpha\\ beta', cwd)).toEqual(['src/Alpha Beta.txt']);
  expect(await paths(client, '^src', cwd)).toEqual(['src/Alpha Beta.txt', 'src/alphaBeta.ts']);
  expect(await paths(client, 'txt$', cwd)).toEqual(['src/Alpha Beta.txt']);
  expect(await ratings(client, '^src/alphaBeta.ts$', cwd)).toEqual([
    ['src/alphaBeta.ts', 409, '0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15'],
  ]);
  expect(await paths(client, "'src !^src", cwd)).toEqual(['lib/src.md']);
  expect(await paths(client, '\\!bang', cwd)).toEqual(['lib/!bang']);
});

test('case and accents count when the query has them', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  write(cwd, 'eclair', 'éclair', 'Eclair2', '日本語');
  expect(await paths(client, 'eclair', cwd)).toEqual(['Eclair2', 'eclair', 'éclair']);
  expect(await paths(client, 'Eclair', cwd)).toEqual(['Eclair2']);
  expect(await ratings(client, 'éclair', cwd)).toEqual([['éclair', 159, '0 1 2 3 4 5']]);
  expect(await ratings(client, '日語', cwd)).toEqual([['日本語', 47, '0 2']]);
});

test('what git ignores is left out', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  write(
    cwd,
    '.git/HEAD',
    'ignx',
    'sub/ignx',
    'anchx',
    'sub/anchx',
    'ax.log',
    'keepx.log',
    'build/x',
    'sub/locx',
    'locx',
  );
  write(cwd, 'foo/1/2/barx', '#hashx', '.github/wx', 'f.ax', 'f.bx', 'q/w/deepx', 'arx', 'drx', 'in/1/x', 'in/x', '[x');
  writeText(cwd, '.git/info/exclude', 'sub/anchx\n');
  writeText(cwd, 'sub/.gitignore', '!ignx\r\nlocx\r\n');
  const rules = [
    '# ignx',
    'ignx',
    '/anchx',
    '*.log',
    '!keepx.log',
    'build/',
    'foo/**/barx',
    '\\#hashx',
    '*.[!b]x',
    '**/deepx',
  ];
  writeText(cwd, '.gitignore', [...rules, '[a-c]rx', 'in/**/', '[x', ''].join('\n'));
  expect((await paths(client, 'x', cwd)).sort()).toEqual(
    ['.github/wx', '[x', 'drx', 'f.bx', 'in/x', 'keepx.log', 'locx', 'sub/ignx'].sort(),
  );
  // The rules around a root count as well.
  expect(await paths(client, 'x', join(cwd, 'sub'))).toEqual(['ignx']);
});

test('.gitignore counts in repositories only, .ignore everywhere and first', async () => {
  const { server, cwd, home } = world();
  const client = await introduced(server);
  write(cwd, 'ax', 'bx', 'repo/ax', 'repo/bx', 'repo/cx', 'repo/dx', 'repo/.git/HEAD');
  writeText(cwd, '.gitignore', 'ax\n');
  writeText(cwd, '.ignore', 'bx\n!cx\n');
  writeText(cwd, 'repo/.gitignore', 'cx\n');
  writeText(join(home, '..'), '.config/git/ignore', 'dx\n');
  expect((await paths(client, 'x', cwd)).sort()).toEqual(['ax', 'repo/ax', 'repo/cx']);
});

test('links are followed but not in circles', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  write(cwd, 'real/filex', 'real/sub/y');
  symlinkSync('real', join(cwd, 'link'));
  symlinkSync('real/filex', join(cwd, 'linkx'));
  symlinkSync('../..', join(cwd, 'real/sub/loopx'));
  symlinkSync('nowhere', join(cwd, 'brokenx'));
  expect((await paths(client, 'x', cwd)).sort()).toEqual(['link/filex', 'linkx', 'real/filex']);
});

test('a root inside another one has its files to itself, and no file is named twice', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  write(cwd, 'a/x1', 'x2');
  const inner = join(cwd, 'a');
  const found = (await find(client, 'x', cwd, inner, cwd, `${inner}/../a`)).map(({ root, path }) => [root, path]);
  expect(found).toEqual([
    [inner, 'x1'],
    [cwd, 'x2'],
  ]);
  expect(await find(client, 'x1', 'a')).toMatchObject([{ root: 'a', path: 'x1' }]);
});

test('the best fifty are kept whatever the order they are found in', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  write(cwd, ...Array.from({ length: 300 }, (_, n) => `d${n % 7}/other-${n}-match`), 'z/match');
  const found = await find(client, 'match', cwd);
  expect(found).toHaveLength(50);
  expect(found[0]?.path).toBe('z/match');
  expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).toSorted((a, b) => b - a));
});

test('a query finds exactly the paths that have its letters in order', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  const names = Array.from({ length: 40 }, (_, n) => `${n.toString(3)}a${n.toString(2)}b/c${n.toString(4)}x`);
  write(cwd, ...names);
  const isWithin = (query: string, name: string) => {
    let at = 0;
    for (const char of name) if (char === query[at]) at++;
    return at === query.length;
  };
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[0123abcx/]{1,6}$/), async (query) => {
      const found = await find(client, query, cwd);
      expect(found.map(({ path }) => path).sort()).toEqual(names.filter((name) => isWithin(query, name)).sort());
      for (const { path, indices } of found) {
        expect(indices?.map((at) => path[at]).join('')).toBe(query);
      }
    }),
    { numRuns: 60 },
  );
});

test('no pattern and no query takes for ever', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  const long = 'a'.repeat(200);
  write(cwd, `${long}/${long}/${long}/${long}x`, '.git/HEAD');
  writeText(
    cwd,
    '.gitignore',
    `${'*a'.repeat(100)}b\n${'**/a*/'.repeat(50)}b\n${' '.repeat(100_000)}z\n[${'\\'.repeat(50)}\n`,
  );
  expect(await find(client, 'a'.repeat(1000), cwd)).toEqual([]);
  expect(await find(client, 'a'.repeat(400), cwd)).toHaveLength(1);
});

test('a newer search with the same token ends the older one', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  write(cwd, 'one', 'two');
  const search = (query: string, cancellationToken: string) =>
    client.request('fuzzyFileSearch', { query, roots: [cwd], cancellationToken });
  const [older, newer, other] = await Promise.all([search('one', 't'), search('two', 't'), search('one', 'u')]);
  expect(older.files).toEqual([]);
  expect(newer.files).toMatchObject([{ path: 'two' }]);
  expect(other.files).toMatchObject([{ path: 'one' }]);
});

test('a session tells every client what it finds for each query', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  const other = await introduced(server);
  write(cwd, 'src/alpha.txt', 'zeta.txt');
  const told = (query: string) => (message: { method?: string; params?: Record<string, unknown> }) =>
    message.method === 'fuzzyFileSearch/sessionUpdated' && message.params?.['query'] === query;

  await client.request('fuzzyFileSearch/sessionStart', { sessionId: 's', roots: [cwd] });
  await client.untilMethod('fuzzyFileSearch/sessionCompleted');
  expect((await client.until(told(''))).params).toEqual({ sessionId: 's', query: '', files: [] });

  client.log.length = 0;
  const answered = client.call('fuzzyFileSearch/sessionUpdate', { sessionId: 's', query: 'alp' });
  expect((await answered).result).toEqual({});
  await client.untilMethod('fuzzyFileSearch/sessionCompleted');
  expect(client.log[0]?.result).toEqual({});
  expect((await other.until(told('alp'))).params).toMatchObject({ files: [{ root: cwd, path: 'src/alpha.txt' }] });
  expect(client.methods()).toEqual(['fuzzyFileSearch/sessionUpdated', 'fuzzyFileSearch/sessionCompleted']);

  await client.request('fuzzyFileSearch/sessionStop', { sessionId: 's' });
  await client.request('fuzzyFileSearch/sessionStop', { sessionId: 's' });
  const gone = await client.call('fuzzyFileSearch/sessionUpdate', { sessionId: 's', query: 'a' });
  expect(gone.error).toMatchObject({ code: -32600, message: 'fuzzy file search session not found: s' });
});

test('only the latest query of a session is completed', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  write(cwd, 'one', 'two');
  const send = (id: number, query: string) =>
    client.send({ id, method: 'fuzzyFileSearch/sessionUpdate', params: { sessionId: 's', query } });
  client.send({ id: 1, method: 'fuzzyFileSearch/sessionStart', params: { sessionId: 's', roots: [cwd] } });
  send(2, 'one');
  send(3, 'two');
  await client.untilMethod('fuzzyFileSearch/sessionCompleted');
  await client.request('thread/loaded/list', {});
  const told = client.log.filter(({ method }) => method === 'fuzzyFileSearch/sessionUpdated');
  expect(told.at(-1)?.params?.['query']).toBe('two');
  expect(client.methods().filter((method) => method === 'fuzzyFileSearch/sessionCompleted')).toHaveLength(1);
});

test('sessions have a name, a limit, and end with the connection that began them', async () => {
  const { server, cwd } = world();
  const client = connect(server);
  await client.call('initialize', INITIALIZE);
  const other = await introduced(server);
  const start = (sessionId: string) => client.call('fuzzyFileSearch/sessionStart', { sessionId, roots: [cwd] });
  expect((await start('')).error).toMatchObject({ code: -32600, message: 'sessionId must not be empty' });
  for (let n = 0; n < 16; n++) await start(`s${n}`);
  expect((await start('s16')).error?.code).toBe(-32001);
  expect((await start('s3')).result).toEqual({});
  client.hangUp();
  await client.closed;
  const gone = await other.call('fuzzyFileSearch/sessionUpdate', { sessionId: 's3', query: 'a' });
  expect(gone.error?.message).toBe('fuzzy file search session not found: s3');
});

test('a folder that vanishes while it is listed counts as empty', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  write(cwd, ...Array.from({ length: 200 }, (_, n) => `d${n}/x`));
  const search = find(client, 'x', cwd);
  rmSync(join(cwd, 'd100'), { recursive: true });
  expect((await search).length).toBe(50);
});

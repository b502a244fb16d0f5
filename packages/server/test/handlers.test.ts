import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { http, say, startMockModel } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { diffToRemote } from '../src/git-diff.ts';
import { type Client, introduced } from './support/client.ts';
import { world } from './support/server.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function errorOf(client: Client, method: string, params?: unknown) {
  return (await client.call(method, params)).error;
}

describe('fs/*', () => {
  it('reads, writes, lists, copies and removes', async () => {
    const { server, cwd } = world();
    const client = await introduced(server);
    const at = (name: string) => join(cwd, name);
    await client.request('fs/writeFile', { path: at('a.txt'), dataBase64: base64('hello') });
    expect(await client.request('fs/readFile', { path: at('a.txt') })).toEqual({ dataBase64: base64('hello') });
    const facts = await client.request('fs/getMetadata', { path: at('a.txt') });
    expect(facts).toMatchObject({ isDirectory: false, isFile: true });
    expect(Number.isInteger(facts.modifiedAtMs)).toBe(true);
    await client.request('fs/createDirectory', { path: at('x/y') });
    symlinkSync('nowhere', at('x/dangling'));
    symlinkSync('y', at('x/link'));
    await client.request('fs/copy', { sourcePath: at('a.txt'), destinationPath: at('x/b.txt') });
    await client.request('fs/copy', { sourcePath: at('x'), destinationPath: at('z'), recursive: true });
    const { entries } = await client.request('fs/readDirectory', { path: at('z') });
    expect(entries.toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1))).toEqual([
      { fileName: 'b.txt', isDirectory: false, isFile: true },
      { fileName: 'dangling', isDirectory: false, isFile: false },
      { fileName: 'link', isDirectory: true, isFile: false },
      { fileName: 'y', isDirectory: true, isFile: false },
    ]);
    await client.request('fs/remove', { path: at('z') });
    await client.request('fs/remove', { path: at('z') });
    expect(existsSync(at('z'))).toBe(false);
  });

  it('does not wait for a pipe or read a device without end, however often it is asked', async () => {
    const { server, cwd } = world();
    const client = await introduced(server);
    const pipe = join(cwd, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const asked = Array.from({ length: 8 }, () => errorOf(client, 'fs/readFile', { path: pipe }));
    for (const error of await Promise.all(asked)) {
      expect(error).toEqual({ code: -32600, message: `fs/readFile cannot read ${pipe}: not a regular file` });
    }
    expect((await errorOf(client, 'fs/readFile', { path: '/dev/zero' }))?.message).toContain('not a regular file');
    expect(await errorOf(client, 'fs/writeFile', { path: pipe, dataBase64: '' })).toMatchObject({ code: -32603 });
  });

  it('says what went wrong in the words of the system', async () => {
    const { server, cwd } = world();
    const client = await introduced(server);
    const at = (name: string) => join(cwd, name);
    mkdirSync(at('dir/inner'), { recursive: true });
    writeFileSync(at('file'), '');
    const cases: [method: string, params: object, code: number, message: string][] = [
      ['fs/readFile', { path: at('no') }, -32603, 'No such file or directory (os error 2)'],
      ['fs/readFile', { path: at('dir') }, -32603, 'Is a directory (os error 21)'],
      ['fs/createDirectory', { path: at('dir'), recursive: false }, -32603, 'File exists (os error 17)'],
      ['fs/readDirectory', { path: at('file') }, -32603, 'Not a directory (os error 20)'],
      ['fs/remove', { path: at('dir'), recursive: false }, -32603, 'Directory not empty (os error 39)'],
      ['fs/remove', { path: at('no'), force: false }, -32603, 'No such file or directory (os error 2)'],
      [
        ...(['fs/writeFile', { path: at('x'), dataBase64: 'ab*=' }, -32600] as const),
        'fs/writeFile requires valid base64 dataBase64: Invalid symbol 42, offset 2.',
      ],
      [
        ...(['fs/copy', { sourcePath: at('dir'), destinationPath: at('to') }, -32600] as const),
        'fs/copy requires recursive: true when sourcePath is a directory',
      ],
      [
        ...([
          'fs/copy',
          { sourcePath: at('dir'), destinationPath: at('dir/inner/x'), recursive: true },
          -32600,
        ] as const),
        'fs/copy cannot copy a directory to itself or one of its descendants',
      ],
    ];
    for (const [method, params, code, message] of cases) {
      expect([method, await errorOf(client, method, params)]).toEqual([method, { code, message }]);
    }
    expect(await errorOf(client, 'fs/readFile', { path: 'relative' })).toEqual({
      code: -32600,
      message: 'Invalid request: AbsolutePathBuf deserialized without a base path',
      data: { field: 'path' },
    });
  });
});

describe('config/read', () => {
  it('shows effective values with their origins, and the layers when asked', async () => {
    const { server, cwd, home } = world();
    mkdirSync(join(cwd, '.codex'));
    writeFileSync(join(cwd, '.codex/config.toml'), 'model_reasoning_summary = "concise"\n');
    writeFileSync(
      join(home, 'config.toml'),
      `model = "x"\n[projects.${JSON.stringify(cwd)}]\ntrust_level = "trusted"\n`,
    );
    const client = await introduced(server);
    const plain = await client.request('config/read', {});
    expect(plain).not.toHaveProperty('layers');
    expect(plain.config).toMatchObject({ model: 'x', model_reasoning_summary: null, profiles: {}, mcp_servers: {} });
    expect(plain.origins['model']).toMatchObject({ name: { type: 'user', file: join(home, 'config.toml') } });
    const full = await client.request('config/read', { cwd, includeLayers: true });
    expect(full.config['model_reasoning_summary']).toBe('concise');
    expect(full.layers?.map((layer) => layer.name.type)).toEqual(['project', 'user', 'system']);
    writeFileSync(join(home, 'config.toml'), 'model = \n');
    expect(await errorOf(client, 'config/read', {})).toEqual({
      code: -32603,
      message: expect.stringMatching(/^failed to read configuration layers: .*config\.toml:1:/),
    });
    expect(await client.request('configRequirements/read', undefined)).toEqual({ requirements: null });
  });
});

describe('accounts', () => {
  it('log in with a key and out again, and everybody hears of it after the answer', async () => {
    const { server, home } = world({ provider: 'requires_openai_auth = true' });
    const client = await introduced(server);
    expect(await client.request('account/read', {})).toEqual({ account: null, requiresOpenaiAuth: true });
    expect((await errorOf(client, 'account/rateLimits/read'))?.message).toBe(
      'codex account authentication required to read rate limits',
    );
    const from = client.log.length;
    await client.call('account/login/start', { type: 'apiKey', apiKey: 'sk-1' }, 'login');
    await client.untilMethod('account/updated');
    expect(client.log.slice(from)).toEqual([
      { id: 'login', result: { type: 'apiKey' } },
      { method: 'account/login/completed', params: { loginId: null, success: true, error: null } },
      { method: 'account/updated', params: { authMode: 'apikey', planType: null } },
    ]);
    expect(JSON.parse(readFileSync(join(home, 'auth.json'), 'utf8'))).toMatchObject({ OPENAI_API_KEY: 'sk-1' });
    expect(await client.request('account/read', {})).toEqual({ account: { type: 'apiKey' }, requiresOpenaiAuth: true });
    expect(await client.request('getAuthStatus', { includeToken: true })).toEqual({
      ...{ authMethod: 'apikey', authToken: 'sk-1', requiresOpenaiAuth: true },
    });
    await client.request('account/logout', undefined);
    expect(existsSync(join(home, 'auth.json'))).toBe(false);
    await client.until((each) => each.method === 'account/updated' && each.params?.['authMode'] === null);
  });

  it('are of no interest to a provider without a login', async () => {
    const client = await introduced(world().server);
    expect(await client.request('account/read', {})).toEqual({ account: null, requiresOpenaiAuth: false });
    expect(await client.request('getAuthStatus', {})).toMatchObject({ requiresOpenaiAuth: false });
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect(await client.request('account/login/cancel', { loginId: unknown })).toEqual({ status: 'notFound' });
    expect((await errorOf(client, 'account/login/cancel', { loginId: 'x' }))?.message).toBe('invalid login id: x');
  });

  it('may be forced to the other kind of login', async () => {
    const client = await introduced(world({ config: 'forced_login_method = "chatgpt"' }).server);
    expect((await errorOf(client, 'account/login/start', { type: 'apiKey', apiKey: 'sk' }))?.message).toBe(
      'API key login is disabled. Use ChatGPT login instead.',
    );
  });

  it('with tokens of the client get new ones from it after a 401', async () => {
    const model = await startMockModel({ steps: [http(401, { error: { message: 'old' } }), [say('fine')]] });
    const { server } = world({ model, provider: 'requires_openai_auth = true' });
    const client = await introduced(server);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = (n: number) => `${part({ alg: 'none' })}.${part({ email: `u${n}@x.org` })}.sig`;
    const login = { type: 'chatgptAuthTokens', accessToken: token(1), chatgptAccountId: 'org', chatgptPlanType: 'pro' };
    expect((await client.call('account/login/start', login)).result).toEqual({ type: 'chatgptAuthTokens' });
    expect((await client.untilMethod('account/updated')).params).toEqual({
      ...{ authMode: 'chatgptAuthTokens', planType: 'pro' },
    });
    const { thread } = await client.request('thread/start', {});
    await client.request('turn/start', {
      threadId: thread.id,
      input: [{ type: 'text', text: 'hi', text_elements: [] }],
    });
    const asked = await client.untilMethod('account/chatgptAuthTokens/refresh');
    expect(asked.params).toEqual({ reason: 'unauthorized', previousAccountId: 'org' });
    client.send({ id: asked.id, result: { accessToken: token(2), chatgptAccountId: 'org', chatgptPlanType: null } });
    expect((await client.untilMethod('turn/completed')).params).toMatchObject({ turn: { status: 'completed' } });
    const calls = await model.waitForCalls(2);
    expect(calls.map((each) => each.headers['authorization'])).toEqual([`Bearer ${token(1)}`, `Bearer ${token(2)}`]);
  });
});

describe('catalogues', () => {
  it('of models and features are paged by offset', async () => {
    const client = await introduced(world().server);
    const all = await client.request('model/list', {});
    expect(all.nextCursor).toBeNull();
    expect(all.data.filter((model) => model.isDefault)).toHaveLength(1);
    const first = await client.request('model/list', { limit: 2 });
    expect(first).toEqual({ data: all.data.slice(0, 2), nextCursor: '2' });
    const rest = await client.request('model/list', { cursor: first.nextCursor });
    expect(rest).toEqual({ data: all.data.slice(2), nextCursor: null });
    expect((await errorOf(client, 'model/list', { cursor: 'x' }))?.message).toBe('invalid cursor: x');
    expect((await errorOf(client, 'model/list', { cursor: '9999' }))?.message).toBe(
      `cursor 9999 exceeds total models ${all.data.length}`,
    );
    const features = await client.request('experimentalFeature/list', {});
    expect(features.data).toHaveLength(51);
    expect(features.data.slice(0, 3).map((feature) => feature.name)).toEqual(['undo', 'shell_tool', 'unified_exec']);
    for (const feature of features.data) expect(feature.displayName !== null).toBe(feature.stage === 'beta');
    const modes = await client.request('collaborationMode/list', {});
    expect(modes.data.map((mode) => mode.mode)).toEqual(['plan', 'default']);
  });
});

describe('gitDiffToRemote', () => {
  it('compares the working tree with the newest commit a remote has', async () => {
    const { server, cwd } = world();
    const client = await introduced(server);
    const refused = await errorOf(client, 'gitDiffToRemote', { cwd });
    expect(refused).toEqual({
      code: -32600,
      message: `failed to compute git diff to remote for cwd: ${JSON.stringify(cwd)}`,
    });
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e@x', ...args], { cwd, encoding: 'utf8' });
    git('init', '-q', '-b', 'main');
    writeFileSync(join(cwd, 'a'), 'one\n');
    git('add', '.');
    git('commit', '-qm', 'one');
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    const sha = git('rev-parse', 'HEAD').trim();
    writeFileSync(join(cwd, 'a'), 'two\n');
    git('commit', '-qam', 'two');
    writeFileSync(join(cwd, 'new'), 'untracked\n');
    writeFileSync(join(cwd, '-'), '');
    const found = await client.request('gitDiffToRemote', { cwd });
    expect(found.sha).toBe(sha);
    expect(found.diff).toContain('-one\n+two\n');
    expect(found.diff).toContain('+untracked\n');
    await expect(diffToRemote(cwd, process.env, found.diff.length - 1)).rejects.toThrow('is too large');
  });
});

it('realtime conversations are refused as by a server without them', async () => {
  const client = await introduced(world().server);
  const { thread } = await client.request('thread/start', {});
  for (const step of ['start', 'appendAudio', 'appendText', 'stop']) {
    const params = { threadId: thread.id, prompt: 'p', text: 't', audio: { data: '', sampleRate: 1, numChannels: 1 } };
    expect((await errorOf(client, `thread/realtime/${step}`, params))?.message).toBe(
      `thread ${thread.id} does not support realtime conversation`,
    );
  }
});

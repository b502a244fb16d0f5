import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { introduced } from './support/client.ts';
import { world } from './support/server.ts';

async function files() {
  const { server, cwd } = world();
  const client = await introduced(server);
  const messageOf = async (method: string, params: object) => (await client.call(method, params)).error?.message;
  return { client, messageOf, at: (name: string) => join(cwd, name) };
}

describe('fs/*', () => {
  it.each([
    ['YR==', 'Invalid last symbol 82, offset 1.'],
    ['YWK=', 'Invalid last symbol 75, offset 2.'],
    ['abcde', 'Invalid input length: 5'],
    ['YQ', 'Invalid padding'],
    ['YQ==YQ==', 'Invalid symbol 61, offset 2.'],
    ['YWJj=', 'Invalid symbol 61, offset 4.'],
    ['é===', 'Invalid symbol 195, offset 0.'],
  ])('refuses %s, which is no base64 of whole bytes', async (dataBase64, why) => {
    const { messageOf, at } = await files();
    expect(await messageOf('fs/writeFile', { path: at('x'), dataBase64 })).toBe(
      `fs/writeFile requires valid base64 dataBase64: ${why}`,
    );
  });

  it('takes paths with dots and slashes for what they lead to', async () => {
    const { client, at } = await files();
    await client.request('fs/writeFile', { path: `${at('dir')}/../a.txt`, dataBase64: 'YQ==' });
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('a');
    expect(await client.request('fs/readFile', { path: `${at('a.txt')}/` })).toEqual({ dataBase64: 'YQ==' });
  });

  it('says in its own words what is wrong with a path', async () => {
    const { messageOf, at } = await files();
    expect(await messageOf('fs/readFile', { path: at('a\0b') })).toBe('file name contained an unexpected NUL byte');
  });

  it('copies a tree over itself, links that lead nowhere included', async () => {
    const { client, at } = await files();
    mkdirSync(at('from'));
    writeFileSync(at('from/file'), 'new');
    symlinkSync('nowhere', at('from/link'));
    const copy = { sourcePath: at('from'), destinationPath: at('to'), recursive: true };
    await client.request('fs/copy', copy);
    await client.request('fs/copy', copy);
    expect(readlinkSync(at('to/link'))).toBe('nowhere');
    expect(readFileSync(at('to/file'), 'utf8')).toBe('new');
  });
});

describe('fuzzyFileSearch/sessionStart', () => {
  it('needs a folder to search', async () => {
    const { client, messageOf } = await files();
    expect((await client.call('fuzzyFileSearch/sessionStart', { sessionId: 's', roots: [] })).error).toEqual({
      code: -32603,
      message: 'failed to start fuzzy file search session: at least one search directory is required',
    });
    expect(await messageOf('fuzzyFileSearch/sessionUpdate', { sessionId: 's', query: 'a' })).toBe(
      'fuzzy file search session not found: s',
    );
  });
});

describe('windowsSandbox/setupStart', () => {
  it('starts and then fails, which only its client hears', async () => {
    const { client } = await files();
    expect(await client.request('windowsSandbox/setupStart', { mode: 'unelevated' })).toEqual({ started: true });
    expect((await client.untilMethod('windowsSandbox/setupCompleted')).params).toEqual({
      mode: 'unelevated',
      success: false,
      error: 'legacy Windows sandbox setup is only supported on Windows',
    });
  });
});

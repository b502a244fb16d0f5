import { isObject } from '@codex/base';
import { describe, expect, it } from 'vitest';
import { findThread } from '../src/index.ts';
import { connected, type Peer } from './kit.ts';

type Row = { id: string; name: string | null };

/** Answers `thread/list` with the pages, one after the other; resolves to what was asked. */
async function serve(peer: Peer, pages: Row[][]): Promise<Record<string, unknown>[]> {
  const asked: Record<string, unknown>[] = [];
  for await (const message of peer.messages) {
    if (!('id' in message) || !('params' in message) || !isObject(message.params)) continue;
    const at = asked.push(message.params);
    peer.send({
      id: message.id,
      result: { data: pages[at - 1] ?? [], nextCursor: at < pages.length ? `page ${at}` : null },
    });
  }
  return asked;
}

const place = { cwd: '/work', provider: 'mock' };

describe('a stored thread', () => {
  it('is found by its name, page by page', async () => {
    const { client, peer } = connected();
    const asked = serve(peer, [[{ id: 'a', name: null }], [{ id: 'b', name: 'mine' }]]);
    expect(await findThread(client, { by: 'key', key: 'mine' }, place)).toBe('b');
    await client.close();
    expect((await asked).map(({ cursor }) => cursor)).toEqual([null, 'page 1']);
  });

  it('is the one used last, of a folder and a provider', async () => {
    const { client, peer } = connected();
    const asked = serve(peer, [[{ id: 'a', name: null }]]);
    expect(await findThread(client, { by: 'last' }, place)).toBe('a');
    await client.close();
    expect(await asked).toMatchObject([{ sortKey: 'updated_at', limit: 1, cwd: '/work', modelProviders: ['mock'] }]);
  });

  it('is not looked up by its id, and may not be there', async () => {
    const { client, peer } = connected();
    const asked = serve(peer, []);
    const id = '01a00000-0000-7000-8000-000000000001';
    expect(await findThread(client, { by: 'key', key: id }, place)).toBe(id);
    expect(await findThread(client, { by: 'key', key: 'nobody' }, place)).toBeNull();
    await client.close();
    expect(await asked).toHaveLength(1);
  });
});

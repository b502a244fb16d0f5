import { call, reasoning, say, type Step, startMockModel } from '@codex/mock-model';
import type { ServerNotification, Turn } from '@codex/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Client, introduced, type Wire } from './support/client.ts';
import { world } from './support/server.ts';

/** Puts together what a client sees; throws for anything that is doubled, comes out of order or does not fit. */
function fold(start: readonly Turn[], messages: readonly Wire[]): Turn[] {
  const turns = structuredClone(start) as Turn[];
  const turnOf = (id: string) => {
    const turn = turns.find((each) => each.id === id);
    if (!turn) throw new Error(`nothing was said of turn ${id}`);
    return turn;
  };
  for (const message of messages as ServerNotification[]) {
    switch (message.method) {
      case 'turn/started':
        if (turns.some(({ id }) => id === message.params.turn.id)) throw new Error('a turn started twice');
        turns.push(structuredClone(message.params.turn));
        break;
      case 'turn/completed': {
        const turn = turnOf(message.params.turn.id);
        if (turn.status !== 'inProgress') throw new Error('a turn ended twice');
        Object.assign(turn, { status: message.params.turn.status, error: message.params.turn.error });
        break;
      }
      case 'item/started': {
        const { items } = turnOf(message.params.turnId);
        if (items.some(({ id }) => id === message.params.item.id)) throw new Error('an item started twice');
        items.push(structuredClone(message.params.item));
        break;
      }
      case 'item/agentMessage/delta':
      case 'item/reasoning/summaryTextDelta': {
        const { turnId, itemId, delta } = message.params;
        const item = turnOf(turnId).items.find(({ id }) => id === itemId);
        if (item?.type === 'agentMessage') item.text += delta;
        else if (item?.type === 'reasoning' && 'summaryIndex' in message.params) {
          const at = message.params.summaryIndex;
          item.summary[at] = (item.summary[at] ?? '') + delta;
        } else throw new Error('a delta of nothing');
        break;
      }
      case 'item/completed': {
        const { items } = turnOf(message.params.turnId);
        const { item } = message.params;
        const at = items.findIndex(({ id }) => id === item.id);
        if (at < 0) throw new Error('an item completed that had not started');
        // The pieces make the whole: nothing was lost on the way and nothing came twice.
        if (item.type === 'agentMessage' || item.type === 'reasoning') expect(items[at]).toEqual(item);
        items[at] = item;
        break;
      }
      default:
    }
  }
  return turns;
}

const story: Step[] = Array.from({ length: 3 }, (_, i) => [
  [
    reasoning(
      ['Let ', 'me ', 'see.'].map((part) => part.repeat(i + 1)),
      { id: `r${i}` },
    ),
    say('So I look at it, word by word, as long as it takes to say so.', { id: `a${i}` }),
    call('exec_command', { cmd: 'printf "one\\ntwo\\n"' }, `call-${i}`),
  ],
  [say('And that is what there is to say about it, all in all, for now.', { id: `b${i}` })],
]).flat();

async function begin(client: Client, threadId: string): Promise<string> {
  const input = [{ type: 'text' as const, text: 'go', text_elements: [] }];
  return (await client.request('turn/start', { threadId, input })).turn.id;
}

const ended = (client: Client, id: string) =>
  client.until(({ method, params }) => {
    const turn = params?.['turn'] as Turn | undefined;
    return method === 'turn/completed' && turn?.id === id;
  });

it('whoever joins a running thread, at whatever moment, sees what its first client sees', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(90), { minLength: 1, maxLength: 4 }), async (moments) => {
      const model = await startMockModel({ steps: story });
      const { server } = world({ model });
      const first = await introduced(server);
      const { thread } = await first.request('thread/start', {});
      const threadId = thread.id;
      // One turn that is over when the others come, then two they may come into.
      await ended(first, await begin(first, threadId));
      const before = first.log.length;
      const joining = moments.map(async (moment) => {
        const client = await introduced(server);
        await first.until(() => first.log.length > before + moment);
        const joined = await client.request('thread/resume', { threadId });
        const from = client.log.findIndex(({ id, method }) => method === undefined && id === 1001) + 1;
        return { client, joined, from };
      });
      for (let i = 0; i < 2; i++) await ended(first, await begin(first, threadId));
      for (let i = 0; first.log.length <= before + 91; i++) await first.call('thread/loaded/list', {}, `ping ${i}`);
      const seen = fold([], first.log);
      expect(seen.map(({ status, items }) => [status, items.length])).toEqual(Array(3).fill(['completed', 5]));
      for (const { client, joined, from } of await Promise.all(joining)) {
        await client.request('thread/loaded/list', {});
        expect(fold(joined.thread.turns, client.log.slice(from))).toEqual(seen);
      }
      const { thread: read } = await first.request('thread/read', { threadId, includeTurns: true });
      expect(read.turns).toEqual(seen);
      await server.close();
      await model.close();
    }),
    { numRuns: 25 },
  );
});

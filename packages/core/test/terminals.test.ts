import { countingIds, manualClock, nullLogger, systemClock } from '@codex/base';
import { call, gate, inputTexts, say } from '@codex/mock-model';
import { createRunner, type Session } from '@codex/sandbox';
import type { ItemDelta, OpenItem } from '@codex/timeline';
import { expect, it, onTestFinished } from 'vitest';
import { createOutputStream } from '../src/tools/output-stream.ts';
import { rig } from './harness.ts';
import { createTerminalSessions, type Terminal } from '../src/tools/terminal-sessions.ts';

/** 64 terminals, the oldest first; `ended` of them have ended. */
function crowd(ended: number[] = []) {
  const clock = manualClock(1000);
  const terminals = createTerminalSessions({ ids: countingIds(), clock });
  const killed: number[] = [];
  const add = (running = true) => {
    clock.advance(1);
    const id = terminals.reserveId();
    const session = {
      running,
      kill: async () => {
        killed.push(id);
      },
    } as Session;
    terminals.add({ id, session, usedAt: clock.now(), completed: Promise.resolve() } as Terminal);
    return id;
  };
  const ids = Array.from({ length: 64 }, (_, i) => add(!ended.includes(i)));
  return { terminals, killed, add, ids, clock };
}

it('the least recently used terminal makes room for a new one', () => {
  const { terminals, killed, add, ids, clock } = crowd();
  clock.advance(1);
  terminals.get(ids[0]!);
  add();
  expect(killed).toEqual([ids[1]]);
  expect(terminals.get(ids[1]!)).toBeUndefined();
  expect(terminals.count).toBe(64);
});

it('one that has ended goes first', () => {
  const { killed, add, ids } = crowd([40]);
  add();
  expect(killed).toEqual([ids[40]]);
});

it('cleaning ends all of them', async () => {
  const { terminals, killed } = crowd();
  await terminals.clean();
  expect(killed).toHaveLength(64);
  expect(terminals.count).toBe(0);
});

function recordingItem() {
  const deltas: string[] = [];
  const item = {
    delta: (delta: ItemDelta) => {
      if (delta.kind === 'commandOutput') deltas.push(delta.text);
    },
  } as OpenItem;
  return { deltas, item };
}

it('output is told in pieces that split no character, early output included', () => {
  const { deltas, item } = recordingItem();
  const output = createOutputStream();
  const [first, second] = [Buffer.from('€').subarray(0, 1), Buffer.from('€').subarray(1)];
  output.push('stdout', Buffer.from('early '));
  output.push('stdout', first);
  output.open(item);
  output.push('stderr', Buffer.from('!'));
  output.push('stdout', second);
  expect(deltas).toEqual(['early ', '!', '€']);
});

it('output beyond ten thousand pieces is not told', () => {
  const { deltas, item } = recordingItem();
  const output = createOutputStream();
  output.open(item);
  for (let i = 0; i < 10_050; i++) output.push('stdout', Buffer.from('x'));
  expect(deltas).toHaveLength(10_000);
  const big = createOutputStream();
  const other = recordingItem();
  big.open(other.item);
  big.push('stdout', Buffer.alloc(20_000, 'y'));
  expect(other.deltas.map((text) => text.length)).toEqual([8192, 8192, 3616]);
});

it('the model hears of it when many are running', async () => {
  const steps = Array.from({ length: 60 }, (_, i) =>
    call('exec_command', { cmd: 'sleep 60', yield_time_ms: 250 }, `c${i}`),
  );
  const { start, model } = await rig([steps.slice(1), steps.slice(0, 1), say('ok')]);
  const talk = await start();
  const noise: Error[] = [];
  const listen = (warning: Error) => void noise.push(warning);
  process.on('warning', listen);
  await talk.turn('go');
  process.off('warning', listen);
  expect(noise).toEqual([]);
  const warnings = (request: number) =>
    inputTexts(model.calls[request]!, 'user').filter((text) => text.startsWith('Warning: '));
  expect(warnings(1)).toEqual([]);
  expect(warnings(2)).toEqual([expect.stringMatching(/^Warning: 60 sessions are running\. From 64 on, /)]);
});

it('what a command needs is got ready while the model still writes the call', async () => {
  const runner = createRunner({ clock: systemClock, log: nullLogger });
  onTestFinished(() => runner.close());
  let prepared = 0;
  const prepare = () => {
    prepared += 1;
  };
  const begun = {
    type: 'response.output_item.added',
    item: { type: 'function_call', id: 'f1', call_id: 'c1', name: 'exec_command', arguments: '' },
  };
  const { start, model } = await rig([[begun, gate('go'), say('never mind')]], {
    deps: { runner: { ...runner, prepare } },
  });
  const talk = await start();
  const id = talk.begin('go');
  await expect.poll(() => prepared).toBe(1);
  model.open('go');
  await talk.ended(id);
  expect(talk.all('item.started').map(({ item }) => item.type)).toEqual(['userMessage', 'agentMessage']);
});

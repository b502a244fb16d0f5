import { call, inputItems, outputOf, reasoning, reply, say } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { rig } from './harness.ts';

describe('a turn', () => {
  it('of text tells its events in order', async () => {
    const { start, model } = await rig([say('Hello there', { id: 'm1' })]);
    const talk = await start();
    const end = await talk.turn('hi');
    expect(end).toMatchObject({ status: 'completed', error: null });
    expect(talk.shape()).toEqual([
      'thread.status',
      'turn.started',
      'turn.context',
      'item.started userMessage',
      'item.completed userMessage',
      'item.started agentMessage',
      'item.completed agentMessage',
      'turn.usage',
      'thread.status',
      'turn.ended',
    ]);
    const [turn] = talk.thread.toWire({ turns: true }).turns;
    expect(turn).toMatchObject({ id: end.id, status: 'completed' });
    expect(turn?.items.map((item) => item.type)).toEqual(['userMessage', 'agentMessage']);
    expect(talk.all('item.delta').map(({ delta }) => delta)).toEqual([
      { kind: 'text', text: 'Hello ' },
      { kind: 'text', text: 'there' },
    ]);
    expect(model.calls).toHaveLength(1);
  });
});

import { gate, inputTexts, raw, reply, say, type Step } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { rig, turnsOf } from './harness.ts';

const PLAN_MODE = {
  collaborationMode: {
    mode: 'plan',
    settings: { model: 'gpt-5.2-codex', reasoning_effort: null, developer_instructions: 'P' },
  },
} as const;
const TEXT = 'Intro\n<proposed_plan>\n- a\n</proposed_plan>\nOutro';

async function planned(steps: Step[], provider = {}) {
  const made = await rig(steps, { provider });
  const talk = await made.start();
  const id = talk.begin('go', { overrides: PLAN_MODE });
  return { ...made, talk, id, items: () => turnsOf(talk.thread)[0]!.items.slice(1) };
}

describe('plan mode (§19.2)', () => {
  it('makes the plan an item of its own, and keeps the words as they were for the model', async () => {
    const chunks = ['Intro\n<propo', 'sed_plan>\n- ', 'a\n</proposed_plan', '>\nOut', 'ro'];
    const { talk, id, items, model } = await planned([say(TEXT, { id: 'm1', chunks }), say('ok')]);
    await talk.ended(id);
    expect(items()).toEqual([
      { type: 'agentMessage', id: 'm1', text: 'Intro\nOutro', phase: null },
      { type: 'plan', id: `${id}-plan`, text: '- a\n' },
    ]);
    const told = (kind: string) =>
      talk
        .all('item.delta')
        .map(({ delta }) => (delta.kind === kind && 'text' in delta ? delta.text : ''))
        .join('');
    expect([told('text'), told('planText')]).toEqual(['Intro\nOutro', '- a\n']);
    await talk.turn('next');
    expect(inputTexts(model.calls[1]!, 'assistant')).toEqual([TEXT]);
  });

  it('has no message where there is only a plan, and no plan where there is only talk', async () => {
    const only = '<proposed_plan>\n1\n</proposed_plan>\n';
    const { talk, id, items } = await planned([say(only, { id: 'm1' }), say('x <proposed_plan> y', { id: 'm2' })]);
    await talk.ended(id);
    expect(items()).toEqual([{ type: 'plan', id: `${id}-plan`, text: '1\n' }]);
    await talk.turn('more');
    expect(turnsOf(talk.thread)[1]?.items.slice(1)).toMatchObject([{ text: 'x <proposed_plan> y' }]);
  });

  it('keeps a plan that is cut off by an interrupt', async () => {
    const half = [
      { type: 'response.output_item.added', item: { type: 'message', role: 'assistant', id: 'm1', content: [] } },
      { type: 'response.output_text.delta', item_id: 'm1', content_index: 0, delta: 'So:\n<proposed_plan>\n- a\n' },
    ];
    const { talk, id, items } = await planned([[half, gate('never')]]);
    await talk.until('item.delta', ({ delta }) => delta.kind === 'planText');
    await talk.thread.interrupt();
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted' });
    expect(items()).toMatchObject([
      { type: 'agentMessage', text: 'So:\n' },
      { type: 'plan', text: '- a\n' },
    ]);
    expect(talk.all('item.completed')).toHaveLength(3);
  });

  it('tells a plan again when the connection was lost', async () => {
    const half = [
      { type: 'response.output_item.added', item: { type: 'message', role: 'assistant', id: 'm1', content: [] } },
      { type: 'response.output_text.delta', item_id: 'm1', content_index: 0, delta: '<proposed_plan>\n- ha\n' },
    ];
    const { talk, id, items } = await planned([raw(half), reply(say(TEXT, { id: 'm1' }))], { stream_max_retries: 1 });
    expect(await talk.ended(id)).toMatchObject({ status: 'completed' });
    expect(items()).toMatchObject([
      { type: 'plan', id: `${id}-plan`, text: '- ha\n' },
      { type: 'agentMessage', id: 'm1', text: 'Intro\nOutro' },
      { type: 'plan', id: `${id}-plan#2`, text: '- a\n' },
    ]);
  });
});

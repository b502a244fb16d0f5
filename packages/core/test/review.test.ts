import { call, failed, gate, inputItems, inputTexts, say } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { readReview, renderReview } from '../src/review/output.ts';
import { rig, type Talk } from './harness.ts';

const finding = (title: string, body: string) => ({
  title,
  body,
  confidence_score: 1,
  priority: 1,
  code_location: { absolute_file_path: '/x/y.rs', line_range: { start: 3, end: 5 } },
});
const answer = (findings: unknown[], overall_explanation = 'Because.') =>
  JSON.stringify({ findings, overall_explanation });
const RENDERED = 'Because.\n\nReview comment:\n\n- T1 — /x/y.rs:3-5\n  B1\n  B2';

function review(talk: Talk, prompt = 'Look at it.'): string {
  const { turn, run } = talk.thread.prepareReview({ prompt, hint: 'it' });
  run();
  return turn.id;
}
const items = (talk: Talk) => talk.all('item.completed').map(({ item }) => item);

describe('what a reviewer writes', () => {
  it.each([
    [answer([finding('T1', 'B1\nB2')]), RENDERED],
    [`Here: ${answer([finding('T1', 'B1\nB2')])} That is all.`, RENDERED],
    [
      answer([finding('A', 'a'), finding('B', 'b')], ''),
      'Full review comments:\n\n- A — /x/y.rs:3-5\n  a\n\n- B — /x/y.rs:3-5\n  b',
    ],
    [answer([], ' All fine. '), 'All fine.'],
    [answer([{ title: 'no place' }, 3, finding('T', '')]), 'Because.\n\nReview comment:\n\n- T — /x/y.rs:3-5\n  '],
    ['looks fine', 'looks fine'],
    ['{"other": "json"}', '{"other": "json"}'],
    ['{broken', '{broken'],
    ['  ', ''],
  ])('%j is told as %j', (text, rendered) => {
    expect(renderReview(readReview(text))).toBe(rendered);
  });
});

describe('a review', () => {
  it('is a turn in which somebody else looks, and whose findings the model knows afterwards', async () => {
    const { start, model, threads } = await rig([
      say('hello'),
      call('exec_command', { cmd: 'echo looked' }),
      say(answer([finding('T1', 'B1\nB2')])),
      say('fixed'),
    ]);
    const talk = await start();
    await talk.turn('secret talk');
    const id = review(talk);
    expect(await talk.ended(id)).toMatchObject({ status: 'completed' });
    expect(items(talk).slice(2)).toMatchObject([
      { type: 'enteredReviewMode', id, review: 'it' },
      { type: 'userMessage', content: [{ type: 'text', text: 'Look at it.' }] },
      { type: 'commandExecution', status: 'completed', aggregatedOutput: 'looked\n' },
      { type: 'exitedReviewMode', review: RENDERED },
      { type: 'agentMessage', id: 'review_rollout_assistant', text: RENDERED },
    ]);
    const reviewer = model.requests[1]!;
    expect(reviewer.headers['x-openai-subagent']).toBe('review');
    expect(reviewer.body['instructions']).toMatch(/^You review changes/);
    expect(inputTexts(reviewer)).not.toContain('secret talk');
    expect(inputTexts(reviewer).join('\n')).not.toContain('<personality_spec>');
    expect(inputTexts(reviewer).at(-1)).toBe('Look at it.');
    const names = (reviewer.body['tools'] as { name?: string }[]).map(({ name }) => name);
    expect(names).toContain('exec_command');
    expect(names).not.toContain('spawn_agent');
    expect(threads.list()).toHaveLength(1);
    await talk.turn('fix it');
    const told = inputItems(model.requests[3]!);
    expect(JSON.stringify(told.at(-3))).toContain('<user_action>');
    expect(told.at(-2)).toMatchObject({ role: 'assistant', content: [{ type: 'output_text', text: RENDERED }] });
  });

  it('by another model runs on that model', async () => {
    const { start, model } = await rig([say('fine')]);
    const talk = await start({ review_model: 'gpt-5.4' });
    await talk.ended(review(talk));
    expect(model.requests[0]?.body['model']).toBe('gpt-5.4');
    expect(talk.thread.settings().model).toBe('gpt-5.2-codex');
  });

  it('that fails ends the turn as failed and says that nothing came', async () => {
    const { start } = await rig([failed('server_error', 'no')]);
    const talk = await start();
    expect(await talk.ended(review(talk))).toMatchObject({ status: 'failed' });
    expect(items(talk).at(-1)).toMatchObject({ text: 'Reviewer failed to output a response.' });
  });

  it('can be interrupted, and nothing of it goes on', async () => {
    const { start, threads } = await rig([[gate('never'), say('late')]]);
    const talk = await start();
    const id = review(talk);
    await talk.until('item.completed', ({ item }) => item.type === 'userMessage');
    await talk.thread.interrupt();
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted' });
    expect(items(talk).slice(-2)).toMatchObject([
      { type: 'exitedReviewMode', review: expect.stringMatching(/^Review was interrupted\./) },
      { type: 'agentMessage' },
    ]);
    expect(threads.list()).toHaveLength(1);
  });

  it('waits for nobody: a running turn refuses it', async () => {
    const { start, model } = await rig([[gate('go'), say('done')]]);
    const talk = await start();
    const id = talk.begin('hello');
    await talk.until('turn.started');
    expect(() => talk.thread.prepareReview({ prompt: 'x', hint: 'x' })).toThrow(
      'Cannot review while a turn is in progress.',
    );
    model.open('go');
    await talk.ended(id);
  });
});

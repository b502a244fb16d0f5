import {
  call,
  drop,
  failed,
  gate,
  http,
  inputItems,
  inputTexts,
  itemDone,
  type RecordedRequest,
  reply,
  say,
} from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { rig, type Talk, turnsOf } from './harness.ts';

const SUMMARY = /^Another model worked on this task before you\.[^\n]*\n/;
const LONG = { usage: { input: 2000, output: 100 } };

/** Messages in short: `role: text`, texts of ours by their kind. */
function outline(request: RecordedRequest | undefined): string[] {
  return inputItems(request!).map((item) => {
    if (item['type'] !== 'message') return String(item['type']);
    const text = (item['content'] as { text?: string }[]).map((part) => part.text ?? '').join('|');
    if (text.startsWith('<')) return `${String(item['role'])}: context`;
    if (text.startsWith('The conversation has become long')) return 'prompt';
    return `${String(item['role'])}: ${text.replace(SUMMARY, 'SUMMARY ')}`;
  });
}

function compact(talk: Talk): Promise<unknown> {
  const { turn, run } = talk.thread.prepareCompaction();
  run();
  return talk.ended(turn.id);
}

describe('compaction at the user’s request', () => {
  it('is a turn that puts a summary in the place of the history', async () => {
    const { start, model } = await rig([
      [say('one'), call('update_plan', { plan: [] })],
      say('done'),
      say('two'),
      say('the gist'),
      say('three'),
    ]);
    const talk = await start();
    await talk.turn('first');
    await talk.turn('second');
    const before = talk.events.length;
    expect(await compact(talk)).toMatchObject({ status: 'completed', error: null });
    const shape = talk.events
      .slice(before)
      .map(({ event }) => ('item' in event ? `${event.type} ${event.item.type}` : event.type));
    expect(shape).toEqual([
      ...['thread.status', 'turn.started', 'item.started contextCompaction', 'turn.usage'],
      ...[
        'item.completed contextCompaction',
        'context.compacted',
        'turn.usage',
        'notice',
        'thread.status',
        'turn.ended',
      ],
    ]);
    expect(
      turnsOf(talk.thread)
        .at(-1)
        ?.items.map(({ type }) => type),
    ).toEqual(['contextCompaction']);
    expect(talk.thread.state.usage).toMatchObject({ total: { totalTokens: 60 }, last: { inputTokens: 0 } });

    await talk.turn('third');
    const [asked, after] = model.calls.slice(-2);
    expect(asked?.body).toMatchObject({ tools: [], parallel_tool_calls: false });
    expect(asked?.body['instructions']).toBe(model.calls[0]?.body['instructions']);
    expect(outline(asked).slice(-2)).toEqual(['assistant: two', 'prompt']);
    expect(outline(after)).toEqual([
      ...[
        'user: first',
        'user: second',
        'user: SUMMARY the gist',
        'developer: context',
        'user: context',
        'user: third',
      ],
    ]);
  });

  it('leaves earlier summaries out and keeps what was said since', async () => {
    const { start, model } = await rig([say('1'), say('gist 1'), say('2'), say('gist 2'), say('3')]);
    const talk = await start();
    await talk.turn('first');
    await compact(talk);
    await talk.turn('second');
    await compact(talk);
    await talk.turn('third');
    expect(outline(model.calls.at(-1)).filter((text) => !text.endsWith('context'))).toEqual([
      ...['user: first', 'user: second', 'user: SUMMARY gist 2', 'user: third'],
    ]);
  });

  it('keeps so much of what the user said as there is room for, the newest first', async () => {
    const { start, model } = await rig([say('1'), say('2'), say('3'), say('gist'), say('4')]);
    const talk = await start();
    for (const letter of 'abc') await talk.turn(letter.repeat(50_000));
    await compact(talk);
    await talk.turn('d');
    const texts = inputTexts(model.calls.at(-1)!, 'user').filter((text) => !text.startsWith('<'));
    expect(texts.slice(1).map((text) => text.slice(0, 1))).toEqual(['c', 'A', 'd']);
    expect(texts[0]).toMatch(/^b+…5000 tokens truncated…b+$/);
    expect(texts[1]).toHaveLength(50_000);
  });

  it('leaves pictures out and says so', async () => {
    const { start, model } = await rig([say('1'), say('gist'), say('2')]);
    const talk = await start();
    await talk.turn([
      { type: 'text', text: 'Look', text_elements: [] },
      { type: 'image', url: 'data:image/png;base64,AAAA' },
    ]);
    await compact(talk);
    await talk.turn('next');
    expect(inputTexts(model.calls.at(-1)!, 'user')[0]).toBe('Look\n<image>\n(an image, left out)\n</image>');
  });

  it('asks in the words of the configuration', async () => {
    const { start, model } = await rig([say('1'), say('gist')]);
    const talk = await start({ compact_prompt: 'Sum up!' });
    await talk.turn('first');
    await compact(talk);
    expect(outline(model.calls.at(-1)).at(-1)).toBe('user: Sum up!');
  });

  it('that fails leaves the thread as it was', async () => {
    const { start, model } = await rig([say('one'), http(400, { detail: 'no' }), say('two')]);
    const talk = await start();
    await talk.turn('first');
    expect(await compact(talk)).toMatchObject({ status: 'failed', error: { message: '{"detail":"no"}' } });
    expect(talk.all('context.compacted')).toEqual([]);
    expect(await talk.turn('second')).toMatchObject({ status: 'completed' });
    expect(outline(model.calls.at(-1)).slice(2)).toEqual(['user: first', 'assistant: one', 'user: second']);
  });

  it('that loses its connection is repeated, and leaves the thread as it was when that does not help', async () => {
    const provider = { stream_max_retries: 1 };
    const { start, model } = await rig([say('one'), [drop()], say('gist'), [drop()], [drop()], say('three')], {
      provider,
    });
    const talk = await start();
    await talk.turn('first');
    expect(await compact(talk)).toMatchObject({ status: 'completed' });
    expect(talk.all('turn.retrying')).toHaveLength(1);
    expect(await compact(talk)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringMatching(/^stream disconnected before completion: /) },
    });
    expect(await talk.turn('third')).toMatchObject({ status: 'completed' });
    expect(outline(model.calls.at(-1))).toEqual([
      ...['user: first', 'user: SUMMARY gist', 'developer: context', 'user: context', 'user: third'],
    ]);
  });

  it('by a model that says nothing keeps what the user said', async () => {
    const { start, model } = await rig([say('one'), reply([]), say('two')]);
    const talk = await start();
    await talk.turn('first');
    expect(await compact(talk)).toMatchObject({ status: 'completed' });
    await talk.turn('second');
    expect(outline(model.calls.at(-1)).slice(0, 2)).toEqual(['user: first', 'user: SUMMARY (no summary available)']);
  });

  it('drops the oldest items until the rest fits', async () => {
    const full = failed('context_length_exceeded');
    const { start, model } = await rig([say('1'), say('2'), full, full, say('gist'), say('3')]);
    const talk = await start();
    await talk.turn('first');
    await talk.turn('second');
    expect(await compact(talk)).toMatchObject({ status: 'completed' });
    const sizes = model.calls.slice(2, 5).map((request) => inputItems(request).length);
    expect(sizes).toEqual([7, 6, 4]);
    expect(talk.all('notice').map(({ message }) => message)[0]).toMatch(/^The oldest 3 items/);
    await talk.turn('third');
    // What the user said is kept, summarised or not.
    expect(outline(model.calls.at(-1)).slice(0, 3)).toEqual(['user: first', 'user: second', 'user: SUMMARY gist']);
  });

  it('says so when not even the last item fits', async () => {
    const { start } = await rig([
      say('1'),
      ...Array.from({ length: 5 }, () => failed('context_length_exceeded')),
      say('gist'),
      say('2'),
    ]);
    const talk = await start();
    await talk.turn('first');
    expect(await compact(talk)).toMatchObject({ status: 'failed', error: { codexErrorInfo: 'contextWindowExceeded' } });
  });

  it('can be interrupted, and answers what was said meanwhile', async () => {
    const { start, model } = await rig([say('1'), [gate('never')], [gate('go'), say('gist')], say('2')]);
    const talk = await start();
    await talk.turn('first');
    const one = compact(talk);
    await model.waitForCalls(2);
    expect(() => talk.thread.prepareCompaction()).toThrow('Cannot compact while a turn is in progress.');
    await talk.thread.interrupt();
    expect(await one).toMatchObject({ status: 'interrupted' });
    expect(talk.all('context.compacted')).toEqual([]);

    const two = compact(talk);
    await model.waitForCalls(3);
    talk.begin('by the way');
    model.open('go');
    expect(await two).toMatchObject({ status: 'completed' });
    expect(outline(model.calls.at(-1)).at(-1)).toBe('user: by the way');
    expect(
      turnsOf(talk.thread)
        .at(-1)
        ?.items.map(({ type }) => type),
    ).toEqual(['contextCompaction', 'userMessage', 'agentMessage']);
  });

  it('survives being stored: the next model call is the same', async () => {
    const { start, resume, model } = await rig([say('1'), say('gist'), say('2'), say('3'), say('4')]);
    const talk = await start();
    await talk.turn('first');
    await compact(talk);
    await talk.turn('second');
    await talk.turn('third');
    const file = talk.thread.header.path!;
    await talk.thread.close();
    const after = await resume(file);
    expect(after.thread.state.usage).toEqual(talk.thread.state.usage);
    await after.turn('fourth');
    const [live, resumed] = model.calls.slice(-2).map((request) => inputItems(request));
    expect(resumed!.slice(0, live!.length)).toEqual(live);
  });
});

describe('compaction when the window is full', () => {
  const SMALL = { model_auto_compact_token_limit: 1000 };

  it('comes before the next turn, never after one', async () => {
    const { start, model } = await rig([reply([say('big')], LONG), say('gist'), say('small'), say('more')]);
    const talk = await start(SMALL);
    await talk.turn('first');
    expect(model.calls).toHaveLength(1);
    await talk.turn('second');
    expect(
      turnsOf(talk.thread)
        .at(-1)
        ?.items.map(({ type }) => type),
    ).toEqual(['contextCompaction', 'userMessage', 'agentMessage']);
    expect(outline(model.calls[2])).toEqual([
      ...['user: first', 'user: SUMMARY gist', 'developer: context', 'user: context', 'user: second'],
    ]);
    await talk.turn('third');
    expect(talk.all('context.compacted')).toHaveLength(1);
  });

  it('comes between two calls of a turn, which goes on where it was', async () => {
    const { start, resume, model } = await rig([
      say('fine'),
      reply([call('update_plan', { plan: [] })], LONG),
      say('gist'),
      say('finished'),
      say('later'),
    ]);
    const talk = await start(SMALL);
    await talk.turn('before');
    await talk.turn('go');
    expect(outline(model.calls[3])).toEqual([
      ...['user: before', 'developer: context', 'user: context', 'user: go', 'user: SUMMARY gist'],
    ]);
    await talk.thread.close();
    const after = await resume(talk.thread.header.path!, SMALL);
    await after.turn('more');
    // Told once is told: nothing of it comes again.
    expect(outline(model.calls[4]).slice(4)).toEqual(['user: SUMMARY gist', 'assistant: finished', 'user: more']);
  });

  it('that fails ends the turn; what the user said is not lost', async () => {
    const { start, model } = await rig([
      reply([say('big')], LONG),
      http(400, { detail: 'no' }),
      say('gist'),
      say('ok'),
    ]);
    const talk = await start(SMALL);
    await talk.turn('first');
    expect(await talk.turn('second')).toMatchObject({ status: 'failed', error: { message: '{"detail":"no"}' } });
    expect(
      turnsOf(talk.thread)
        .at(-1)
        ?.items.map(({ type }) => type),
    ).toEqual(['contextCompaction', 'userMessage']);
    expect(await talk.turn('third')).toMatchObject({ status: 'completed' });
    expect(inputTexts(model.calls.at(-1)!, 'user').filter((text) => !text.startsWith('<'))).toEqual([
      ...['first', 'second', expect.stringMatching(SUMMARY), 'third'],
    ]);
  });

  it.each([
    ['', 1],
    ['x-reasoning-included', 0],
  ])('counts the reasoning of earlier turns, unless the provider does: %s', async (header, compactions) => {
    const thought = itemDone({ type: 'reasoning', id: 'r1', summary: [], encrypted_content: 'x'.repeat(8000) });
    const headers: Record<string, string> = header ? { [header]: 'true' } : {};
    const step = (text: string) => reply([say(text)], { headers });
    const { start } = await rig([reply([thought, say('1')], { headers }), step('2'), step('gist or 3'), say('3')]);
    const talk = await start(SMALL);
    for (const text of ['one', 'two', 'three']) await talk.turn(text);
    expect(talk.all('context.compacted')).toHaveLength(compactions);
  });

  it('is written by the model with the larger window when a smaller one takes over', async () => {
    const { start, model } = await rig([
      reply([say('big')], { usage: { input: 200_000, output: 100 } }),
      say('gist'),
      say('ok'),
    ]);
    const talk = await start();
    await talk.turn('first');
    await talk.turn('second', { overrides: { model: 'gpt-oss-20b' } });
    expect(model.calls.map((request) => request.body['model'])).toEqual([
      'gpt-5.2-codex',
      'gpt-5.2-codex',
      'gpt-oss-20b',
    ]);
  });
});

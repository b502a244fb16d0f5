import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import {
  call,
  failed,
  gate,
  inputItems,
  inputTexts,
  outputOf,
  raw,
  reasoning,
  reply,
  say,
  webSearch,
} from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { MAX_INPUT_CHARS } from '../src/index.ts';
import { rig, text, turnsOf } from './harness.ts';

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
      'turn.usage',
      'item.started agentMessage',
      'item.completed agentMessage',
      'turn.usage',
      'thread.status',
      'turn.ended',
    ]);
    expect(talk.all('thread.status').map(({ status }) => status.type)).toEqual(['active', 'idle']);
    expect(talk.all('item.delta').map(({ delta }) => delta)).toEqual([
      { kind: 'text', text: 'Hello ' },
      { kind: 'text', text: 'there' },
    ]);
    const { preview, status } = talk.thread.toWire();
    const turns = turnsOf(talk.thread);
    expect(turns).toMatchObject([
      { id: end.id, status: 'completed', items: [{ type: 'userMessage' }, { id: 'm1', text: 'Hello there' }] },
    ]);
    expect({ preview, status }).toEqual({ preview: 'hi', status: { type: 'idle' } });
    expect(model.calls).toHaveLength(1);
    expect(talk.events.map(({ seq }) => seq)).toEqual(talk.events.map((_, i) => i + 1));
  });

  it('sends context, then the user’s words, and only the words the next time', async () => {
    const { start, model, cwd } = await rig([say('one'), say('two')]);
    const talk = await start();
    await talk.turn('first');
    await talk.turn('second');
    const [first, second] = model.calls;
    expect(inputItems(first!).map((item) => item['role'])).toEqual(['developer', 'user', 'user']);
    expect(inputTexts(first!)[1]).toContain(`<cwd>${cwd}</cwd>`);
    const before = inputItems(first!).length;
    expect(inputItems(second!).slice(0, before)).toEqual(inputItems(first!));
    expect(inputTexts(second!).slice(before)).toEqual(['one', 'second']);
    expect(talk.thread.state.usage?.total).toMatchObject({ totalTokens: 30, inputTokens: 20 });
  });

  it('shows reasoning as it comes and keeps its summary', async () => {
    const { start } = await rig([[reasoning(['Think.', 'More.'], { id: 'r1', content: ['raw'] }), say('ok')]]);
    const talk = await start();
    await talk.turn('hi');
    expect(
      talk
        .all('item.delta')
        .map(({ delta }) => delta.kind)
        .slice(0, 4),
    ).toEqual([...['reasoningSummaryPart', 'reasoningSummary', 'reasoningSummaryPart', 'reasoningSummary']]);
    expect(turnsOf(talk.thread)[0]?.items[1]).toEqual({
      ...{ type: 'reasoning', id: 'r1', summary: ['Think.', 'More.'], content: [] },
    });
  });

  it('shows raw reasoning when told; what a front end hides is told all the same', async () => {
    const step = [reasoning(['S'], { id: 'r1', content: ['raw'] }), say('ok')];
    const { start } = await rig([step, step]);
    const open = await start({ show_raw_agent_reasoning: true });
    await open.turn('hi');
    expect(turnsOf(open.thread)[0]?.items[1]).toMatchObject({ summary: ['S'], content: ['raw'] });
    const hidden = await start({ hide_agent_reasoning: true });
    await hidden.turn('hi');
    expect(turnsOf(hidden.thread)[0]?.items[1]).toMatchObject({ summary: ['S'], content: [] });
  });

  it('keeps phases of messages and sends them back', async () => {
    const { start, model } = await rig([
      [say('Looking.', { id: 'a', phase: 'commentary' }), call('nosuch', {})],
      say('Done.', { id: 'b', phase: 'final_answer' }),
    ]);
    const talk = await start();
    await talk.turn('hi');
    const messages = turnsOf(talk.thread)[0]?.items.filter((item) => item.type === 'agentMessage');
    expect(messages).toMatchObject([{ phase: 'commentary' }, { phase: 'final_answer' }]);
    expect(inputItems(model.calls[1]!).find((item) => item['role'] === 'assistant')).toMatchObject({
      phase: 'commentary',
    });
  });

  it('shows a web search of the provider', async () => {
    const { start } = await rig([[webSearch('weather', 'ws'), say('Sunny')]]);
    const talk = await start();
    await talk.turn('hi');
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({ type: 'webSearch', id: 'ws', query: 'weather' });
    expect(talk.all('item.started').filter(({ item }) => item.type === 'webSearch')).toMatchObject([
      { item: { query: '' } },
    ]);
  });

  it('gives a repeated item id a second form', async () => {
    const { start } = await rig([[say('a', { id: 'm' }), say('b', { id: 'm' })]]);
    const talk = await start();
    await talk.turn('hi');
    expect(turnsOf(talk.thread)[0]?.items.slice(1)).toMatchObject([
      { id: 'm', text: 'a' },
      { id: 'm#2', text: 'b' },
    ]);
  });

  it('sends its output schema, and the next one does not', async () => {
    const { start, model } = await rig([say('{}'), say('ok')]);
    const talk = await start();
    const schema = { type: 'object', properties: {}, additionalProperties: false };
    await talk.turn('first', { outputSchema: schema });
    await talk.turn('second');
    expect(model.calls[0]?.body['text']).toMatchObject({ format: { type: 'json_schema', schema } });
    expect(model.calls[1]?.body['text'] ?? {}).not.toHaveProperty('format');
  });

  it('changes settings for good and tells the model once', async () => {
    const { start, model, cwd } = await rig([say('1'), say('2'), say('3')]);
    await mkdir(path.join(cwd, 'sub'));
    const talk = await start();
    await talk.turn('first');
    await talk.turn('second', {
      overrides: { model: 'gpt-5.2', cwd: 'sub', effort: 'high', approvalPolicy: 'on-request' },
    });
    await talk.turn('third');
    const news = inputTexts(model.calls[1]!).slice(inputTexts(model.calls[0]!).length + 1);
    expect(news.map((part) => part.split('\n')[0])).toEqual([
      ...['<model_switch>', '<permissions instructions>', '<environment_context>', 'second'],
    ]);
    expect(inputTexts(model.calls[2]!).slice(inputTexts(model.calls[1]!).length)).toEqual(['2', 'third']);
    expect(model.calls.map(({ body }) => body['model'])).toEqual(['gpt-5.2-codex', 'gpt-5.2', 'gpt-5.2']);
    expect(model.calls[2]?.body['reasoning']).toMatchObject({ effort: 'high' });
    expect(talk.thread.settings()).toMatchObject({ cwd: path.join(await realpath(cwd), 'sub'), effort: 'high' });
  });

  it('warns of a model it does not know', async () => {
    const { start } = await rig([say('ok')]);
    const talk = await start({ model: 'homemade' });
    await talk.turn('hi');
    expect(talk.all('notice')).toMatchObject([{ level: 'warning', message: expect.stringContaining('`homemade`') }]);
  });

  it('takes images of this machine along', async () => {
    const { start, model, deps, cwd } = await rig([say('nice')]);
    const file = path.join(cwd, 'a.png');
    await deps.files.write(file, Buffer.from('89504e470d0a1a0a', 'hex'));
    const talk = await start();
    await talk.turn([...text('see'), { type: 'localImage', path: file }]);
    expect(inputItems(model.calls[0]!).at(-1)?.['content']).toMatchObject([
      { text: 'see' },
      { text: '<image name=[Image #1]>' },
      { image_url: 'data:image/png;base64,iVBORw0KGgo=' },
      { text: '</image>' },
    ]);
    expect(turnsOf(talk.thread)[0]?.items[0]).toMatchObject({ content: [{}, { type: 'localImage', path: file }] });
  });

  it('reads AGENTS.md once and sends it first', async () => {
    const { start, model, deps, cwd } = await rig([say('1'), say('2')]);
    await deps.files.write(path.join(cwd, 'AGENTS.md'), Buffer.from('Be brief.'));
    const talk = await start();
    await talk.turn('a');
    await talk.turn('b');
    expect(inputTexts(model.calls[1]!).filter((part) => part.includes('Be brief.'))).toEqual([
      `# AGENTS.md instructions for ${cwd}\n\n<INSTRUCTIONS>\nBe brief.\n</INSTRUCTIONS>`,
    ]);
  });

  it('of an ephemeral thread leaves no file', async () => {
    const { start } = await rig([say('ok')]);
    const talk = await start({}, { ephemeral: true });
    await talk.turn('hi');
    expect(talk.thread.header.path).toBeNull();
    expect(talk.thread.toWire()).toMatchObject({ ephemeral: true, path: null });
  });
});

describe('input', () => {
  it('that is empty or too large is refused, with the numbers', async () => {
    const { start } = await rig();
    const { thread } = await start();
    expect(() => thread.prepareTurn({ input: [] })).toThrow('input must not be empty');
    const half = 'x'.repeat(MAX_INPUT_CHARS / 2);
    expect(() => thread.prepareTurn({ input: text(half, `${half}yy`) })).toThrow(
      expect.objectContaining({
        code: 'invalidParams',
        message: `Input exceeds the maximum length of ${MAX_INPUT_CHARS} characters.`,
        data: {
          input_error_code: 'input_too_large',
          max_chars: MAX_INPUT_CHARS,
          actual_chars: MAX_INPUT_CHARS + 2,
        },
      }),
    );
    expect(turnsOf(thread)).toEqual([]);
  });

  it('is counted in characters', async () => {
    const { start } = await rig([say('ok')]);
    const talk = await start();
    expect((await talk.turn('😀'.repeat(MAX_INPUT_CHARS))).status).toBe('completed');
  });

  it('refused leaves the settings as they were', async () => {
    const { start } = await rig();
    const { thread } = await start();
    expect(() => thread.prepareTurn({ input: [], overrides: { model: 'other' } })).toThrow();
    expect(thread.settings().model).toBe('gpt-5.2-codex');
  });
});

describe('steering', () => {
  it('is heard after the response, in the same turn', async () => {
    const { start, model } = await rig([[gate('go'), say('one')], say('two')]);
    const talk = await start();
    const id = talk.begin('first');
    await model.waitForCalls(1);
    expect(talk.thread.steer(text('and also'), id)).toBe(id);
    model.open('go');
    await talk.ended(id);
    expect(turnsOf(talk.thread)).toHaveLength(1);
    expect(inputTexts(model.calls[1]!).slice(-2)).toEqual(['one', 'and also']);
    expect(turnsOf(talk.thread)[0]?.items.map((item) => item.type)).toEqual([
      ...['userMessage', 'agentMessage', 'userMessage', 'agentMessage'],
    ]);
  });

  it('is delivered after the outputs of the round', async () => {
    const { start, model, cwd, deps } = await rig([
      call('exec_command', { cmd: 'until [ -e go ]; do sleep 0.05; done' }),
      say('done'),
    ]);
    const talk = await start();
    const id = talk.begin('first');
    await talk.until('item.started', ({ item }) => item.type === 'commandExecution');
    talk.thread.steer(text('hurry'), id);
    await deps.files.write(path.join(cwd, 'go'), Buffer.from(''));
    await talk.ended(id);
    expect(inputItems(model.calls[1]!).slice(-2)).toMatchObject([
      { type: 'function_call_output' },
      { role: 'user', content: [{ text: 'hurry' }] },
    ]);
  });

  it('needs a running turn, its id, and something to say', async () => {
    const { start, model } = await rig([[gate('go'), say('one')]]);
    const talk = await start();
    expect(() => talk.thread.steer(text('x'), 'some')).toThrow('no active turn to steer');
    const id = talk.begin('first');
    await model.waitForCalls(1);
    expect(() => talk.thread.steer(text('x'), 'other')).toThrow(
      `expected active turn id \`other\` but found \`${id}\``,
    );
    expect(() => talk.thread.steer([], id)).toThrow('input must not be empty');
    expect(() => talk.thread.steer(text('x'), '')).toThrow('expectedTurnId must not be empty');
    expect(() => talk.thread.steer(text('x'.repeat(MAX_INPUT_CHARS + 1)), id)).toThrow(/^Input exceeds/);
    model.open('go');
    await talk.ended(id);
    expect(() => talk.thread.steer(text('x'), id)).toThrow('no active turn to steer');
    expect(model.calls).toHaveLength(1);
  });

  it('a turn that is started during another joins it', async () => {
    const { start, model } = await rig([[gate('go'), say('one')], say('two')]);
    const talk = await start();
    const first = talk.begin('first');
    await model.waitForCalls(1);
    const second = talk.begin('second');
    model.open('go');
    await talk.ended(first);
    expect(second).not.toBe(first);
    expect(turnsOf(talk.thread).map(({ id }) => id)).toEqual([first]);
    expect(inputTexts(model.calls[1]!).at(-1)).toBe('second');
    expect(outputOf(model.calls[1]!, 'none')).toBeUndefined();
  });

  it('a turn that was to join another but comes too late runs on its own', async () => {
    const { start, model } = await rig([[gate('go'), say('one')], say('two')]);
    const talk = await start();
    const first = talk.begin('first');
    await model.waitForCalls(1);
    const { turn, run } = talk.thread.prepareTurn({ input: text('second') });
    model.open('go');
    await talk.ended(first);
    run();
    expect(await talk.ended(turn.id)).toMatchObject({ status: 'completed' });
    expect(inputTexts(model.calls[1]!).at(-1)).toBe('second');
  });

  it('into a turn that then fails is not forgotten', async () => {
    const { start, model } = await rig([raw([gate('go'), failed('invalid_prompt')]), say('two')]);
    const talk = await start();
    const id = talk.begin('first');
    await model.waitForCalls(1);
    talk.thread.steer(text('and this'), id);
    model.open('go');
    expect(await talk.ended(id)).toMatchObject({ status: 'failed' });
    await talk.turn('second');
    expect(inputTexts(model.calls[1]!).slice(-2)).toEqual(['and this', 'second']);
  });

  it('by somebody who hears of the end comes too late', async () => {
    const { start } = await rig([say('one'), say('two')]);
    const talk = await start();
    let refusal = '';
    talk.thread.subscribe(({ event, turnId }) => {
      if (event.type !== 'turn.ended' || refusal) return;
      try {
        talk.thread.steer(text('late'), turnId ?? '');
      } catch (error) {
        refusal = String(error);
      }
    });
    await talk.turn('first');
    expect(refusal).toContain('no active turn to steer');
    expect((await talk.turn('second')).status).toBe('completed');
  });
});

it('a turn may be started by whoever hears of the end of another', async () => {
  const { start } = await rig([reply(say('one')), say('two')]);
  const talk = await start();
  let next = '';
  talk.thread.subscribe(({ event }) => {
    if (event.type === 'turn.ended' && !next) next = talk.begin('second');
  });
  await talk.turn('first');
  expect(await talk.ended(next)).toMatchObject({ status: 'completed' });
});

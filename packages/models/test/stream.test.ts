import { AbortedError, isAbort, systemClock } from '@codex/base';
import {
  bytes,
  call,
  completed,
  created,
  custom,
  drop,
  gate,
  http,
  itemDone,
  raw,
  reasoning,
  reply,
  say,
  sayMany,
  type Step,
  stall,
  type WireEvent,
  webSearch,
} from '@codex/mock-model';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { Provider } from '@codex/protocol';
import type { ModelEvent, ModelsDeps } from '../src/index.ts';
import { only, type Rig, request, rig } from './kit.ts';

let it: Rig;
afterEach(() => it.close());

async function ask(steps: Step[], provider: Partial<Provider> = {}, deps: Partial<ModelsDeps> = {}) {
  it = await rig(steps, provider, deps);
  return it.ask();
}

test('a response with reasoning, a message and calls becomes events in order', async () => {
  const events = await ask([
    reply(
      [
        reasoning(['first', 'second'], { content: ['raw'] }),
        say('hi you'),
        call('shell', { a: 1 }, 'c1'),
        custom('apply_patch', 'text', 'c2'),
        webSearch('cats'),
      ],
      { usage: { input: 7, cached: 3, output: 4, reasoning: 2 } },
    ),
  ]);
  expect(events.filter((event) => event.type !== 'rateLimits')).toEqual([
    { type: 'created' },
    { type: 'itemAdded', item: { type: 'reasoning', id: 'rs-1', summary: [] } },
    { type: 'summaryPart', itemId: 'rs-1', index: 0 },
    { type: 'summaryDelta', itemId: 'rs-1', index: 0, delta: 'first' },
    { type: 'summaryPart', itemId: 'rs-1', index: 1 },
    { type: 'summaryDelta', itemId: 'rs-1', index: 1, delta: 'second' },
    { type: 'reasoningDelta', itemId: 'rs-1', index: 0, delta: 'raw' },
    {
      type: 'itemDone',
      item: {
        type: 'reasoning',
        id: 'rs-1',
        summary: [
          { type: 'summary_text', text: 'first' },
          { type: 'summary_text', text: 'second' },
        ],
        content: [{ type: 'reasoning_text', text: 'raw' }],
        encrypted_content: 'opaque',
      },
    },
    {
      type: 'itemAdded',
      item: { type: 'message', role: 'assistant', id: 'msg-1', content: [{ type: 'output_text', text: '' }] },
    },
    { type: 'textDelta', itemId: 'msg-1', delta: 'hi ' },
    { type: 'textDelta', itemId: 'msg-1', delta: 'you' },
    {
      type: 'itemDone',
      item: { type: 'message', role: 'assistant', id: 'msg-1', content: [{ type: 'output_text', text: 'hi you' }] },
    },
    { type: 'itemDone', item: { type: 'function_call', name: 'shell', arguments: '{"a":1}', call_id: 'c1' } },
    { type: 'itemDone', item: { type: 'custom_tool_call', name: 'apply_patch', input: 'text', call_id: 'c2' } },
    { type: 'itemAdded', item: { type: 'web_search_call', id: 'ws-1', status: 'in_progress' } },
    {
      type: 'itemDone',
      item: { type: 'web_search_call', id: 'ws-1', status: 'completed', action: { type: 'search', query: 'cats' } },
    },
    {
      type: 'completed',
      responseId: 'resp-1',
      usage: { inputTokens: 7, cachedInputTokens: 3, outputTokens: 4, reasoningOutputTokens: 2, totalTokens: 11 },
      reasoningIncluded: false,
    },
  ]);
});

test('deltas without an item id belong to the item opened last', async () => {
  const events = await ask([
    raw([
      { type: 'response.output_item.added', item: { type: 'message', role: 'assistant', id: 'm9', content: [] } },
      { type: 'response.output_text.delta', delta: 'x' },
      completed(),
    ]),
  ]);
  expect(only(events, 'textDelta')).toEqual([{ type: 'textDelta', itemId: 'm9', delta: 'x' }]);
});

test('usage may be missing, and response headers are reported', async () => {
  const events = await ask([
    raw([{ type: 'response.completed', response: { id: 'r' } }], {
      headers: { 'x-codex-turn-state': 'ts1', 'x-reasoning-included': 'true', 'openai-model': 'Other-Model' },
    }),
  ]);
  expect(only(events, 'rerouted')).toEqual([{ type: 'rerouted', model: 'Other-Model' }]);
  expect(events.at(-1)).toEqual({
    type: 'completed',
    responseId: 'r',
    usage: null,
    turnState: 'ts1',
    reasoningIncluded: true,
  });
});

test('the same model in other letters is no rerouting, a model named in an event is', async () => {
  const headers = { 'openai-model': 'GPT-5.2-Codex' };
  const named: WireEvent = { type: 'response.metadata', headers: { 'OpenAI-Model': 'gpt-4' } };
  const events = await ask([raw([created(), named, named, completed()], { headers })]);
  expect(only(events, 'rerouted')).toEqual([{ type: 'rerouted', model: 'gpt-4' }]);
});

test('garbage is skipped', async () => {
  const events = await ask([
    raw([
      bytes('data: {not json\n\n: a comment\n\nevent: x\n\ndata: 5\n\ndata: null\n\ndata: []\n\ndata\n\nnonsense\n\n'),
      { type: 'response.brand_new', x: 1 },
      { type: 'response.output_text.delta', delta: 5 },
      { type: 'response.output_text.delta' },
      { type: 'response.reasoning_summary_text.delta', delta: 'no index' },
      { type: 'response.reasoning_text.delta', delta: 'x', content_index: -1 },
      { type: 'response.reasoning_summary_part.added', summary_index: '0' },
      { type: 'response.output_item.added' },
      itemDone({ type: 'function_call', name: 'shell' }),
      itemDone({ type: 'message', role: 'assistant', content: 'text' }),
      itemDone({ type: 'brand_new', id: 'x' }),
      itemDone({ type: 'reasoning', summary: [{ type: 'summary_text' }] }),
      completed(),
    ]),
  ]);
  expect(events.map((event) => event.type)).toEqual(['rateLimits', 'completed']);
});

test('a refusal is shown as text', async () => {
  const content = [{ type: 'refusal', refusal: 'No.' }, { type: 'strange' }];
  const events = await ask([itemDone({ type: 'message', role: 'assistant', content })].map((event) => [event]));
  expect(only(events, 'itemDone')[0]?.item).toEqual({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'No.' }],
  });
});

test('any cut of the bytes, either line end and several data lines give the same events', async () => {
  const text = 'grüße 😀 ';
  const whole = await ask([say(text.repeat(3))]);
  await it.close();
  for (const chunkBytes of [1, 2, 3, 7]) {
    expect(await ask([reply(say(text.repeat(3)), { chunkBytes })])).toEqual(whole);
    await it.close();
  }
  const split = JSON.stringify(completed()).replace('{', '{\ndata: ');
  const events = await ask([raw([bytes(`data:${split}\r\n\r\n`)])]);
  expect(events.at(-1)?.type).toBe('completed');
});

test('arbitrary bytes never break the reader', async () => {
  it = await rig([]);
  const line = fc.oneof(
    fc.string(),
    fc.json().map((json) => `data: ${json}\n\n`),
    fc.constantFrom('\n', '\r\n', 'data:', 'data: {"type":"response.output_item.done","item":'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 50 }), async (lines, chunkBytes) => {
      it.model.push(raw([bytes(lines.join('')), completed()], { chunkBytes }));
      const last = (await it.ask()).at(-1);
      expect(['completed', 'failed']).toContain(last?.type);
    }),
    { numRuns: 60 },
  );
});

test('an event of fifty megabytes is read whole', async () => {
  const text = 'x'.repeat(50 * 1024 * 1024);
  const events = await ask([say(text, { chunks: [text] })]);
  expect(only(events, 'textDelta')[0]?.delta.length).toBe(text.length);
  expect(events.at(-1)?.type).toBe('completed');
});

test('a line without end is dropped at a limit and the rest still works', async () => {
  const events = await ask([raw([bytes(`data: ${'y'.repeat(65 * 1024 * 1024)}\n\n`), completed()])]);
  expect(events.map((event) => event.type)).toEqual(['rateLimits', 'completed']);
});

test('so is an event of endless lines', async () => {
  const line = `data: ${'z'.repeat(1024 * 1024)}\n`;
  const events = await ask([raw([bytes(line.repeat(66)), bytes('\n'), completed()])]);
  expect(events.map((event) => event.type)).toEqual(['rateLimits', 'completed']);
});

test('twenty thousand deltas, synchronously and as a sequence', async () => {
  it = await rig([sayMany(20_000), sayMany(20_000)]);
  expect(only(await it.ask(), 'textDelta')).toHaveLength(20_000);
  let count = 0;
  for await (const event of it.models.stream(request, new AbortController().signal))
    if (event.type === 'textDelta') count++;
  expect(count).toBe(20_000);
});

test('an abort ends a running stream with its reason', async () => {
  it = await rig([[say('half'), stall()]]);
  const controller = new AbortController();
  const running = it.models.run(request, controller.signal, (event) => {
    if (event.type === 'textDelta') controller.abort(new AbortedError('enough'));
  });
  const error = await running.catch((reason: unknown) => reason);
  expect(isAbort(error)).toBe(true);
  expect(String(error)).toContain('enough');
});

test('an abort ends the wait for response headers and the wait before a retry', async () => {
  it = await rig([() => [gate('never')]], { streamMaxRetries: 1 });
  const waiting = new AbortController();
  const running = it.ask({}, waiting.signal);
  await it.model.waitForCalls(1);
  waiting.abort(new AbortedError());
  await expect(running).rejects.toThrow(AbortedError);
  await expect(it.ask({}, waiting.signal)).rejects.toThrow(AbortedError);
  await it.close();

  const controller = new AbortController();
  const sleep = (_ms: number, signal?: AbortSignal) => {
    controller.abort(new AbortedError('stopped'));
    return Promise.reject(signal?.reason);
  };
  it = await rig([raw([created(), drop()])], { streamMaxRetries: 1 }, { clock: { ...systemClock, sleep } });
  await expect(it.ask({}, controller.signal)).rejects.toThrow('stopped');
});

test('leaving the sequence early cancels the call', async () => {
  it = await rig([[say('a b c'), stall()]]);
  const seen: ModelEvent[] = [];
  for await (const event of it.models.stream(request, new AbortController().signal)) {
    seen.push(event);
    if (event.type === 'textDelta') break;
  }
  expect(seen.at(-1)).toMatchObject({ type: 'textDelta' });
});

test('what the sink throws reaches the caller', async () => {
  it = await rig([say('hi')]);
  const running = it.models.run(request, new AbortController().signal, (event) => {
    if (event.type === 'textDelta') throw new Error('sink broke');
  });
  await expect(running).rejects.toThrow('sink broke');
});

test('a call is over with response.completed, and the rest of its answer may pass', async () => {
  it = await rig([raw([created(), completed(), gate('later')]), say('next')]);
  expect((await it.ask()).at(-1)?.type).toBe('completed');
  // The first connection is still busy, so the second call opens another; a cut one would be gone by then.
  expect((await it.ask()).at(-1)?.type).toBe('completed');
  expect(it.model.openConnections).toBe(2);
  it.model.open('later');
});

test('preparing and closing are harmless, also twice', async () => {
  it = await rig([say('a'), say('b')]);
  await it.models.prepare();
  await it.models.prepare();
  expect((await it.ask()).at(-1)?.type).toBe('completed');
  await it.models.close();
  await it.models.close();
  expect((await it.ask()).at(-1)?.type).toBe('completed');
});

test('one connection serves call after call', async () => {
  it = await rig([say('a'), http(404, 'no'), say('c')]);
  for (let round = 0; round < 3; round++) {
    await it.ask();
    await new Promise((next) => setImmediate(next));
  }
  expect(it.model.connections).toBe(1);
});

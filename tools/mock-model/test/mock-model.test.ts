import { afterEach, expect, test } from 'vitest';
import {
  call,
  drop,
  failed,
  gate,
  http,
  inputTexts,
  type MockModel,
  outputOf,
  raw,
  reasoning,
  reply,
  type Step,
  say,
  sayMany,
  stall,
  startMockModel,
  toolNames,
} from '../src/index.ts';

let model: MockModel;
afterEach(() => model.close());

async function start(steps: Step[]): Promise<void> {
  model = await startMockModel({ steps });
}

const post = (body: unknown = {}, init: RequestInit = {}) =>
  fetch(`${model.url}/v1/responses`, { method: 'POST', body: JSON.stringify(body), ...init });

async function types(response: Response): Promise<string[]> {
  return [...(await response.text()).matchAll(/^event: (.*)$/gm)].map((match) => match[1] ?? '');
}

test('a part becomes a whole response', async () => {
  await start([say('hello big world')]);
  expect(await types(await post())).toEqual([
    'response.created',
    'response.output_item.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_item.done',
    'response.completed',
  ]);
});

test('replies are used in order, by predicate, and run out', async () => {
  await start([
    reply(say('for b'), { when: (request) => request.body['model'] === 'b' }),
    raw([failed('slow_down')]),
    [reasoning('thinking'), call('shell', { command: ['ls'] })],
  ]);
  expect(await types(await post({ model: 'a' }))).toEqual(['response.failed']);
  expect(await (await post({ model: 'b' })).text()).toContain('for ');
  expect((await types(await post())).filter((type) => type.endsWith('done'))).toHaveLength(2);
  const last = await post();
  expect([last.status, await last.text()]).toEqual([500, '{"error":{"message":"the script has no reply left"}}']);
  expect(model.unused).toBe(0);
});

test('a status, a function of the request, and a step pushed later', async () => {
  await start([http(429, { error: { message: 'slow' } }, { headers: { 'x-request-id': 'r1' } })]);
  const refused = await post();
  expect([refused.status, refused.headers.get('x-request-id')]).toEqual([429, 'r1']);
  model.push((request) => say(`echo ${inputTexts(request, 'user').at(-1)}`));
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'ping' }] }];
  expect(await (await post({ input })).text()).toContain('"echo ping"');
});

test('a gate holds the stream until it is opened', async () => {
  await start([[gate('g'), say('late')]]);
  let ended = false;
  const text = post().then(async (response) => {
    const body = await response.text();
    ended = true;
    return body;
  });
  await model.waitForCalls(1);
  expect(ended).toBe(false);
  model.open('g');
  expect(await text).toContain('late');
});

test('a drop cuts the connection and a stall ends with the client', async () => {
  await start([
    [say('half'), drop()],
    [say('half'), stall()],
  ]);
  await expect(post().then((response) => response.text())).rejects.toThrow();
  const controller = new AbortController();
  const response = await post({}, { signal: controller.signal });
  controller.abort();
  await expect(response.text()).rejects.toThrow();
});

test('request helpers', async () => {
  await start([say('ok')]);
  await post({
    input: [{ type: 'function_call_output', call_id: 'c1', output: 'done' }],
    tools: [{ type: 'function', name: 'shell' }, { type: 'web_search' }],
  });
  const [request] = await model.waitForCalls(1);
  if (!request) throw new Error('no request');
  expect(outputOf(request, 'c1')).toBe('done');
  expect(outputOf(request, 'c2')).toBeUndefined();
  expect(toolNames(request)).toEqual(['shell', 'web_search']);
});

test('twenty thousand deltas arrive whole', async () => {
  await start([sayMany(20_000)]);
  expect(await types(await post())).toHaveLength(20_004);
});

test('waiting for calls that do not come fails with a count', async () => {
  await start([]);
  await expect(model.waitForCalls(1, 5)).rejects.toThrow('saw 0 of 1 awaited calls');
});

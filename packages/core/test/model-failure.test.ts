import {
  bytes,
  call,
  drop,
  failed,
  http,
  inputTexts,
  outputOf,
  raw,
  reply,
  say,
  type Step,
  stall,
} from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { rig, type RigOptions, turnsOf } from './harness.ts';

const CUT = 'stream disconnected before completion: ';
const HALF = [
  { type: 'response.output_item.added', item: { type: 'message', role: 'assistant', id: 'm1', content: [] } },
  { type: 'response.output_text.delta', item_id: 'm1', content_index: 0, delta: 'Half' },
];

describe('a model that fails', () => {
  it.each<[string, Step, string | RegExp, unknown, RigOptions['provider']?]>([
    [
      'refuses the key',
      http(401, { error: { message: 'bad key' } }),
      /^unexpected status 401 Unauthorized: bad key, url: /,
      'other',
    ],
    [
      'is asked too often',
      http(429),
      'exceeded retry limit, last status: 429 Too Many Requests',
      { responseTooManyFailedAttempts: { httpStatusCode: 429 } },
    ],
    ['breaks down', http(500), /^We're currently experiencing high demand/, 'internalServerError'],
    ['does not like the request', http(400, { detail: 'x' }), '{"detail":"x"}', 'other'],
    ['has no room', failed('context_length_exceeded'), /^Codex ran out of room/, 'contextWindowExceeded'],
    ['hangs up', [HALF, drop()], new RegExp(`^${CUT}`), 'other'],
    ['ends early', raw(HALF), `${CUT}stream closed before response.completed`, 'other'],
    ['sends garbage', raw([bytes('data: {"type":\n\nnonsense\n\n\u0000\n\n')]), new RegExp(`^${CUT}`), 'other'],
    ['falls silent', [HALF, stall()], new RegExp(`^${CUT}`), 'other', { stream_idle_timeout_ms: 1000 }],
  ])('%s: the turn fails and the next one works', async (_, step, message, info, provider = {}) => {
    // Where there was no room, the next turn makes some first.
    const { start } = await rig([step, say('fine'), say('fine')], { provider });
    const talk = await start();
    const end = await talk.turn('go');
    expect(end).toMatchObject({ status: 'failed', error: { codexErrorInfo: info } });
    expect(end.error?.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    expect(talk.thread.toWire().status).toEqual({ type: 'systemError' });
    expect(await talk.turn('again')).toMatchObject({ status: 'completed' });
    expect(talk.all('thread.status').map(({ status }) => status.type)).toEqual([
      ...['active', 'systemError', 'active', 'idle'],
    ]);
    expect(turnsOf(talk.thread).map(({ status }) => status)).toEqual(['failed', 'completed']);
  });

  it('is not there at all', async () => {
    const { start, model } = await rig();
    const talk = await start();
    await model.close();
    const end = await talk.turn('go');
    expect(end).toMatchObject({ status: 'failed' });
    expect(end.error?.message).toBeTruthy();
  });

  it('keeps what was said before the connection was lost', async () => {
    const { start } = await rig([raw([...say('First.', { id: 'm0' }), ...HALF]), say('ok')]);
    const talk = await start();
    await talk.turn('go');
    expect(turnsOf(talk.thread)[0]?.items.slice(1)).toMatchObject([
      { id: 'm0', text: 'First.' },
      { id: 'm1', text: 'Half' },
    ]);
  });

  it('is asked again when that may help, and its half sentences stay', async () => {
    const { start, model } = await rig([raw(HALF), say('Whole', { id: 'm1' })], {
      provider: { stream_max_retries: 2 },
    });
    const talk = await start();
    expect(await talk.turn('go')).toMatchObject({ status: 'completed' });
    expect(talk.all('turn.retrying')).toMatchObject([{ attempt: 1, error: { message: 'Reconnecting... 1/2' } }]);
    expect(turnsOf(talk.thread)[0]?.items.slice(1)).toMatchObject([
      { id: 'm1', text: 'Half' },
      { id: 'm1#2', text: 'Whole' },
    ]);
    expect(inputTexts(model.calls[1]!)).toEqual(inputTexts(model.calls[0]!));
    expect(talk.all('thread.status')).toHaveLength(2);
  });

  it('still gets the outputs of what it had called', async () => {
    const { start, model } = await rig([
      raw([call('exec_command', { cmd: 'echo hi' }), failed('invalid_prompt')]),
      say('ok'),
    ]);
    const talk = await start();
    expect(await talk.turn('go')).toMatchObject({ status: 'failed' });
    await talk.turn('again');
    expect(outputOf(model.calls[1]!, 'call-1')).toContain('hi\n');
  });

  it('sends items that nobody can make sense of', async () => {
    const odd = [
      {
        type: 'response.output_item.done',
        item: { type: 'function_call', name: 'exec_command', arguments: '', call_id: 'c1' },
      },
      { type: 'response.output_item.done', item: { type: 'from_the_future', id: 'x', deep: { a: 1 } } },
      {
        type: 'response.output_item.done',
        item: { type: 'function_call', name: '__proto__', arguments: '{}', call_id: 'c2' },
      },
      {
        type: 'response.output_item.done',
        item: { type: 'function_call', name: 'constructor', arguments: '{}', call_id: 'c3' },
      },
      { type: 'response.output_text.delta', item_id: 'unknown', content_index: 0, delta: 'x' },
      { type: 'response.never.heard.of' },
    ];
    const { start, model } = await rig([odd, say('ok')]);
    const talk = await start();
    expect(await talk.turn('go')).toMatchObject({ status: 'completed' });
    const last = model.calls[1]!;
    expect(outputOf(last, 'c1')).toMatch(/^failed to parse function arguments/);
    expect(outputOf(last, 'c2')).toBe('unsupported call: __proto__');
    expect(outputOf(last, 'c3')).toBe('unsupported call: constructor');
  });

  it('repeats a call id', async () => {
    const { start, model } = await rig([
      [call('exec_command', { cmd: 'echo one' }), call('exec_command', { cmd: 'echo two' })],
      say('ok'),
    ]);
    const talk = await start();
    await talk.turn('go');
    expect(turnsOf(talk.thread)[0]?.items.slice(1, 3)).toMatchObject([
      { id: 'call-1', aggregatedOutput: 'one\n' },
      { id: 'call-1#2', aggregatedOutput: 'two\n' },
    ]);
    expect(model.calls).toHaveLength(2);
  });
});

it('limits of the account are told when they change; what a later answer leaves out still holds', async () => {
  const used = (percent: number) => ({
    'x-codex-primary-used-percent': String(percent),
    'x-codex-primary-window-minutes': '300',
  });
  const credits = {
    'x-codex-credits-has-credits': 'true',
    'x-codex-credits-unlimited': 'false',
    'x-codex-credits-balance': '5',
  };
  const { start } = await rig([
    reply(say('a'), { headers: { ...used(10), ...credits } }),
    reply(say('b'), { headers: { ...used(10), ...credits } }),
    reply(say('c'), { headers: used(20) }),
  ]);
  const talk = await start();
  for (const words of ['1', '2', '3']) await talk.turn(words);
  const told = talk.all('turn.usage').flatMap(({ rateLimits }) => (rateLimits ? [rateLimits] : []));
  expect(told.map(({ primary }) => primary?.usedPercent)).toEqual([10, 20]);
  expect(told[1]?.credits).toMatchObject({ hasCredits: true, balance: '5' });
});

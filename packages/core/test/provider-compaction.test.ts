import { call, http, inputItems, outputOf, reasoning, type RecordedRequest, reply, say } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { rig, type Talk, turnsOf } from './harness.ts';

const PROVIDER = { name: 'OpenAI' };
const LONG = { usage: { input: 2000, output: 100 } };
const message = (role: string, text: string) => ({
  ...{ type: 'message', id: 'm', role },
  content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
});
const SEALED = { type: 'compaction', id: 'c', encrypted_content: 'sealed' };
const answer = (...output: unknown[]) => http(200, { output });

function outline(request: RecordedRequest | undefined): string[] {
  return inputItems(request!).map((item) => {
    if (item['type'] !== 'message') return String(item['type']);
    const text = (item['content'] as { text?: string }[]).map((part) => part.text ?? '').join('|');
    return `${String(item['role'])}: ${text.startsWith('<') ? 'context' : text}`;
  });
}

function compact(talk: Talk): Promise<unknown> {
  const { turn, run } = talk.thread.prepareCompaction();
  run();
  return talk.ended(turn.id);
}

describe('compaction by the provider (§9.4)', () => {
  it('keeps the messages and the summary it answers; the context is told anew, also after a resume', async () => {
    const { start, resume, model } = await rig(
      [
        say('one'),
        [reasoning('hm'), call('update_plan', { plan: [] })],
        say('two'),
        answer(
          message('user', 'first'),
          message('developer', 'rules'),
          message('user', '<environment_context>old</environment_context>'),
          { type: 'reasoning', id: 'r', summary: [], encrypted_content: 'x' },
          { type: 'function_call', name: 'f', arguments: '{}', call_id: 'f1' },
          message('assistant', 'kept'),
          SEALED,
          message('user', 'second'),
        ),
        say('three'),
        say('four'),
      ],
      { provider: PROVIDER },
    );
    const talk = await start();
    await talk.turn('first');
    await talk.turn('second');
    const before = talk.thread.state.usage;
    expect(await compact(talk)).toMatchObject({ status: 'completed', error: null });
    expect(talk.all('context.compacted')[0]?.compaction).toMatchObject({ message: '' });
    // What the provider spent on it is not told; what is left is an estimate.
    expect(talk.thread.state.usage).toMatchObject({ total: before?.total, last: { inputTokens: 0 } });
    expect(talk.thread.state.usage?.last.totalTokens).toBeGreaterThan(100);
    expect(talk.all('notice')).toEqual([]);

    await talk.turn('third');
    const [asked, after] = model.calls.slice(-2);
    expect(asked?.path).toBe('/v1/responses/compact');
    expect(asked?.body['tools']).toEqual(model.calls[0]?.body['tools']);
    expect(asked?.body['instructions']).toBe(model.calls[0]?.body['instructions']);
    expect(outline(asked).slice(2)).toEqual([
      ...['user: first', 'assistant: one', 'user: second', 'reasoning', 'function_call', 'function_call_output'],
      'assistant: two',
    ]);
    const history = ['user: first', 'assistant: kept', 'compaction', 'user: second'];
    expect(outline(after)).toEqual([...history, 'developer: context', 'user: context', 'user: third']);
    expect(inputItems(after!)[2]).toEqual({ type: 'compaction', encrypted_content: 'sealed' });

    await talk.thread.close();
    const again = await resume(talk.thread.header.path!);
    await again.turn('fourth');
    expect(inputItems(model.calls.at(-1)!).slice(0, 7)).toEqual(inputItems(after!));
  });

  it.each<[string, unknown[], string[]]>([
    [
      'before the message it works on',
      [SEALED, message('user', 'before'), message('user', 'go'), message('assistant', 'x')],
      ['compaction', 'user: before', 'developer: context', 'user: context', 'user: go', 'assistant: x'],
    ],
    [
      'else before the summary',
      [message('assistant', 'x'), SEALED],
      ['assistant: x', 'developer: context', 'user: context', 'compaction'],
    ],
    ['else last', [message('assistant', 'x')], ['assistant: x', 'developer: context', 'user: context']],
  ])('in the middle of a turn the context comes %s', async (_, output, expected) => {
    const { start, model } = await rig(
      [say('fine'), reply([call('update_plan', { plan: [] })], LONG), answer(...output), say('done')],
      { provider: PROVIDER },
    );
    const talk = await start({ model_auto_compact_token_limit: 1000 });
    await talk.turn('before');
    expect(await talk.turn('go')).toMatchObject({ status: 'completed' });
    expect(outline(model.calls.at(-1))).toEqual(expected);
  });

  it('leaves out the newest outputs and their calls while the window is exceeded', async () => {
    const { start, model } = await rig(
      [
        [call('exec_command', { cmd: 'seq 1 400' }, 'c0')],
        reply([call('exec_command', { cmd: 'seq 1 8000' }, 'c1'), call('exec_command', { cmd: 'seq 1 7900' }, 'c2')], {
          usage: { input: 9000, output: 100 },
        }),
        answer(SEALED),
        say('done'),
      ],
      { provider: PROVIDER },
    );
    const talk = await start({ model_context_window: 9000 });
    await talk.turn('go');
    expect(outline(model.calls[2])).toEqual([
      ...['developer: context', 'user: context', 'user: go', 'function_call', 'function_call_output'],
    ]);
    expect(outputOf(model.calls[2]!, 'c0')).toBeDefined();
    // The live history is not what was sent, so nothing of it is lost should the call fail.
    expect(turnsOf(talk.thread)[0]?.items.filter(({ type }) => type === 'commandExecution')).toHaveLength(3);
  });

  it.each<[string, ReturnType<typeof http>, string]>([
    ['refuses', http(400, { detail: 'no' }), '{"detail":"no"}'],
    ['keeps nothing', answer(message('developer', 'x')), 'the answer keeps nothing'],
  ])('that %s leaves the thread as it was', async (_, step, text) => {
    const { start, model } = await rig([say('one'), step, say('two')], { provider: PROVIDER });
    const talk = await start();
    await talk.turn('first');
    expect(await compact(talk)).toMatchObject({
      status: 'failed',
      error: { message: `Error running remote compact task: ${text}` },
    });
    expect(talk.all('context.compacted')).toEqual([]);
    expect(await talk.turn('second')).toMatchObject({ status: 'completed' });
    expect(outline(model.calls.at(-1)).slice(2)).toEqual(['user: first', 'assistant: one', 'user: second']);
  });
});

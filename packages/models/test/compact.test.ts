import { drop, http, say } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { request, rig } from './kit.ts';

const OPENAI = { name: 'OpenAI' };
const message = (role: string, text: string) => ({
  type: 'message',
  role,
  content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
});

describe('a provider that summarises (§3.6)', () => {
  it('is one of that name; others have no such call', async () => {
    const { models, close } = await rig([]);
    expect(models.compact).toBeNull();
    await close();
  });

  it('gets what a model call gets, without what belongs to streaming', async () => {
    const compaction = { type: 'compaction', id: 'c1', encrypted_content: 'x' };
    const { models, model, close } = await rig([http(200, { output: [message('user', 'hi'), compaction] })], {
      ...OPENAI,
      queryParams: { v: '1 2' },
    });
    const tools = [{ type: 'function', name: 'f' }];
    const answer = await models.compact?.(
      {
        ...request,
        model: 'gpt-5.4',
        tools,
        turnState: 'ts',
        input: [{ type: 'compaction', encrypted_content: 'before' }],
        serviceTier: 'flex',
      },
      new AbortController().signal,
    );
    expect(answer).toEqual({ ok: true, items: [message('user', 'hi'), compaction] });
    const [call] = model.requests;
    expect([call?.path, call?.query]).toEqual(['/v1/responses/compact', '?v=1%202']);
    expect(call?.body).toEqual({
      model: 'gpt-5.4',
      input: [{ type: 'compaction', encrypted_content: 'before' }],
      instructions: 'be good',
      tools,
      parallel_tool_calls: true,
      reasoning: { effort: 'medium' },
      text: { verbosity: 'low' },
    });
    expect(call?.headers).toMatchObject({ session_id: 'thread-1', accept: '*/*' });
    for (const name of ['x-client-request-id', 'x-codex-turn-metadata', 'x-codex-turn-state']) {
      expect(call?.headers).not.toHaveProperty(name);
    }
    await close();
  });

  it.each<[string, number, unknown, string, unknown, number]>([
    [
      '500',
      500,
      {},
      "We're currently experiencing high demand, which may cause temporary errors.",
      'internalServerError',
      3,
    ],
    ['404', 404, { error: { message: 'nf' } }, 'unexpected status 404 Not Found: nf, url: URL', 'other', 1],
    ['400', 400, { detail: 'no' }, '{"detail":"no"}', 'other', 1],
    ['no JSON', 200, 'hello', 'stream disconnected before completion: the answer is not JSON', 'other', 1],
    ['no output', 200, {}, 'stream disconnected before completion: missing field `output`', 'other', 1],
    [
      'a summary that cannot be read',
      200,
      { output: [{ type: 'compaction' }] },
      'stream disconnected before completion: an item of type `compaction` cannot be read',
      'other',
      1,
    ],
  ])('%s: says what is wrong', async (_, status, body, text, info, calls) => {
    const { models, model, close } = await rig(
      Array.from({ length: 3 }, () => http(status, body)),
      { ...OPENAI, requestMaxRetries: 2, streamMaxRetries: 5 },
    );
    const answer = await models.compact?.(request, new AbortController().signal);
    const message = text.replace('URL', `${model.url}/v1/responses/compact`);
    expect(answer).toMatchObject({ ok: false, error: { message, codexErrorInfo: info } });
    expect(model.calls).toHaveLength(calls);
    await close();
  });

  it('that is not there or hangs up is trouble, not a fault; kinds nobody knows are left out', async () => {
    const { models, model, close } = await rig(
      [[drop()], http(200, { output: [{ type: 'nonsense' }, message('assistant', 'a')] }), say('x')],
      OPENAI,
    );
    const ask = () => models.compact?.(request, new AbortController().signal);
    expect(await ask()).toMatchObject({ ok: false, kind: 'stream' });
    expect(await ask()).toEqual({ ok: true, items: [message('assistant', 'a')] });
    await model.close();
    expect(await ask()).toMatchObject({ ok: false, kind: 'stream' });
    await close();
  });

  it('can be stopped', async () => {
    const { models, close } = await rig([], OPENAI);
    await expect(models.compact?.(request, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    await close();
  });
});

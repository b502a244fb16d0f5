import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { call, outputOf, type RecordedRequest, say, toolNames } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { rig, turnsOf } from './harness.ts';

const LOOKUP = {
  name: 'lookup',
  description: 'Looks something up.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
};

describe('a tool that the client brought', () => {
  it('is offered last, asked of the client, and answered to the model', async () => {
    const { start, model } = await rig([call('lookup', { city: 'Oslo' }), say('Rain')]);
    const talk = await start({}, { dynamicTools: [LOOKUP] });
    const id = talk.begin('weather?');
    const question = await talk.question();
    expect(question).toMatchObject({
      method: 'item/tool/call',
      params: { turnId: id, callId: 'call-1', tool: 'lookup', arguments: { city: 'Oslo' } },
    });
    expect(talk.thread.toWire().status).toEqual({ type: 'active', activeFlags: [] });
    const contentItems = [{ type: 'inputText', text: 'wet' }] as const;
    talk.thread.answer(question.id, { ok: true, result: { contentItems: [...contentItems], success: true } });
    await talk.ended(id);
    expect(toolNames(model.calls[0]!).at(-1)).toBe('lookup');
    expect(outputOf(model.calls[1]!, 'call-1')).toBe('wet');
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({
      ...{ type: 'dynamicToolCall', id: 'call-1', status: 'completed', success: true, contentItems },
    });
  });

  it('that the client cannot serve fails, and so does a call that cannot be read', async () => {
    const { start, model } = await rig([[call('lookup', {}), call('lookup', 'no json', 'call-2')], say('ok')]);
    const talk = await start({}, { dynamicTools: [LOOKUP] });
    const id = talk.begin('go');
    const question = await talk.question();
    talk.thread.answer(question.id, { ok: false, error: { code: -32601, message: 'no' } });
    expect(await talk.ended(id)).toMatchObject({ status: 'completed' });
    expect(outputOf(model.calls[1]!, 'call-1')).toBe('dynamic tool request failed');
    expect(outputOf(model.calls[1]!, 'call-2')).toMatch(/^failed to parse function arguments: /);
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({ status: 'failed', success: false });
  });

  it('is withdrawn by an interrupt', async () => {
    const { start } = await rig([call('lookup', {})]);
    const talk = await start({}, { dynamicTools: [LOOKUP] });
    talk.begin('go');
    await talk.question();
    await talk.thread.interrupt();
    expect(talk.all('question.closed')).toMatchObject([{ outcome: 'withdrawn' }]);
    expect(turnsOf(talk.thread)[0]).toMatchObject({ status: 'interrupted', items: [{}, { status: 'failed' }] });
  });

  it('is there again after a resume', async () => {
    const { start, resume, model } = await rig([say('1'), say('2')]);
    const talk = await start({}, { dynamicTools: [LOOKUP] });
    await talk.turn('a');
    await talk.thread.close();
    await (await resume(talk.thread.header.path!)).turn('b');
    expect(toolNames(model.calls[1]!)).toEqual(toolNames(model.calls[0]!));
  });
});

describe('web search', () => {
  const offered = (request: RecordedRequest) =>
    (request.body['tools'] as { type: string }[]).find(({ type }) => type === 'web_search');

  it('is live without a sandbox, cached with one, and as it is configured', async () => {
    const { start, model } = await rig([say('1'), say('2'), say('3')]);
    await (await start()).turn('a');
    await (await start({ sandbox_mode: 'read-only' })).turn('b');
    await (await start({ web_search: 'cached' })).turn('c');
    expect(model.calls.map(offered)).toMatchObject([
      { external_web_access: true },
      { external_web_access: false },
      { external_web_access: false },
    ]);
  });
});

describe('the notify program', () => {
  const WRITE = ['/bin/sh', '-c', 'printf %s "$1" > told.tmp && mv told.tmp told.json', 'notify'];

  it('is told of a completed turn (§20.1)', async () => {
    const { start, cwd } = await rig([say('All done')]);
    const talk = await start({ notify: WRITE });
    const { id } = await talk.turn('do it', { clientName: 'tester' });
    const file = path.join(cwd, 'told.json');
    await expect.poll(() => existsSync(file)).toBe(true);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      type: 'agent-turn-complete',
      'thread-id': talk.thread.id,
      'turn-id': id,
      cwd,
      client: 'tester',
      'input-messages': ['do it'],
      'last-assistant-message': 'All done',
    });
  });

  it('is told all the user said in the thread, a message at a time', async () => {
    const { start, cwd } = await rig([say('One'), say('Two')]);
    const talk = await start({ notify: WRITE });
    await talk.turn('first');
    const { id } = await talk.turn('second');
    const told = () => JSON.parse(readFileSync(path.join(cwd, 'told.json'), 'utf8')) as Record<string, unknown>;
    await expect.poll(() => existsSync(path.join(cwd, 'told.json')) && told()['turn-id']).toBe(id);
    expect(told()['input-messages']).toEqual(['first', 'second']);
  });

  it('that cannot be run disturbs nobody', async () => {
    const { start } = await rig([say('All done')]);
    const talk = await start({ notify: ['/no/such/program'] });
    expect(await talk.turn('do it')).toMatchObject({ status: 'completed' });
  });
});

import { call, gate, inputTexts, outputOf, say } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { readRollout } from '@codex/rollout';
import { isAlive, rig, type Talk, text, turnsOf } from './harness.ts';

/** The id of a process that prints it, as soon as it does. */
async function printedPid(talk: Talk): Promise<number> {
  const { delta } = await talk.until(
    'item.delta',
    ({ delta: found }) => found.kind === 'commandOutput' && found.text.includes('pid-'),
  );
  return Number(/pid-(\d+)/.exec(delta.kind === 'commandOutput' ? delta.text : '')?.[1]);
}

const gone = (pid: number) => expect.poll(() => isAlive(pid)).toBe(false);
const SLEEP = 'echo pid-$$; exec sleep 60';

describe('an interrupt', () => {
  it('while the model speaks keeps what it has said', async () => {
    const half = { type: 'message', role: 'assistant', id: 'm1', content: [] };
    const { start, model } = await rig([
      [
        { type: 'response.output_item.added', item: half },
        { type: 'response.output_text.delta', item_id: 'm1', content_index: 0, delta: 'Half a ' },
        gate('never'),
      ],
      say('next'),
    ]);
    const talk = await start();
    const id = talk.begin('go');
    await talk.until('item.delta');
    await talk.thread.interrupt();
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted', error: null });
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({ type: 'agentMessage', id: 'm1', text: 'Half a ' });
    expect(talk.thread.toWire().status).toEqual({ type: 'idle' });
    await talk.turn('again');
    const texts = inputTexts(model.calls[1]!, 'user');
    expect(texts.at(-2)).toMatch(/^<turn_aborted>\n[\s\S]*\n<\/turn_aborted>$/);
    expect(texts.at(-1)).toBe('again');
  });

  it('while a command runs ends it, completes its item once, and tells the model', async () => {
    const { start, model } = await rig([call('exec_command', { cmd: SLEEP }), say('next')]);
    const talk = await start();
    const id = talk.begin('go');
    const pid = await printedPid(talk);
    await talk.thread.interrupt();
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted' });
    const completed = talk.all('item.completed').filter(({ item }) => item.type === 'commandExecution');
    expect(completed).toMatchObject([{ item: { id: 'call-1', status: 'failed', aggregatedOutput: `pid-${pid}\n` } }]);
    await gone(pid);
    await talk.turn('again');
    expect(outputOf(model.calls[1]!, 'call-1')).toMatch(/^aborted by user after \d+\.\ds$/);
    expect(inputTexts(model.calls[1]!, 'user').at(-2)).toContain('<turn_aborted>');
  });

  it('of a one-shot command has the form that models know', async () => {
    const { start, model } = await rig([call('shell_command', { command: SLEEP, timeout_ms: 60_000 }), say('next')]);
    const talk = await start();
    talk.begin('go');
    const pid = await printedPid(talk);
    await talk.thread.interrupt();
    expect(isAlive(pid)).toBe(false);
    const completed = talk.all('item.completed').filter(({ item }) => item.type === 'commandExecution');
    expect(completed).toMatchObject([{ item: { status: 'failed' } }]);
    await talk.turn('again');
    expect(outputOf(model.calls[1]!, 'call-1')).toMatch(/^Wall time: \d+\.\d seconds\naborted by user$/);
  });

  it('answers every call of the response, also those that had not begun', async () => {
    const { start, model } = await rig([
      [call('exec_command', { cmd: SLEEP }), call('update_plan', { plan: [] }, 'call-2')],
      say('next'),
    ]);
    const talk = await start();
    talk.begin('go');
    await printedPid(talk);
    await talk.thread.interrupt();
    expect(talk.all('turn.plan')).toEqual([]);
    await talk.turn('again');
    expect(outputOf(model.calls[1]!, 'call-2')).toMatch(/^aborted by user after/);
  });

  it('while an approval is open withdraws the question', async () => {
    const { start, model } = await rig([call('exec_command', { cmd: 'touch x' }), say('next')]);
    const talk = await start({ approval_policy: 'untrusted' });
    const id = talk.begin('go');
    const question = await talk.question();
    await talk.thread.interrupt();
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted' });
    expect(talk.all('question.closed')).toMatchObject([{ outcome: 'withdrawn', question: { id: question.id } }]);
    expect(talk.thread.questions()).toEqual([]);
    expect(talk.all('thread.status').map(({ status }) => status)).toEqual([
      { type: 'active', activeFlags: [] },
      { type: 'active', activeFlags: ['waitingOnApproval'] },
      { type: 'idle' },
    ]);
    expect(talk.thread.answer(question.id, { ok: true, result: { decision: 'accept' } })).toBe(false);
    const types = talk.shape();
    expect(types.indexOf('question.closed')).toBeLessThan(types.indexOf('turn.ended'));
    const completed = talk.all('item.completed').filter(({ item }) => item.type === 'commandExecution');
    expect(completed).toMatchObject([{ item: { status: 'failed' } }]);
    await talk.turn('again');
    expect(outputOf(model.calls[1]!, 'call-1')).toMatch(/^aborted by user after/);
  });

  it('while the model’s answer is still awaited', async () => {
    const { start, model } = await rig([[gate('never')], say('ok')]);
    const talk = await start();
    const id = talk.begin('go');
    await model.waitForCalls(1);
    await talk.thread.interrupt();
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted' });
    expect((await talk.turn('again')).status).toBe('completed');
  });

  it('right after the start of a turn', async () => {
    const { start, model } = await rig([say('ok'), say('ok')]);
    const talk = await start();
    const id = talk.begin('go');
    await talk.thread.interrupt();
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted' });
    expect(model.calls).toHaveLength(0);
    expect((await talk.turn('again')).status).toBe('completed');
  });

  it('of a reserved turn that nobody has run yet does not wait forever', async () => {
    const { start } = await rig([say('ok')]);
    const { thread } = await start();
    const { turn, run } = thread.prepareTurn({ input: text('go') });
    await thread.interrupt();
    run();
    expect(turnsOf(thread)).toMatchObject([{ id: turn.id, status: 'interrupted' }]);
  });

  it('keeps what was steered and not yet heard', async () => {
    const { start, model } = await rig([[gate('never')], say('ok')]);
    const talk = await start();
    const id = talk.begin('go');
    await model.waitForCalls(1);
    talk.thread.steer(text('and this'), id);
    await talk.thread.interrupt();
    await talk.turn('again');
    expect(inputTexts(model.calls[1]!, 'user')).toContain('and this');
    expect(turnsOf(talk.thread)[0]?.items).toMatchObject([{ type: 'userMessage' }, { content: text('and this') }]);
  });

  it('without a turn is refused', async () => {
    const { start } = await rig([say('ok')]);
    const talk = await start();
    await expect(talk.thread.interrupt()).rejects.toThrow('no active turn to interrupt');
    await talk.turn('go');
    await expect(talk.thread.interrupt()).rejects.toThrow('no active turn to interrupt');
  });
});

describe('a terminal that outlives its turn', () => {
  it('completes when its process ends', async () => {
    const { start, cwd, deps } = await rig([
      call('exec_command', { cmd: 'until [ -e go ]; do sleep 0.02; done; echo bye', yield_time_ms: 250 }),
      say('it runs'),
    ]);
    const talk = await start();
    const { id, status } = await talk.turn('go');
    expect(status).toBe('completed');
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({ status: 'inProgress' });
    await deps.files.write(`${cwd}/go`, Buffer.from(''));
    const end = await talk.until('item.completed', ({ item }) => item.type === 'commandExecution');
    expect(end.item).toMatchObject({ status: 'completed', exitCode: 0, aggregatedOutput: 'bye\n' });
    expect(talk.events.at(-1)?.turnId).toBe(id);
  });

  it('survives an interrupt of a later turn and is ended when terminals are cleaned', async () => {
    const { start, model } = await rig([
      call('exec_command', { cmd: SLEEP, yield_time_ms: 250 }),
      say('it runs'),
      [gate('never')],
    ]);
    const talk = await start();
    await talk.turn('go');
    const pid = await printedPid(talk);
    talk.begin('more');
    await model.waitForCalls(3);
    await talk.thread.interrupt();
    expect(isAlive(pid)).toBe(true);
    await talk.thread.cleanBackgroundTerminals();
    expect(isAlive(pid)).toBe(false);
    expect(talk.all('item.completed').at(-1)?.item).toMatchObject({ type: 'commandExecution', status: 'failed' });
  });
});

describe('closing a thread', () => {
  it('during a turn leaves no process, and a file that can be read', async () => {
    const { start, threads } = await rig([call('exec_command', { cmd: SLEEP })]);
    const talk = await start();
    talk.begin('go');
    const pid = await printedPid(talk);
    await talk.thread.close();
    await gone(pid);
    expect(threads.get(talk.thread.id)).toBeUndefined();
    expect(talk.shape().slice(-4)).toEqual(['thread.status', 'turn.ended', 'thread.status', 'thread.closed']);
    expect(talk.all('thread.status').map(({ status }) => status.type)).toEqual(['active', 'idle', 'notLoaded']);
    const stored = await readRollout(talk.thread.header.path!);
    expect(stored.turns.all()).toMatchObject([{ status: 'interrupted', items: [{}, { status: 'failed' }] }]);
    await talk.thread.close();
    expect(() => talk.thread.prepareTurn({ input: text('x') })).toThrow(/is closing/);
  });

  it('ends terminals and withdraws questions', async () => {
    const { start } = await rig([
      call('exec_command', { cmd: SLEEP, yield_time_ms: 250 }),
      call('exec_command', { cmd: 'rm -rf x' }, 'call-2'),
    ]);
    const talk = await start({ approval_policy: 'on-request' });
    talk.begin('go');
    const pid = await printedPid(talk);
    await talk.question();
    await talk.thread.close();
    expect(isAlive(pid)).toBe(false);
    expect(talk.all('question.closed')).toMatchObject([{ outcome: 'withdrawn' }]);
    expect(turnsOf(talk.thread)[0]?.items.slice(1)).toMatchObject([{ status: 'failed' }, { status: 'failed' }]);
  });
});

import {
  call,
  custom,
  inputItems,
  inputTexts,
  type Parts,
  reasoning,
  type RecordedRequest,
  reply,
  say,
} from '@codex/mock-model';
import { expect, it } from 'vitest';
import { rig, turnsOf } from './harness.ts';

const PATCH = '*** Begin Patch\n*** Add File: a.txt\n+hi\n*** End Patch';
const STEPS: Parts[] = [
  [
    reasoning('Hm.', { id: 'r1' }),
    say('Looking around.', { id: 'm1', phase: 'commentary' }),
    call('exec_command', { cmd: 'echo one', login: false }),
    call('shell_command', { command: 'echo two', login: false }, 'call-2'),
    custom('apply_patch', PATCH, 'call-3'),
    call('update_plan', { plan: [{ step: 's', status: 'pending' }] }, 'call-4'),
  ],
  [call('exec_command', { cmd: 'rm -f none.txt', login: false }, 'call-5')],
  say('Done.', { id: 'm2' }),
];

const asksAgain = (request: RecordedRequest) => inputTexts(request, 'user').includes('again');

/** Plays the whole turn, saying yes to everything, with an interrupt or the end of the thread as soon as the `at`-th event is heard. */
async function play(at: number, how: 'interrupt' | 'close' = 'interrupt') {
  const { start, model } = await rig([
    ...STEPS.map((parts) => reply(parts, { when: (request) => !asksAgain(request) })),
    reply(say('ok'), { when: asksAgain }),
  ]);
  const talk = await start({ approval_policy: 'on-request' });
  let stopped: Promise<void> | undefined;
  const subscription = talk.thread.subscribe(({ event, seq }) => {
    if (event.type === 'question.opened') {
      talk.thread.answer(event.question.id, { ok: true, result: { decision: 'accept' } });
    }
    if (seq >= at && !stopped && talk.thread.state.active) stopped = talk.thread[how]();
  });
  await talk.turn('go');
  await stopped;
  subscription.stop();
  const heard = talk.events.length;
  /** What the model is sent in the turn after it. */
  const next = async () => {
    expect(await talk.turn('again')).toMatchObject({ status: 'completed' });
    return inputItems(model.calls.at(-1)!);
  };
  return { talk, heard, next };
}

it('an interrupt at any event leaves everything in order', async () => {
  const { heard } = await play(Number.POSITIVE_INFINITY);
  expect(heard).toBeGreaterThan(30);
  for (let at = 1; at <= heard; at++) {
    const { talk, next } = await play(at);
    const where = `event ${at}`;
    const end = talk.events.findIndex(({ event }) => event.type === 'turn.ended');
    const turnId = talk.events[end]?.turnId;
    expect(
      talk.events.slice(end + 1).filter((stamped) => stamped.turnId === turnId),
      where,
    ).toEqual([]);
    const started = talk.all('item.started').map(({ item }) => item.id);
    const completed = talk.all('item.completed').map(({ item }) => item.id);
    expect([...completed].sort(), where).toEqual([...started].sort());
    expect(new Set(started).size, where).toBe(started.length);
    expect(talk.all('question.closed').length, where).toBe(talk.all('question.opened').length);
    expect(talk.thread.state.openItems.size, where).toBe(0);
    expect(talk.thread.toWire().status, where).toEqual({ type: 'idle' });
    expect(talk.all('thread.status').at(-1)?.status, where).toEqual({ type: 'idle' });

    const items = await next();
    const ids = (output: boolean) =>
      items
        .filter((item) => item['call_id'] !== undefined && String(item['type']).endsWith('_output') === output)
        .map((item) => item['call_id']);
    expect(ids(true).sort(), where).toEqual(ids(false).sort());
  }
});

it('so does closing the thread', async () => {
  const { heard } = await play(Number.POSITIVE_INFINITY);
  for (let at = 1; at <= heard; at += 3) {
    const { talk } = await play(at, 'close');
    await talk.thread.close();
    const where = `event ${at}`;
    expect(talk.events.at(-1)?.event.type, where).toBe('thread.closed');
    expect(talk.thread.state.openItems.size, where).toBe(0);
    expect(talk.thread.questions(), where).toEqual([]);
    expect(turnsOf(talk.thread), where).toHaveLength(1);
    const ends = talk.all('item.completed').map(({ item }) => item.id);
    expect(new Set(ends).size, where).toBe(ends.length);
  }
});

import { describe, expect, it } from 'vitest';
import {
  command,
  itemCompleted,
  itemStarted,
  message,
  opened,
  play,
  said,
  THREAD,
  TURN,
  turn,
  turnCompleted,
  turnStarted,
} from './play.ts';

function running() {
  const tui = play();
  tui.type('go');
  tui.press('enter');
  tui.calls();
  tui.answer('turn/start', { turn: turn(TURN, 'inProgress') });
  tui.notify(turnStarted());
  return tui;
}

describe('a turn', () => {
  it('begins with what was written, and with what was chosen since the last one', () => {
    const tui = play();
    tui.press('shift+tab');
    tui.type('go');
    tui.press('enter');
    expect(tui.calls()).toEqual([
      {
        method: 'turn/start',
        params: {
          threadId: THREAD,
          input: [{ type: 'text', text: 'go', text_elements: [] }],
          collaborationMode: {
            mode: 'plan',
            settings: { model: 'gpt-5.4', reasoning_effort: 'medium', developer_instructions: null },
          },
        },
      },
    ]);
    tui.notify(turnStarted(), turnCompleted());
    tui.type('more');
    tui.press('enter');
    expect(tui.calls()[0]?.params).toEqual({
      threadId: THREAD,
      input: [{ type: 'text', text: 'more', text_elements: [] }],
    });
  });

  it('that is refused gives the message back', () => {
    const tui = play();
    tui.type('go');
    tui.press('enter');
    tui.refuse('turn/start', 'not now');
    expect(tui.told()).toContain('■ not now');
    expect(tui.view()).toContain('› go');
    expect(tui.state.turn).toBeNull();
  });

  it('settles blocks as they are done and draws only the rest', () => {
    const tui = running();
    tui.notify(itemStarted(message('')), said('First'), said(' block.\n\nSecond'), said(' one'));
    expect(tui.told()).toContain('• First block.');
    expect(tui.told()).not.toContain('Second');
    expect(tui.view()).toContain('  Second one');
    expect(tui.view()).not.toContain('First');
    tui.notify(itemCompleted(message('First block.\n\nSecond one, to the end.')), turnCompleted());
    expect(tui.told().match(/First block/g)).toHaveLength(1);
    expect(tui.view()).not.toContain('Second');
  });

  it('costs the same for each piece of a long answer', () => {
    const tui = running();
    const before = tui.state.transcript.length;
    tui.notify(...Array.from({ length: 500 }, () => said('some words ')));
    expect(tui.state.transcript.length).toBe(before);
    expect(tui.view().length).toBeLessThan(8000);
    tui.notify(itemCompleted(message('some words '.repeat(500))));
    expect(tui.told().match(/some words/g)).toHaveLength(500);
  });

  it('tells the whole message when the pieces were others', () => {
    const tui = running();
    tui.notify(said('A.\n\nBut'), itemCompleted(message('A.\n\nC')));
    expect(tui.told()).toMatch(/• A\.\n\n• A\.\n\n {2}C$/);
  });

  it('shows what runs, and what it printed when it is over', () => {
    const tui = running();
    tui.notify(
      itemStarted(command({ status: 'inProgress', aggregatedOutput: null, exitCode: null, durationMs: null })),
    );
    tui.notify({
      method: 'item/commandExecution/outputDelta',
      params: { threadId: THREAD, turnId: TURN, itemId: 'c1', delta: 'half way\n' },
    });
    expect(tui.view()).toMatch(/• Running make test\n {2}└ half way/);
    tui.notify(
      itemCompleted(
        command({
          exitCode: 2,
          status: 'failed',
          aggregatedOutput: Array.from({ length: 20 }, (_, at) => `line ${at}`).join('\n'),
        }),
      ),
    );
    expect(tui.view()).not.toContain('Running');
    expect(tui.told()).toMatch(
      /• Ran make test · exit 2 · 1\.2s\n {2}└ line 0\n {4}line 1\n {4}line 2\n {4}… 14 more lines.*\n {4}line 17\n {4}line 18\n {4}line 19$/,
    );
  });

  it('shows the heading of what the model thinks about, then the thoughts', () => {
    const tui = running();
    const at = { threadId: THREAD, turnId: TURN, itemId: 'r1' };
    tui.notify({ method: 'item/reasoning/summaryPartAdded', params: { ...at, summaryIndex: 0 } });
    tui.notify({ method: 'item/reasoning/summaryTextDelta', params: { ...at, summaryIndex: 0, delta: '**Reading' } });
    expect(tui.view()).toContain('Working');
    tui.notify({
      method: 'item/reasoning/summaryTextDelta',
      params: { ...at, summaryIndex: 0, delta: ' tests** and more' },
    });
    expect(tui.view()).toContain('Reading tests (0s · esc interrupts)');
    tui.notify(
      itemCompleted({ type: 'reasoning', id: 'r1', summary: ['**Reading tests**\n\nThey fail.'], content: ['raw'] }),
    );
    expect(tui.told()).toMatch(/• They fail\.$/);
  });

  it('tells plans, errors and retries', () => {
    const tui = running();
    tui.notify({
      method: 'turn/plan/updated',
      params: {
        threadId: THREAD,
        turnId: TURN,
        explanation: 'because',
        plan: [
          { step: 'one', status: 'completed' },
          { step: 'two', status: 'inProgress' },
        ],
      },
    });
    expect(tui.told()).toMatch(/• Plan\n {2}└ because\n {4}✔ one\n {4}▸ two$/);
    const error = { message: 'stream cut', codexErrorInfo: null, additionalDetails: null };
    tui.notify({ method: 'error', params: { error, willRetry: true, threadId: THREAD, turnId: TURN } });
    expect(tui.view()).toContain('stream cut');
    tui.notify({
      method: 'error',
      params: { error: { ...error, message: 'given up' }, willRetry: false, threadId: THREAD, turnId: TURN },
    });
    tui.notify(turnCompleted('failed', { ...error, message: 'given up' }));
    expect(tui.told().match(/■ given up/g)).toHaveLength(1);
  });

  it('that ended with a plan asks whether to carry it out', () => {
    const tui = play();
    tui.press('shift+tab');
    tui.notify(turnStarted(), itemCompleted({ type: 'plan', id: 'p', text: '# Plan' }), turnCompleted());
    expect(tui.view()).toContain('Carry out this plan?');
    tui.type('y');
    expect(tui.calls()).toMatchObject([
      {
        method: 'turn/start',
        params: { input: [{ text: 'Implement the plan.' }], collaborationMode: { mode: 'default' } },
      },
    ]);
  });

  it('of a review tells what was found once, live and from the file', () => {
    const tui = running();
    const items = [
      { type: 'enteredReviewMode' as const, id: 'r1', review: 'current changes' },
      {
        type: 'userMessage' as const,
        id: 'u',
        content: [{ type: 'text' as const, text: 'words for the model', text_elements: [] }],
      },
      { type: 'exitedReviewMode' as const, id: 'r2', review: 'One bug.' },
      message('One bug.'),
    ];
    for (const item of items) tui.notify(itemStarted(item), itemCompleted(item));
    tui.notify(turnCompleted());
    expect(tui.told()).toMatch(/>> Review begins: current changes\n\n<< Review\n {2}One bug\.$/);
    const stored = play({ isOpen: false });
    stored.send({ type: 'opened', opened: opened({ turns: [{ ...turn('a', 'completed'), items }] }), how: 'resumed' });
    expect(stored.told()).toMatch(/>> Review begins: current changes\n\n<< Review\n {2}One bug\.\n\n• Resumed/);
  });

  it('of another thread changes nothing', () => {
    const tui = running();
    const before = tui.state;
    tui.notify({ method: 'turn/completed', params: { threadId: 'other', turn: turn('x', 'completed') } });
    tui.notify({ method: 'item/completed', params: { threadId: 'other', turnId: 'x', item: message('no') } });
    expect(tui.state).toEqual(before);
  });

  it('leaves a terminal in the background that /ps lists and /clean ends', () => {
    const tui = running();
    tui.notify(
      itemStarted(command({ status: 'inProgress', processId: '7', exitCode: null, aggregatedOutput: null })),
      turnCompleted(),
    );
    expect(tui.view()).toContain('1 in the background');
    tui.type('/ps');
    tui.press('enter');
    expect(tui.told()).toMatch(/│ 7 +make test/);
    tui.calls();
    tui.type('/clean');
    tui.press('enter');
    expect(tui.calls()).toEqual([{ method: 'thread/backgroundTerminals/clean', params: { threadId: THREAD } }]);
    tui.notify(itemCompleted(command()));
    expect(tui.view()).not.toContain('in the background');
  });
});

describe('while a turn runs', () => {
  it('enter steers it; what it does not take up is sent afterwards', () => {
    const tui = running();
    tui.type('also this');
    tui.press('enter');
    expect(tui.calls()).toEqual([
      {
        method: 'turn/steer',
        params: {
          threadId: THREAD,
          input: [{ type: 'text', text: 'also this', text_elements: [] }],
          expectedTurnId: TURN,
        },
      },
    ]);
    tui.answer('turn/steer', { turnId: TURN });
    expect(tui.view()).toContain('↳ goes into this turn: also this');
    tui.notify(turnCompleted());
    expect(tui.calls()).toMatchObject([{ method: 'turn/start', params: { input: [{ text: 'also this' }] } }]);
  });

  it('what cannot steer is queued', () => {
    const tui = running();
    tui.type('also this');
    tui.press('enter');
    tui.refuse('turn/steer', 'no');
    expect(tui.view()).toContain('↳ goes next: also this');
    expect(tui.view()).not.toContain('goes into');
  });

  it('tab queues, alt+up takes the last one back', () => {
    const tui = running();
    for (const text of ['one', 'two']) {
      tui.type(text);
      tui.press('tab');
    }
    expect(tui.view()).toMatch(/goes next: one\n.*goes next: two/);
    tui.press('alt+up');
    expect(tui.view()).toContain('› two');
    expect(tui.state.queue).toHaveLength(1);
  });

  it('escape interrupts once, and what was queued comes back', () => {
    const tui = running();
    tui.type('later');
    tui.press('tab', 'escape', 'escape');
    expect(tui.calls()).toEqual([{ method: 'turn/interrupt', params: { threadId: THREAD, turnId: TURN } }]);
    expect(tui.view()).toContain('Interrupting');
    tui.notify(turnCompleted('interrupted'));
    expect(tui.told()).toContain('Interrupted. Say what to do instead.');
    expect(tui.view()).toContain('› later');
  });

  it('ctrl+c interrupts, and quits when it comes twice', () => {
    const tui = running();
    tui.press('ctrl+c');
    expect(tui.effects().map(({ type }) => type)).toEqual(['call', 'wake']);
    expect(tui.view()).toContain('ctrl+c again quits');
    tui.press('ctrl+c');
    expect(tui.effects()).toEqual([{ type: 'quit', code: 0 }]);
  });

  it('some commands have to wait', () => {
    const tui = running();
    tui.type('/new');
    tui.press('enter');
    expect(tui.calls().some(({ method }) => method === 'thread/start')).toBe(false);
    expect(tui.told()).toContain('/new has to wait until this turn is over');
  });
});

describe('the keyboard of an idle session', () => {
  it('ctrl+c clears first, and the text is not lost', () => {
    const tui = play();
    tui.type('half a thought');
    tui.press('ctrl+c');
    expect(tui.state.draft.buffer.text).toBe('');
    tui.press('up');
    expect(tui.state.draft.buffer.text).toBe('half a thought');
    tui.press('ctrl+c', 'ctrl+c');
    tui.wait(3000);
    tui.press('ctrl+c');
    expect(tui.effects().some(({ type }) => type === 'quit')).toBe(false);
    tui.press('ctrl+c');
    expect(tui.effects()).toContainEqual({ type: 'quit', code: 0 });
  });

  it('escape twice goes back to an earlier message', () => {
    const tui = play();
    tui.press('escape', 'escape');
    const user = (text: string) => ({
      type: 'userMessage' as const,
      id: text,
      content: [{ type: 'text' as const, text, text_elements: [] }],
    });
    tui.answer('thread/read', {
      thread: opened({
        turns: [
          { ...turn('a', 'completed'), items: [user('one')] },
          { ...turn('b', 'completed'), items: [user('two')] },
        ],
      }).thread,
    });
    expect(tui.view()).toMatch(/› 1\. two\n {2}2\. one/);
    tui.calls();
    tui.press('down', 'enter');
    expect(tui.calls()).toEqual([{ method: 'thread/rollback', params: { threadId: THREAD, numTurns: 2 } }]);
    tui.answer('thread/rollback', opened());
    expect(tui.view()).toContain('› one');
  });

  it('shows a stored session with its turns, and greets a new one', () => {
    const tui = play({ isOpen: false });
    expect(tui.view()).toContain('Starting …');
    tui.type('early');
    tui.press('enter');
    expect(tui.view()).toContain('↳ goes next: early');
    tui.send({
      type: 'opened',
      opened: opened({ name: 'my work', turns: [{ ...turn('a', 'interrupted'), items: [message('Hello.')] }] }),
      how: 'resumed',
    });
    expect(tui.told()).toMatch(/Codex in TypeScript[^]*• Hello\.[^]*interrupted[^]*Resumed my work/);
    expect(tui.calls()).toMatchObject([{ method: 'turn/start', params: { input: [{ text: 'early' }] } }]);
  });

  it('prints the end of a long session; the transcript has more', () => {
    const tui = play({ isOpen: false });
    const turns = Array.from({ length: 400 }, (_, at) => ({
      ...turn(`t${at}`, 'completed'),
      items: [message(`answer ${at}.`)],
    }));
    tui.send({ type: 'opened', opened: opened({ turns }), how: 'resumed' });
    expect(tui.told()).toMatch(
      /… 350 earlier turns \(ctrl\+t shows them\)\n\n• answer 350\.\n[^]*• answer 399\.\n\n• Resumed/,
    );
    tui.press('ctrl+t', 'home');
    expect(tui.view()).toContain('… 100 turns before these are in the file of the session alone\n\n• answer 100.');
  });

  it('leaves the old session when another one is opened', () => {
    const tui = play();
    tui.send({ type: 'opened', opened: opened({ id: 'other' }), how: 'new' });
    expect(tui.calls()).toContainEqual({ method: 'thread/unsubscribe', params: { threadId: THREAD } });
    expect(tui.state.epoch).toBe(1);
  });
});

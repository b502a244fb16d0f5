import { appendFile, chmod, mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Logger, manualClock, nullLogger, systemCode } from '@codex/base';
import type { ThreadEvent } from '@codex/timeline';
import { describe, expect, test } from 'vitest';
import { nullRollout, readRollout, rolloutPath } from '../src/index.ts';
import {
  answered,
  CREATED,
  headerFor,
  ID,
  linesOf,
  said,
  stamp,
  tempHome,
  turnEnded,
  turnStarted,
  writerAt,
} from './support/files.ts';

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
const oneTurn: ThreadEvent[] = [turnStarted('t'), said('u', 'Hello'), answered('m', 'Hi'), turnEnded];

/** A log that keeps what was said at error level. */
function errorLog(): { log: Logger; errors: string[] } {
  const errors: string[] = [];
  return { errors, log: { ...nullLogger, error: (_, message) => errors.push(message) } };
}

describe('a new file', () => {
  test('appears with the first turn, header first; what came before is in it', async () => {
    const home = await tempHome();
    const writer = writerAt(home, { gitInfo: () => Promise.resolve({ branch: 'main', commit_hash: 'abc' }) });
    const early: ThreadEvent = {
      type: 'context.appended',
      items: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] }],
    };
    const [first, ...rest] = stamp([early, ...oneTurn]);
    writer.append(first!);
    await writer.flush();
    expect(await exists(writer.path)).toBe(false);
    for (const event of rest) writer.append(event);
    await writer.close();
    expect((await linesOf(writer.path)).map(({ type, payload }) => [type, payload['type']].join(' ').trim())).toEqual([
      'session_meta',
      'response_item message',
      'event_msg task_started',
      'event_msg user_message',
      'event_msg agent_message',
      'event_msg task_complete',
    ]);
    const stored = await readRollout(writer.path);
    expect(stored.header).toEqual(headerFor({ path: writer.path }));
    expect(stored.gitInfo).toEqual({ sha: 'abc', branch: 'main', originUrl: null });
    expect(stored.turns.all()[0]?.items.map(({ id }) => id)).toEqual(['u', 'm']);
    expect(stored.context.items).toHaveLength(1);
  });

  test('a thread that is closed without a turn leaves nothing, an ephemeral one never does', async () => {
    const home = await tempHome();
    const writer = writerAt(home);
    await writer.close();
    await writer.close();
    expect(await exists(join(home, 'sessions'))).toBe(false);
    const none = nullRollout();
    for (const event of stamp(oneTurn)) none.append(event);
    await none.flush();
    await none.close();
  });

  test('is for its owner alone', async () => {
    const writer = writerAt(await tempHome());
    for (const event of stamp(oneTurn)) writer.append(event);
    await writer.close();
    expect((await stat(writer.path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(writer.path))).mode & 0o777).toBe(0o700);
  });

  test('is written in the shape that 0.115 has', async () => {
    const writer = writerAt(await tempHome());
    for (const event of stamp(oneTurn)) writer.append(event);
    await writer.close();
    const lines = (await readFile(writer.path, 'utf8')).split('\n');
    expect(lines.slice(1)).toEqual([
      '{"timestamp":"2026-11-21T11:00:13.345Z","type":"event_msg","payload":{"type":"task_started","turn_id":"t","model_context_window":258400,"collaboration_mode_kind":"default"}}',
      '{"timestamp":"2026-11-21T11:00:13.346Z","type":"event_msg","payload":{"type":"user_message","message":"Hello","images":[],"local_images":[],"text_elements":[],"item":{"id":"u"}}}',
      '{"timestamp":"2026-11-21T11:00:13.347Z","type":"event_msg","payload":{"type":"agent_message","message":"Hi","phase":null,"item":{"id":"m"}}}',
      '{"timestamp":"2026-11-21T11:00:13.348Z","type":"event_msg","payload":{"type":"task_complete","turn_id":"t","last_agent_message":"Hi"}}',
      '',
    ]);
  });

  test.each([
    ['never answers', () => new Promise<null>(() => {})],
    ['fails', () => Promise.reject(new Error('no git'))],
  ])('does not wait for a git that %s', async (_, gitInfo) => {
    const clock = manualClock(CREATED);
    let armed = () => {};
    const waiting = new Promise<void>((resolve) => {
      armed = resolve;
    });
    const timer: typeof clock.timer = (ms, run) => {
      armed();
      return clock.timer(ms, run);
    };
    const writer = writerAt(await tempHome(), { gitInfo, clock: { now: () => CREATED, timer } });
    for (const event of stamp(oneTurn)) writer.append(event);
    await waiting;
    clock.advance(500);
    await writer.close();
    const lines = await linesOf(writer.path);
    expect(lines[0]?.payload).not.toHaveProperty('git');
    expect(lines).toHaveLength(5);
  });
});

describe('appending', () => {
  test('nothing is lost or reordered over many ticks, and deltas are not kept', async () => {
    const writer = writerAt(await tempHome());
    const ids = Array.from({ length: 500 }, (_, i) => `m-${i}`);
    const delta = (itemId: string): ThreadEvent => ({ type: 'item.delta', itemId, delta: { kind: 'text', text: 'x' } });
    const events = stamp([
      turnStarted('t'),
      ...ids.flatMap((id) => [delta(id), answered(id, id), delta(id)]),
      turnEnded,
    ]);
    for (const [i, event] of events.entries()) {
      writer.append(event);
      if (i % 50 === 0) await Promise.resolve();
      if (i % 400 === 0) await writer.flush();
    }
    await writer.close();
    const { turns } = await readRollout(writer.path);
    expect(turns.all()[0]?.items.map(({ id }) => id)).toEqual(ids);
    expect(await linesOf(writer.path)).toHaveLength(ids.length + 3);
  });

  test('what one tick appends is one write', async () => {
    const home = await tempHome();
    const writer = writerAt(home, { resumed: true });
    await mkdir(dirname(writer.path), { recursive: true });
    await writeFile(writer.path, '{}\n');
    const grown: number[] = [];
    for (const event of stamp(oneTurn)) {
      writer.append(event);
      grown.push((await import('node:fs')).statSync(writer.path).size);
      if (event.seq === 1) break;
    }
    for (const event of stamp(oneTurn).slice(1)) writer.append(event);
    await writer.close();
    expect(grown).toEqual([3]);
    expect(await linesOf(writer.path)).toHaveLength(5);
  });

  test('a resumed file gets no second header, and its torn last line swallows nothing', async () => {
    const home = await tempHome();
    const first = writerAt(home);
    for (const event of stamp(oneTurn)) first.append(event);
    await first.close();
    const { size } = await stat(first.path);
    await truncate(first.path, size - 20);
    const again = writerAt(home, { resumed: true, gitInfo: () => Promise.reject(new Error('not to be asked')) });
    const more = stamp([turnStarted('t2'), said('u2', 'More'), turnEnded]);
    for (const event of more) again.append(event);
    await again.close();
    const stored = await readRollout(first.path);
    expect(stored.skippedLines).toBe(1);
    expect(stored.turns.all().map(({ id, status }) => `${id} ${status}`)).toEqual(['t interrupted', 't2 completed']);
  });

  test('between turns the file may be moved or added to by somebody else', async () => {
    const home = await tempHome();
    const writer = writerAt(home);
    for (const event of stamp(oneTurn)) writer.append(event);
    await writer.flush();
    await appendFile(writer.path, '{"torn');
    for (const event of stamp([turnStarted('t2'), said('u2', 'x'), turnEnded])) writer.append(event);
    await writer.close();
    const stored = await readRollout(writer.path);
    expect(stored.turns.count).toBe(2);
    expect(stored.skippedLines).toBe(1);
  });

  test('a failure is told once and made good with the next event', async () => {
    const home = await tempHome();
    const { log, errors } = errorLog();
    const troubles: unknown[] = [];
    const writer = writerAt(home, { log, onTrouble: (error) => troubles.push(error && systemCode(error)) });
    // A file where a folder should be stops root as well as everybody else.
    await writeFile(join(home, 'sessions'), '');
    const [a, b, c, d] = stamp(oneTurn);
    writer.append(a!);
    await writer.flush();
    writer.append(b!);
    await writer.flush();
    expect(errors).toHaveLength(1);
    await rm(join(home, 'sessions'));
    writer.append(c!);
    writer.append(d!);
    await writer.close();
    expect((await readRollout(writer.path)).turns.all()[0]?.items.map(({ id }) => id)).toEqual(['u', 'm']);
    expect(errors).toHaveLength(1);
    expect(troubles).toEqual(['ENOTDIR', null]);
  });

  test('what could not be written to the end is logged', async () => {
    const home = await tempHome();
    const { log, errors } = errorLog();
    const writer = writerAt(home, { log });
    await writeFile(join(home, 'sessions'), '');
    for (const event of stamp(oneTurn)) writer.append(event);
    await writer.close();
    expect(errors.at(-1)).toBe('a thread ended and could not be written to its end');
  });

  test('an event that cannot be written does not take the others with it', async () => {
    const { log, errors } = errorLog();
    const writer = writerAt(await tempHome(), { log });
    const bad: ThreadEvent = {
      type: 'item.completed',
      item: {
        type: 'dynamicToolCall',
        id: 'd',
        tool: 't',
        arguments: 1n,
        status: 'completed',
        contentItems: null,
        success: true,
        durationMs: null,
      },
    };
    for (const event of stamp([turnStarted('t'), said('u', 'x'), bad, answered('m', 'y'), turnEnded]))
      writer.append(event);
    await writer.close();
    expect(errors).toEqual(['event cannot be written to the rollout']);
    expect((await readRollout(writer.path)).turns.all()[0]?.items.map(({ id }) => id)).toEqual(['u', 'm']);
  });

  test('nothing is written after close', async () => {
    const writer = writerAt(await tempHome());
    for (const event of stamp(oneTurn)) writer.append(event);
    await writer.close();
    const { size } = await stat(writer.path);
    for (const event of stamp(oneTurn)) writer.append(event);
    await writer.flush();
    expect((await stat(writer.path)).size).toBe(size);
  });
});

describe('reading', () => {
  const refusal = (message: string) => expect.objectContaining({ code: 'rolloutNotFound', message }) as Error;

  test('refuses what is no rollout', async () => {
    const path = join(await tempHome(), 'x.jsonl');
    await expect(readRollout(path)).rejects.toMatchObject({ code: 'rolloutNotFound' });
    await writeFile(path, '');
    await expect(readRollout(path)).rejects.toEqual(refusal('empty session file'));
    await writeFile(path, '{"timestamp":"","type":"session_meta","payload":{"id":"no uuid"}}\n');
    await expect(readRollout(path)).rejects.toEqual(refusal('failed to parse thread ID from rollout file'));
  });

  test.each([
    ['{"timestamp":"","type":"session_meta","payload":{"id":"no uuid"}}\n', 1],
    ['\n{"timestamp":"","type":"event_msg","payload":{"type":"agent_message","message":"x"}}\n\r\nno json', 4],
    ['{"timestamp":"","type":"event_msg","payload":{"type":"agent_message","message":"x"}}\n', 1],
  ])('names the file and the first line that cannot be read: %j', async (text, line) => {
    const path = join(await tempHome(), 'x.jsonl');
    await writeFile(path, text);
    await expect(readRollout(path)).rejects.toMatchObject({ code: 'rolloutNotFound', data: { path, line } });
  });

  test('can be given up', async () => {
    const writer = writerAt(await tempHome());
    for (const event of stamp(oneTurn)) writer.append(event);
    await writer.close();
    const reason = new Error('enough');
    await expect(readRollout(writer.path, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('changes nothing, and reads a file it may not write', async () => {
    const writer = writerAt(await tempHome());
    for (const event of stamp(oneTurn)) writer.append(event);
    await writer.close();
    await chmod(writer.path, 0o400);
    const before = await readFile(writer.path, 'utf8');
    await readRollout(writer.path);
    expect(await readFile(writer.path, 'utf8')).toBe(before);
  });
});

test('the path carries local time and the id', () => {
  const local = new Date(2026, 0, 2, 3, 4, 5).getTime();
  expect(rolloutPath('/h', ID, local)).toBe(join('/h/sessions/2026/01/02', `rollout-2026-01-02T03-04-05-${ID}.jsonl`));
});

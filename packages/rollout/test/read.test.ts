import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyModelContext, emptyThreadState, reduceContext, reduceThread } from '@codex/timeline';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDecoder, freezeTurns, readRollout, readTurns } from '../src/index.ts';
import { ID, tempHome } from './support/files.ts';

type Entry = [type: string, payload: Record<string, unknown>];

const event = (type: string, payload: Record<string, unknown> = {}): Entry => ['event_msg', { type, ...payload }];
const message = (role: string, text: string) => ({ type: 'message', role, content: [{ type: 'input_text', text }] });
const tokens = (total: number | null, limits: string | null): Entry => {
  const usage = { input_tokens: 1, cached_input_tokens: 0, output_tokens: 1, reasoning_output_tokens: 0 };
  const counts = { ...usage, total_tokens: total };
  return event('token_count', {
    info: total === null ? null : { total_token_usage: counts, last_token_usage: counts, model_context_window: 9 },
    rate_limits: limits === null ? null : { limit_id: limits, primary: null, secondary: null },
  });
};
const command = (type: string, id: string, turn_id: string): Entry =>
  event(type, {
    ...{ call_id: id, turn_id, command: ['ls'], cwd: '/d', parsed_cmd: [], aggregated_output: 'é “x”\n' },
    ...{ exit_code: 0, duration: { secs: 0, nanos: 0 }, status: 'completed' },
  });

const turnId = fc.constantFrom('t1', 't2', 't3', 't4', 't5');
const word = fc.constantFrom('a', 'b', '“c”', 'd\r', 'replacement_history":[');
/** Lines in any order, most of them sensible. */
const entry: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 4, arbitrary: turnId.map((turn_id) => event('task_started', { turn_id })) },
  { weight: 3, arbitrary: turnId.map((turn_id) => event('task_complete', { turn_id })) },
  turnId.map((turn_id) => event('turn_aborted', { turn_id })),
  { weight: 2, arbitrary: word.map((text): Entry => ['response_item', message('user', text)]) },
  { weight: 2, arbitrary: word.map((text): Entry => ['response_item', message('assistant', text)]) },
  { weight: 2, arbitrary: word.map((text) => event('user_message', { message: text })) },
  word.map((text) => event('agent_message', { message: text })),
  word.map((text) => event('agent_reasoning', { text })),
  fc.tuple(fc.constantFrom('exec_command_begin', 'exec_command_end'), word, turnId).map((at) => command(...at)),
  word.map((model): Entry => ['turn_context', { model, cwd: '/d' }]),
  word.map((text): Entry => ['compacted', { message: text }]),
  {
    weight: 2,
    arbitrary: word.map(
      (text): Entry => ['compacted', { message: text, replacement_history: [message('user', text)] }],
    ),
  },
  fc.constant(event('context_compacted')),
  { weight: 2, arbitrary: fc.nat(4).map((num_turns) => event('thread_rolled_back', { num_turns })) },
  fc.tuple(fc.option(fc.nat(99)), fc.option(word)).map((counts) => tokens(...counts)),
);

/** The file read the long way: every line decoded, in one go. */
function whole(lines: readonly string[]) {
  const decoder = createDecoder();
  const state = emptyThreadState();
  const context = emptyModelContext();
  const events = [...lines.flatMap((line) => decoder.push(line)), ...decoder.end()];
  for (const stamped of events) {
    reduceThread(state, stamped);
    reduceContext(context, stamped);
  }
  return { state, context };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('reading a file', () => {
  test('gives what decoding every line gives, whatever stands in it', async () => {
    const path = join(await tempHome(), 'any.jsonl');
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 40 }), fc.boolean(), async (entries, torn) => {
        const timestamp = '2026-11-21T11:00:14.000Z';
        const lines = [['session_meta', { id: ID, cwd: '/d' }] as Entry, ...entries].map(([type, payload]) =>
          JSON.stringify({ timestamp, type, payload }),
        );
        if (torn) lines.push('{"timestamp":"2026');
        await writeFile(path, lines.join('\n'));
        const expected = whole(lines);
        const stored = await readRollout(path);
        expect(stored.turns.all()).toEqual(plain(expected.state.turns));
        expect((await readTurns(path)).all()).toEqual(stored.turns.all());
        expect(stored.state.turns).toEqual([]);
        expect(stored.state.active).toBeNull();
        expect(stored.state.usage).toEqual(expected.state.usage);
        expect(stored.state.rateLimits).toEqual(expected.state.rateLimits);
        expect(stored.context.items).toEqual(expected.context.items);
        expect(stored.context.reference).toEqual(expected.context.reference);
        // Those that are left are the newest, and lead where they led.
        const known = stored.context.turns.length;
        expect(stored.context.turns).toEqual(known ? expected.context.turns.slice(-known) : []);
        expect(stored.skippedLines).toBe(torn ? 1 : 0);
      }),
      {
        numRuns: 250,
        examples: [
          // An earlier turn ends late, in the one that is compacted.
          [
            [
              event('task_started', { turn_id: 't5' }),
              event('task_started', { turn_id: 't1' }),
              event('task_complete', { turn_id: 't5' }),
              ['response_item', message('assistant', 'a')],
              ['compacted', { message: 'a', replacement_history: [message('user', 'a')] }],
            ],
            false,
          ],
          // Two turns with one id.
          [
            [
              event('task_started', { turn_id: 't1' }),
              event('task_complete', { turn_id: 't1' }),
              event('task_started', { turn_id: 't1' }),
              ['response_item', message('assistant', 'a')],
              event('task_complete', { turn_id: 't1' }),
              ['compacted', { message: 'a', replacement_history: [message('user', 'a')] }],
            ],
            false,
          ],
        ],
      },
    );
  });

  test('does not mind lines longer than what is read at a time, nor their ends on a border', async () => {
    const path = join(await tempHome(), 'long.jsonl');
    for (const length of [(1 << 20) - 300, 1 << 20, 3 << 20]) {
      const said = `${'x'.repeat(length)}é`;
      const lines = [
        ['session_meta', { id: ID }] as Entry,
        event('user_message', { message: said }),
        event('user_message', { message: 'short' }),
      ].map(([type, payload]) => JSON.stringify({ timestamp: '2026-11-21T11:00:14.000Z', type, payload }));
      await writeFile(path, `${lines.join('\r\n')}\r\n`);
      const { turns, skippedLines } = await readRollout(path);
      expect(turns.all().map(({ items }) => items[0])).toMatchObject([
        { content: [{ text: said }] },
        { content: [{ text: 'short' }] },
      ]);
      expect(skippedLines).toBe(0);
    }
  });
});

describe('frozen turns', () => {
  test('come out as JSON text in their order, whatever was replaced and dropped', () => {
    const size = fc.constantFrom(0, 10, 40_000, 900_000);
    const step = fc.oneof(fc.record({ put: fc.nat(6), size }), fc.record({ truncate: fc.nat(6) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const turns = freezeTurns();
        let model: { id: string; items: never[]; status: 'completed'; error: null; pad: string }[] = [];
        for (const each of steps) {
          if ('truncate' in each) {
            turns.truncate(each.truncate);
            model = model.slice(0, each.truncate);
            continue;
          }
          const turn = {
            id: `t${each.put}`,
            items: [],
            status: 'completed' as const,
            error: null,
            pad: 'é'.repeat(each.size),
          };
          const at = model.findIndex(({ id }) => id === turn.id);
          if (at < 0) model.push(turn);
          else model[at] = turn;
          turns.put(turn);
        }
        const text = Buffer.concat([...turns.pieces()]).toString();
        expect(JSON.parse(`[${text}]`)).toEqual(model);
        expect(turns.all()).toEqual(model);
        expect(turns.count).toBe(model.length);
        expect(turns.thaw('t3')).toEqual(model.find(({ id }) => id === 't3'));
      }),
      { numRuns: 60 },
    );
  });
});

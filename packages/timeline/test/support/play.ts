import { isAbort, manualClock } from '@codex/base';
import type { ThreadItem, ThreadTokenUsage } from '@codex/protocol';
import fc from 'fast-check';
import {
  createTimeline,
  type OpenItem,
  type Stamped,
  type Timeline,
  type TurnEnd,
  type TurnScope,
} from '../../src/index.ts';

/** Something a clumsy owner of a timeline may do, at a good time or a bad one; numbers choose among what there is. */
export type Move =
  | { do: 'begin' }
  | { do: 'end'; status: TurnEnd; scope: number }
  | {
      do: 'start';
      id: string;
      kind: 'agentMessage' | 'commandExecution';
      abandoned: 'none' | 'null' | 'own';
      scope: number;
    }
  | { do: 'delta' | 'complete' | 'abandon'; item: number }
  | { do: 'add'; id: string; scope: number }
  | { do: 'ask'; flag: 'approval' | 'input' | 'tool'; scope: number }
  | { do: 'answer' | 'withdraw'; question: number }
  | { do: 'diff' | 'plan' | 'usage'; value: number; scope: number }
  | { do: 'context' | 'compact'; scope: number }
  | { do: 'rollback'; turns: number }
  | { do: 'rename' | 'notice' | 'close' };

const scope = fc.nat(2);
const id = fc.constantFrom('a', 'b', 'a#2');
const one = <K extends string>(...names: K[]) => fc.constantFrom(...names);

export const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: one('begin') }) },
  { weight: 3, arbitrary: fc.record({ do: one('end'), status: one('completed', 'interrupted', 'failed'), scope }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: one('start'),
      id,
      kind: one('agentMessage', 'commandExecution'),
      abandoned: one('none', 'null', 'own'),
      scope,
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: one('delta', 'complete', 'abandon'), item: fc.nat(6) }) },
  { weight: 2, arbitrary: fc.record({ do: one('add'), id, scope }) },
  { weight: 4, arbitrary: fc.record({ do: one('ask'), flag: one('approval', 'input', 'tool'), scope }) },
  { weight: 3, arbitrary: fc.record({ do: one('answer', 'withdraw'), question: fc.nat(4) }) },
  { weight: 4, arbitrary: fc.record({ do: one('diff', 'plan', 'usage'), value: fc.nat(1), scope }) },
  { weight: 2, arbitrary: fc.record({ do: one('context', 'compact'), scope }) },
  { weight: 1, arbitrary: fc.record({ do: one('rollback'), turns: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: one('rename', 'notice', 'close') }) },
);

export const item = (
  kind: 'agentMessage' | 'commandExecution',
  itemId: string,
  status: 'inProgress' | 'completed',
): ThreadItem =>
  kind === 'agentMessage'
    ? { type: 'agentMessage', id: itemId, text: status === 'inProgress' ? '' : 'done', phase: null }
    : {
        type: 'commandExecution',
        id: itemId,
        command: 'ls',
        cwd: '/',
        processId: null,
        status,
        commandActions: [],
        aggregatedOutput: null,
        exitCode: null,
        durationMs: null,
      };

const usageOf = (n: number): ThreadTokenUsage => {
  const count = { totalTokens: n, inputTokens: n, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0 };
  return { total: count, last: count, modelContextWindow: null };
};

/** Plays moves on a timeline as they come; whatever is refused must be refused cleanly. */
export function player(timeline: Timeline) {
  const scopes: TurnScope[] = [];
  const items: { kind: 'agentMessage' | 'commandExecution'; handle: OpenItem }[] = [];
  const aborts: AbortController[] = [];
  const answers: Promise<void>[] = [];
  /** Items that go on when their turn ends, as `turn item`. */
  const kept = new Set<string>();
  let turns = 0;
  let running: TurnScope | null = null;
  const at = (back: number) => scopes[scopes.length - 1 - back];

  const play = (next: Move): void => {
    switch (next.do) {
      case 'begin': {
        const turn = { id: `turn-${++turns}`, modelContextWindow: null, mode: 'default' as const };
        if (running && !running.ended) {
          try {
            timeline.beginTurn(turn);
          } catch {
            return;
          }
          throw new Error('two turns at a time');
        }
        running = timeline.beginTurn(turn);
        scopes.push(running);
        return;
      }
      case 'end':
        return at(next.scope)?.end(
          next.status,
          next.status === 'failed' ? { message: 'm', codexErrorInfo: null, additionalDetails: null } : null,
        );
      case 'start': {
        const { kind, abandoned } = next;
        const own = { own: () => item(kind, 'other', 'completed'), null: () => null, none: undefined }[abandoned];
        const handle = at(next.scope)?.start(item(kind, next.id, 'inProgress'), own ? { abandoned: own } : {});
        if (handle) items.push({ kind, handle });
        if (handle && abandoned === 'null') kept.add(`${at(next.scope)?.turnId} ${handle.id}`);
        return;
      }
      case 'delta':
        return items.at(-1 - next.item)?.handle.delta({ kind: 'text', text: 'x' });
      case 'complete': {
        const entry = items.at(-1 - next.item);
        return entry?.handle.complete(item(entry.kind, 'whatever', 'completed'));
      }
      case 'abandon':
        return items.at(-1 - next.item)?.handle.abandon();
      case 'add':
        return at(next.scope)?.add(item('agentMessage', next.id, 'completed'));
      case 'ask':
        return ask(next.flag, at(next.scope));
      case 'answer':
        return void timeline.answer(next.question, { ok: false, error: { code: 1, message: 'no' } });
      case 'withdraw':
        return aborts[next.question]?.abort();
      case 'diff':
        return at(next.scope)?.diff(String(next.value));
      case 'plan':
        return at(next.scope)?.plan(null, [{ step: String(next.value), status: 'pending' }]);
      case 'usage':
        return at(next.scope)?.usage(usageOf(next.value), null);
      case 'context':
        return at(next.scope)?.appendContext([
          { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] },
        ]);
      case 'compact':
        return at(next.scope)?.compacted({ message: 's', replacement: [] });
      case 'rollback':
        if (!running || running.ended) timeline.rolledBack(next.turns);
        return;
      case 'rename':
        return timeline.renamed('n');
      case 'notice':
        return timeline.notice('warning', 'w');
      case 'close':
        return timeline.closed();
    }
  };

  const ask = (flag: 'approval' | 'input' | 'tool', turn: TurnScope | undefined): void => {
    if (!turn) return;
    const abort = new AbortController();
    aborts.push(abort);
    const asked =
      flag === 'input'
        ? turn.ask('item/tool/requestUserInput', { itemId: 'i', questions: [] }, abort.signal)
        : flag === 'tool'
          ? turn.ask('item/tool/call', { callId: 'c', tool: 't', arguments: null }, abort.signal)
          : turn.ask('item/fileChange/requestApproval', { itemId: 'i', reason: null, grantRoot: null }, abort.signal);
    answers.push(
      asked.then(
        () => {},
        (error: unknown) => {
          if (!isAbort(error)) throw error;
        },
      ),
    );
  };

  return { play, kept, settled: () => Promise.all(answers) };
}

/** A timeline on which the moves were played, with everything a listener heard. */
export function played(moves: readonly Move[]) {
  const timeline = createTimeline({ threadId: 'thread', clock: manualClock(7) });
  const heard: Stamped[] = [];
  timeline.subscribe((stamped) => heard.push(structuredClone(stamped)));
  const { play, kept, settled } = player(timeline);
  moves.forEach(play);
  return { timeline, heard, kept, settled };
}

import type { HookRunSummary, Thread, TurnError } from '@codex/protocol';
import { describe, expect, test } from 'vitest';
import { type ItemDelta, type Stamped, type ThreadEvent, toNotifications, toRawNotifications } from '../src/index.ts';
import { item } from './support/play.ts';

const at = (event: ThreadEvent): Stamped => ({ seq: 1, at: 5, threadId: 'T', turnId: 'U', event });
const place = { threadId: 'T', turnId: 'U' };
const failure: TurnError = { message: 'm', codexErrorInfo: null, additionalDetails: null };
const thread = { id: 'T' } as Thread;
const message = item('agentMessage', 'm', 'completed');
const count = { totalTokens: 1, inputTokens: 1, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0 };
const usage = { total: count, last: count, modelContextWindow: null };
const rateLimits = { limitId: 'l', limitName: null, primary: null, secondary: null, credits: null, planType: null };
const question = { id: 1, method: 'item/tool/call', params: {} } as never;
const hook = { id: 'stop:0:/h', eventName: 'stop', status: 'running' } as HookRunSummary;
const said = { type: 'message' as const, role: 'user', content: [] };

type Expected = [method: string, params: object][];

/** Every type of event, with what a client is told; a new type does not compile until it stands here. */
const examples: { [T in ThreadEvent['type']]: [Extract<ThreadEvent, { type: T }>, Expected][] } = {
  'thread.opened': [
    [{ type: 'thread.opened', thread, origin: 'new' }, [['thread/started', { thread }]]],
    [{ type: 'thread.opened', thread, origin: 'forked' }, [['thread/started', { thread }]]],
    [{ type: 'thread.opened', thread, origin: 'resumed' }, []],
  ],
  'thread.status': [
    [
      { type: 'thread.status', status: { type: 'idle' } },
      [['thread/status/changed', { threadId: 'T', status: { type: 'idle' } }]],
    ],
  ],
  'thread.renamed': [
    [{ type: 'thread.renamed', name: 'n' }, [['thread/name/updated', { threadId: 'T', threadName: 'n' }]]],
  ],
  'thread.closed': [[{ type: 'thread.closed' }, [['thread/closed', { threadId: 'T' }]]]],
  'turn.started': [
    [
      { type: 'turn.started', turn: { id: 'U', modelContextWindow: 1, mode: 'plan' } },
      [['turn/started', { threadId: 'T', turn: { id: 'U', items: [], status: 'inProgress', error: null } }]],
    ],
  ],
  'turn.context': [[{ type: 'turn.context', context: {} as never }, []]],
  'turn.diff': [[{ type: 'turn.diff', diff: 'd' }, [['turn/diff/updated', { ...place, diff: 'd' }]]]],
  'turn.plan': [
    [
      { type: 'turn.plan', explanation: 'e', steps: [{ step: 's', status: 'pending' }] },
      [['turn/plan/updated', { ...place, explanation: 'e', plan: [{ step: 's', status: 'pending' }] }]],
    ],
  ],
  'turn.usage': [
    [
      { type: 'turn.usage', usage, rateLimits },
      [
        ['thread/tokenUsage/updated', { ...place, tokenUsage: usage }],
        ['account/rateLimits/updated', { rateLimits }],
      ],
    ],
    [{ type: 'turn.usage', usage: null, rateLimits }, [['account/rateLimits/updated', { rateLimits }]]],
    [{ type: 'turn.usage', usage: null, rateLimits: null }, []],
  ],
  'turn.rerouted': [
    [
      { type: 'turn.rerouted', from: 'a', to: 'b' },
      [['model/rerouted', { ...place, fromModel: 'a', toModel: 'b', reason: 'highRiskCyberActivity' }]],
    ],
  ],
  'turn.retrying': [
    [{ type: 'turn.retrying', error: failure, attempt: 1 }, [['error', { ...place, error: failure, willRetry: true }]]],
  ],
  'turn.hook': [
    [{ type: 'turn.hook', run: hook }, [['hook/started', { ...place, run: hook }]]],
    [
      { type: 'turn.hook', run: { ...hook, status: 'failed' } },
      [['hook/completed', { ...place, run: { ...hook, status: 'failed' } }]],
    ],
  ],
  'turn.ended': [
    [
      { type: 'turn.ended', status: 'completed', error: null },
      [['turn/completed', { threadId: 'T', turn: { id: 'U', items: [], status: 'completed', error: null } }]],
    ],
    [
      { type: 'turn.ended', status: 'failed', error: failure },
      [
        ['error', { ...place, error: failure, willRetry: false }],
        ['turn/completed', { threadId: 'T', turn: { id: 'U', items: [], status: 'failed', error: failure } }],
      ],
    ],
  ],
  'item.started': [[{ type: 'item.started', item: message }, [['item/started', { ...place, item: message }]]]],
  // One per kind of delta below.
  'item.delta': [],
  'item.completed': [[{ type: 'item.completed', item: message }, [['item/completed', { ...place, item: message }]]]],
  'question.opened': [[{ type: 'question.opened', question }, []]],
  'question.closed': [[{ type: 'question.closed', question, outcome: 'answered' }, []]],
  'context.appended': [[{ type: 'context.appended', items: [said] }, []]],
  'context.compacted': [
    [{ type: 'context.compacted', compaction: { message: 's', replacement: [] } }, [['thread/compacted', place]]],
  ],
  'context.rolledBack': [[{ type: 'context.rolledBack', turns: 1 }, []]],
  notice: [
    [{ type: 'notice', level: 'warning', message: 'w', details: null }, []],
    [
      { type: 'notice', level: 'deprecation', message: 'w', details: 'd' },
      [['deprecationNotice', { summary: 'w', details: 'd' }]],
    ],
    [
      { type: 'notice', level: 'fault', message: 'w', details: null },
      [['configWarning', { summary: 'w', details: null }]],
    ],
  ],
};

const deltas: { [K in ItemDelta['kind']]: [Extract<ItemDelta, { kind: K }>, string, object] } = {
  text: [{ kind: 'text', text: 'x' }, 'item/agentMessage/delta', { delta: 'x' }],
  planText: [{ kind: 'planText', text: 'x' }, 'item/plan/delta', { delta: 'x' }],
  reasoningSummary: [
    { kind: 'reasoningSummary', index: 2, text: 'x' },
    'item/reasoning/summaryTextDelta',
    { delta: 'x', summaryIndex: 2 },
  ],
  reasoningSummaryPart: [
    { kind: 'reasoningSummaryPart', index: 2 },
    'item/reasoning/summaryPartAdded',
    { summaryIndex: 2 },
  ],
  reasoningText: [
    { kind: 'reasoningText', index: 2, text: 'x' },
    'item/reasoning/textDelta',
    { delta: 'x', contentIndex: 2 },
  ],
  commandOutput: [{ kind: 'commandOutput', text: 'x' }, 'item/commandExecution/outputDelta', { delta: 'x' }],
  fileOutput: [{ kind: 'fileOutput', text: 'x' }, 'item/fileChange/outputDelta', { delta: 'x' }],
  mcpProgress: [{ kind: 'mcpProgress', text: 'x' }, 'item/mcpToolCall/progress', { message: 'x' }],
  terminalInput: [
    { kind: 'terminalInput', processId: '7', text: 'x' },
    'item/commandExecution/terminalInteraction',
    { processId: '7', stdin: 'x' },
  ],
};

describe('what a client is told', () => {
  const cases = Object.entries(examples).flatMap(([type, list]) =>
    list.map(([event, expected], i) => [`${type} ${i + 1}`, event as ThreadEvent, expected as Expected] as const),
  );
  test.each(cases)('%s', (_, event, expected) => {
    expect(toNotifications(at(event))).toEqual(expected.map(([method, params]) => ({ method, params })));
  });

  test.each(Object.values(deltas))('of a delta: %j', (delta, method, rest) => {
    expect(toNotifications(at({ type: 'item.delta', itemId: 'i', delta }))).toEqual([
      { method, params: { ...place, itemId: 'i', ...rest } },
    ]);
  });

  test('of raw history, only those who asked, and only while a turn runs', () => {
    const event: ThreadEvent = { type: 'context.appended', items: [said, said] };
    const one = { method: 'rawResponseItem/completed', params: { ...place, item: said } };
    expect(toRawNotifications(at(event))).toEqual([one, one]);
    expect(toRawNotifications({ ...at(event), turnId: null })).toEqual([]);
    expect(toRawNotifications(at({ type: 'thread.closed' }))).toEqual([]);
  });
});

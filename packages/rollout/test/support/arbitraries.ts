import type { ResponseItem, ThreadItem } from '@codex/protocol';
import type { ThreadEvent, TurnContext } from '@codex/timeline';
import fc from 'fast-check';

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const word = fc.string({ minLength: 1, maxLength: 12 });
const shell = fc.oneof(
  text,
  fc.constantFrom('ls -la', '/bin/bash -lc \'echo "hi"\'', "a 'unclosed", '', 'x\\', '"$HOME" ^ !', "it's"),
);
const millis = fc.nat(10_000_000);
const maybe = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: null });
/** What JSON can hold; -0 is no JSON number. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);

const input = fc.oneof(
  fc.record({
    type: fc.constant('text' as const),
    text,
    text_elements: fc.array(
      fc.record({ byteRange: fc.record({ start: fc.nat(99), end: fc.nat(99) }), placeholder: maybe(text) }),
      { maxLength: 2 },
    ),
  }),
  fc.record({ type: fc.constant('image' as const), url: text }),
  fc.record({ type: fc.constant('localImage' as const), path: text }),
  fc.record({ type: fc.constant('skill' as const), name: word, path: word }),
  fc.record({ type: fc.constant('mention' as const), name: word, path: word }),
);

const action = fc.oneof(
  fc.record({ type: fc.constant('read' as const), command: text, name: text, path: text }),
  fc.record({ type: fc.constant('listFiles' as const), command: text, path: maybe(text) }),
  fc.record({ type: fc.constant('search' as const), command: text, query: maybe(text), path: maybe(text) }),
  fc.record({ type: fc.constant('unknown' as const), command: text }),
);

const change = fc.record({
  path: fc.oneof(word, fc.constantFrom('/a/b.txt', '7', '__proto__')),
  kind: fc.oneof(
    fc.constant({ type: 'add' as const }),
    fc.constant({ type: 'delete' as const }),
    fc.record({ type: fc.constant('update' as const), move_path: maybe(word) }),
  ),
  diff: text,
});

const webAction = fc.oneof(
  fc.record({ type: fc.constant('search' as const), query: maybe(text), queries: maybe(fc.array(text)) }),
  fc.record({ type: fc.constant('openPage' as const), url: maybe(text) }),
  fc.record({ type: fc.constant('findInPage' as const), url: maybe(text), pattern: maybe(text) }),
  fc.constant({ type: 'other' as const }),
);

const agentState = fc.record({
  status: fc.constantFrom('pendingInit', 'running', 'interrupted', 'completed', 'errored', 'shutdown', 'notFound'),
  message: maybe(text),
});

/** Items of every kind and status, by kind. */
const kinds = {
  userMessage: fc.record({ content: fc.array(input, { maxLength: 4 }) }),
  agentMessage: fc.record({ text, phase: fc.constantFrom(null, 'commentary', 'final_answer') }),
  plan: fc.record({ text }),
  reasoning: fc.record({ summary: fc.array(text, { maxLength: 3 }), content: fc.array(text, { maxLength: 3 }) }),
  commandExecution: fc.record({
    command: shell,
    cwd: text,
    processId: maybe(text),
    status: fc.constantFrom('inProgress', 'completed', 'failed', 'declined'),
    commandActions: fc.array(action, { maxLength: 2 }),
    aggregatedOutput: maybe(text),
    exitCode: maybe(fc.integer({ min: -1, max: 255 })),
    durationMs: maybe(millis),
  }),
  fileChange: fc.record({
    changes: fc.array(change, { maxLength: 3 }),
    status: fc.constantFrom('inProgress', 'completed', 'failed', 'declined'),
  }),
  mcpToolCall: fc.record({
    server: text,
    tool: text,
    status: fc.constantFrom('inProgress', 'completed', 'failed'),
    arguments: json,
    result: maybe(fc.record({ content: fc.array(json, { maxLength: 2 }), structuredContent: json })),
    error: maybe(fc.record({ message: text })),
    durationMs: maybe(millis),
  }),
  dynamicToolCall: fc.record({
    tool: text,
    arguments: json,
    status: fc.constantFrom('inProgress', 'completed', 'failed'),
    contentItems: maybe(
      fc.array(
        fc.oneof(
          fc.record({ type: fc.constant('inputText' as const), text }),
          fc.record({ type: fc.constant('inputImage' as const), imageUrl: text }),
        ),
        { maxLength: 2 },
      ),
    ),
    success: maybe(fc.boolean()),
    durationMs: maybe(millis),
  }),
  collabAgentToolCall: fc.record({
    tool: fc.constantFrom('spawnAgent', 'sendInput', 'resumeAgent', 'wait', 'closeAgent'),
    status: fc.constantFrom('inProgress', 'completed', 'failed'),
    senderThreadId: word,
    receiverThreadIds: fc.array(word, { maxLength: 3 }),
    prompt: maybe(text),
    model: maybe(text),
    reasoningEffort: fc.constantFrom(null, 'none', 'minimal', 'low', 'medium', 'high', 'xhigh'),
    // zod's records drop this one key, which no thread is called.
    agentsStates: fc.dictionary(
      word.filter((key) => key !== '__proto__'),
      agentState,
      { maxKeys: 3, noNullPrototype: true },
    ),
  }),
  webSearch: fc.record({ query: text, action: maybe(webAction) }),
  imageView: fc.record({ path: text }),
  imageGeneration: fc.record({ status: text, revisedPrompt: maybe(text), result: text }),
  enteredReviewMode: fc.record({ review: text }),
  exitedReviewMode: fc.record({ review: text }),
  contextCompaction: fc.constant({}),
} satisfies Record<ThreadItem['type'], fc.Arbitrary<object>>;

export const KINDS = Object.keys(kinds) as ThreadItem['type'][];

export function itemOf(type: ThreadItem['type'], id: fc.Arbitrary<string> = word): fc.Arbitrary<ThreadItem> {
  const rest: fc.Arbitrary<object> = kinds[type];
  return fc.tuple(id, rest).map(([value, members]) => ({ type, id: value, ...members }) as ThreadItem);
}

export const anyItem: fc.Arbitrary<ThreadItem> = fc.constantFrom(...KINDS).chain((type) => itemOf(type));

const breakdown = fc.record({
  totalTokens: fc.nat(),
  inputTokens: fc.nat(),
  cachedInputTokens: fc.nat(),
  outputTokens: fc.nat(),
  reasoningOutputTokens: fc.nat(),
});
const window = fc.record({ usedPercent: fc.nat(100), windowDurationMins: maybe(fc.nat()), resetsAt: maybe(fc.nat()) });
const usage = fc.record({ total: breakdown, last: breakdown, modelContextWindow: maybe(fc.nat()) });
const rateLimits = fc.record({
  limitId: maybe(text),
  limitName: maybe(text),
  primary: maybe(window),
  secondary: maybe(window),
  credits: maybe(fc.record({ hasCredits: fc.boolean(), unlimited: fc.boolean(), balance: maybe(text) })),
  planType: fc.constantFrom(null, 'free', 'pro', 'unknown'),
});

const access = fc.oneof(
  fc.constant({ type: 'fullAccess' as const }),
  fc.record({
    type: fc.constant('restricted' as const),
    includePlatformDefaults: fc.boolean(),
    readableRoots: fc.constantFrom([], ['/r']),
  }),
);
const sandbox = fc.oneof(
  fc.constant({ type: 'dangerFullAccess' as const }),
  fc.record({ type: fc.constant('readOnly' as const), access, networkAccess: fc.boolean() }),
  fc.record({
    type: fc.constant('externalSandbox' as const),
    networkAccess: fc.constantFrom('restricted', 'enabled'),
  }),
  fc.record({
    type: fc.constant('workspaceWrite' as const),
    writableRoots: fc.constantFrom([], ['/w', '/x']),
    readOnlyAccess: access,
    networkAccess: fc.boolean(),
    excludeTmpdirEnvVar: fc.boolean(),
    excludeSlashTmp: fc.boolean(),
  }),
);
const effort = fc.constantFrom(null, 'none', 'minimal', 'low', 'medium', 'high', 'xhigh');
const granular = {
  sandbox_approval: true,
  rules: false,
  skill_approval: true,
  request_permissions: false,
  mcp_elicitations: true,
};

export const turnContext: fc.Arbitrary<TurnContext> = fc.record({
  cwd: text,
  currentDate: text,
  timezone: text,
  approvalPolicy: fc.constantFrom('untrusted', 'on-failure', 'on-request', 'never', { granular }),
  approvalsReviewer: fc.constantFrom('user', 'guardian_subagent'),
  sandboxPolicy: sandbox,
  model: text,
  personality: fc.constantFrom(null, 'none', 'friendly', 'pragmatic'),
  collaborationMode: fc.record({
    mode: fc.constantFrom('plan', 'default'),
    settings: fc.record({ model: text, reasoning_effort: effort, developer_instructions: maybe(text) }),
  }),
  effort,
  summary: fc.constantFrom('auto', 'concise', 'detailed', 'none'),
  userInstructions: maybe(text),
  developerInstructions: maybe(text),
  outputSchema: json,
  truncationPolicy: fc.record({ mode: fc.constantFrom('bytes', 'tokens'), limit: fc.nat() }),
}) as fc.Arbitrary<TurnContext>;

const http = ['httpConnectionFailed', 'responseStreamConnectionFailed', 'responseStreamDisconnected'] as const;
const errorInfo = fc.oneof(
  fc.constantFrom(null, 'contextWindowExceeded', 'usageLimitExceeded', 'internalServerError', 'other'),
  fc
    .tuple(fc.constantFrom(...http), maybe(fc.nat(65535)))
    .map(([name, code]) => ({ [name]: { httpStatusCode: code } })),
);
const turnError = fc.record({ message: text, codexErrorInfo: errorInfo, additionalDetails: maybe(text) });

/** History items as they come back from a file: no ids, no raw reasoning. */
export const responseItem: fc.Arbitrary<ResponseItem> = fc.oneof(
  fc.record({
    type: fc.constant('message' as const),
    role: fc.constantFrom('user', 'assistant', 'developer'),
    content: fc.array(fc.record({ type: fc.constantFrom('input_text', 'output_text'), text }), { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant('reasoning' as const),
    summary: fc.array(fc.record({ type: fc.constant('summary_text' as const), text }), { maxLength: 2 }),
    content: fc.constant(null),
    encrypted_content: maybe(text),
  }),
  fc.record({ type: fc.constant('function_call' as const), name: text, arguments: text, call_id: text }),
  fc.record({ type: fc.constant('function_call_output' as const), call_id: text, output: text }),
  fc.record({ type: fc.constant('custom_tool_call' as const), call_id: text, name: text, input: text }),
  fc.record({
    type: fc.constant('some_later_kind'),
    id: text,
    anything: json,
  }) as unknown as fc.Arbitrary<ResponseItem>,
) as fc.Arbitrary<ResponseItem>;

const compaction = fc.record({ message: text, replacement: fc.array(responseItem, { maxLength: 3 }) });

/** Events that leave lines, of every type but the beginning and end of turns. */
export const insideTurn: fc.Arbitrary<ThreadEvent> = fc.oneof(
  { weight: 5, arbitrary: anyItem.map((item): ThreadEvent => ({ type: 'item.completed', item })) },
  turnContext.map((context): ThreadEvent => ({ type: 'turn.context', context })),
  fc
    .tuple(maybe(usage), maybe(rateLimits))
    .filter(([u, r]) => u !== null || r !== null)
    .map(([u, r]) => ({ type: 'turn.usage', usage: u, rateLimits: r }) as ThreadEvent),
  responseItem.map((item): ThreadEvent => ({ type: 'context.appended', items: [item] })),
  compaction.map((value): ThreadEvent => ({ type: 'context.compacted', compaction: value })),
);

export const turnEnd: fc.Arbitrary<Extract<ThreadEvent, { type: 'turn.ended' }>> = fc.record({
  type: fc.constant('turn.ended' as const),
  status: fc.constantFrom('completed', 'interrupted', 'failed'),
  error: maybe(turnError),
}) as fc.Arbitrary<Extract<ThreadEvent, { type: 'turn.ended' }>>;

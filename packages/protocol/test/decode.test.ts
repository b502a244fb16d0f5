import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  type ClientMethod,
  clientMethods,
  decodeParams,
  decodeValue,
  CommandExecutionRequestApprovalResponse,
  exportJsonSchema,
  type Method,
  NoParams,
  ResponseItem,
  unknownMethod,
} from '../src/index.ts';
import { fitting, junk } from './support/arbitrary.ts';

const refusal = (method: ClientMethod, params: unknown) => {
  const row: Method = clientMethods[method];
  const result = decodeParams(row, params);
  return result.ok ? 'fine' : [result.message, result.field];
};
const turn = (input: unknown) => ({ threadId: 't', input });

describe('the text for wrong params', () => {
  const cases: [method: ClientMethod, params: unknown, message: string, field: string][] = [
    // missing
    ['thread/start', undefined, 'missing field `params`', 'params'],
    ['thread/list', null, 'missing field `params`', 'params'],
    ['thread/read', {}, 'missing field `threadId`', 'threadId'],
    ['turn/start', {}, 'missing field `threadId`', 'threadId'],
    ['turn/start', { threadId: 't' }, 'missing field `input`', 'input'],
    ['turn/steer', { threadId: 't', input: [] }, 'missing field `expectedTurnId`', 'expectedTurnId'],
    ['turn/start', turn([{}]), 'missing field `type`', 'input[0].type'],
    ['turn/start', turn([{ type: 'text' }]), 'missing field `text`', 'input[0].text'],
    ['fs/copy', {}, 'missing field `sourcePath`', 'sourcePath'],
    ['config/value/write', { keyPath: 'a' }, 'missing field `value`', 'value'],
    ['account/login/start', [], 'invalid type: sequence, expected internally tagged enum LoginAccountParams', 'params'],
    ['initialize', { clientInfo: {} }, 'missing field `name`', 'clientInfo.name'],
    ['command/exec', { command: [], size: {} }, 'missing field `rows`', 'size.rows'],
    ['review/start', { threadId: 'a', target: { type: 'commit' } }, 'missing field `sha`', 'target.sha'],
    ['thread/resume', { threadId: 'a', history: [{ type: 'message' }] }, 'missing field `role`', 'history[0].role'],
    // wrong type
    ['thread/read', { threadId: 7 }, 'invalid type: integer `7`, expected a string', 'threadId'],
    ['thread/read', { threadId: 1.5 }, 'invalid type: floating point `1.5`, expected a string', 'threadId'],
    ['thread/read', { threadId: 1e30 }, 'invalid type: floating point `1e+30`, expected a string', 'threadId'],
    ['thread/read', { threadId: true }, 'invalid type: boolean `true`, expected a string', 'threadId'],
    ['thread/read', { threadId: null }, 'invalid type: null, expected a string', 'threadId'],
    ['thread/read', { threadId: [] }, 'invalid type: sequence, expected a string', 'threadId'],
    ['thread/read', { threadId: {} }, 'invalid type: map, expected a string', 'threadId'],
    ['thread/read', 'x', 'invalid type: string "x", expected struct ThreadReadParams', 'params'],
    [
      'thread/start',
      { dynamicTools: ['x'] },
      'invalid type: string "x", expected struct DynamicToolSpecDe',
      'dynamicTools[0]',
    ],
    ['thread/read', { threadId: 'x', includeTurns: null }, 'invalid type: null, expected a boolean', 'includeTurns'],
    ['thread/list', { limit: 'many' }, 'invalid type: string "many", expected u32', 'limit'],
    ['thread/list', { limit: 1.5 }, 'invalid type: floating point `1.5`, expected u32', 'limit'],
    ['thread/list', { sourceKinds: 'cli' }, 'invalid type: string "cli", expected a sequence', 'sourceKinds'],
    ['thread/list', { sourceKinds: [1] }, 'invalid type: integer `1`, expected string or map', 'sourceKinds[0]'],
    ['thread/start', { config: [] }, 'invalid type: sequence, expected a map', 'config'],
    ['thread/fork', { threadId: 'a', ephemeral: null }, 'invalid type: null, expected a boolean', 'ephemeral'],
    ['turn/start', { ...turn([]), cwd: 1 }, 'invalid type: integer `1`, expected path string', 'cwd'],
    ['turn/start', turn(['hi']), 'invalid type: string "hi", expected internally tagged enum UserInput', 'input[0]'],
    ['turn/start', turn([{ type: null }]), 'invalid type: null, expected variant identifier', 'input[0].type'],
    [
      'command/exec',
      { command: [], size: 1 },
      'invalid type: integer `1`, expected struct CommandExecTerminalSize',
      'size',
    ],
    ['command/exec', { command: [], env: { a: 1 } }, 'invalid type: integer `1`, expected a string', 'env.a'],
    [
      'command/exec',
      { command: [], outputBytesCap: 'a' },
      'invalid type: string "a", expected usize',
      'outputBytesCap',
    ],
    ['feedback/upload', { extraLogFiles: [1] }, 'invalid type: integer `1`, expected path string', 'extraLogFiles[0]'],
    ['initialize', { capabilities: {} }, 'missing field `clientInfo`', 'clientInfo'],
    ['account/logout', 1, 'invalid type: integer `1`, expected unit', 'params'],
    // wrong value
    ['thread/list', { limit: -1 }, 'invalid value: integer `-1`, expected u32', 'limit'],
    ['thread/list', { limit: 2 ** 32 }, 'invalid value: integer `4294967296`, expected u32', 'limit'],
    [
      'command/exec',
      { command: [], size: { cols: 65536, rows: 1 } },
      'invalid value: integer `65536`, expected u16',
      'size.cols',
    ],
    ['fs/readFile', { path: 'a' }, 'AbsolutePathBuf deserialized without a base path', 'path'],
    ['plugin/list', { cwds: ['/a', ''] }, 'AbsolutePathBuf deserialized without a base path', 'cwds[1]'],
    // variants
    ['thread/list', { sortKey: 'x' }, 'unknown variant `x`, expected `created_at` or `updated_at`', 'sortKey'],
    ['thread/list', { sortKey: {} }, 'invalid value: map, expected map with a single key', 'sortKey'],
    ['thread/list', { sortKey: { created_at: 1 } }, 'invalid type: integer `1`, expected unit', 'sortKey.created_at'],
    [
      'turn/start',
      turn([{ type: 'sound' }]),
      'unknown variant `sound`, expected one of `text`, `image`, `localImage`, `skill`, `mention`',
      'input[0].type',
    ],
    [
      'thread/start',
      { sandbox: 'everything' },
      'unknown variant `everything`, expected one of `read-only`, `workspace-write`, `danger-full-access`',
      'sandbox',
    ],
    [
      'thread/start',
      { approvalPolicy: 'sometimes' },
      'unknown variant `sometimes`, expected one of `untrusted`, `on-failure`, `on-request`, `granular`, `never`',
      'approvalPolicy',
    ],
    [
      'thread/start',
      { approvalPolicy: 'granular' },
      'invalid type: unit variant, expected struct variant',
      'approvalPolicy',
    ],
    [
      'thread/start',
      { approvalPolicy: { granular: 1 } },
      'invalid type: integer `1`, expected struct variant',
      'approvalPolicy.granular',
    ],
    [
      'thread/start',
      { approvalPolicy: { granular: {} } },
      'missing field `sandbox_approval`',
      'approvalPolicy.granular.sandbox_approval',
    ],
    [
      'thread/resume',
      { threadId: 'a', history: [{ type: 'reasoning', summary: [{ type: 'q' }] }] },
      'unknown variant `q`, expected `summary_text`',
      'history[0].summary[0].type',
    ],
    [
      'thread/resume',
      { threadId: 'a', history: [{ type: 'function_call_output', call_id: 'a', output: 1 }] },
      'data did not match any variant of untagged enum FunctionCallOutputBody',
      'history[0].output',
    ],
    [
      'getConversationSummary',
      {},
      'data did not match any variant of untagged enum GetConversationSummaryParams',
      'params',
    ],
    // the first mistake of the input wins, and any mistake wins over a missing member
    ['thread/list', { limit: 'x', archived: 1 }, 'invalid type: string "x", expected u32', 'limit'],
    ['thread/list', { archived: 1, limit: 'x' }, 'invalid type: integer `1`, expected a boolean', 'archived'],
    ['thread/read', { includeTurns: 'yes' }, 'invalid type: string "yes", expected a boolean', 'includeTurns'],
  ];
  it.each(cases)('%s %j', (method, params, message, field) => {
    expect(refusal(method, params)).toEqual([message, field]);
  });
});

describe('decoding', () => {
  it('fills in defaults and drops members it does not know', () => {
    expect(decodeParams(clientMethods['thread/read'], { threadId: 't', color: 'red' })).toEqual({
      ok: true,
      value: { threadId: 't', includeTurns: false },
    });
  });

  it('takes nothing, null and an object for methods without params', () => {
    for (const params of [undefined, null, {}]) expect(refusal('account/logout', params)).toBe('fine');
  });

  it('reads the largest 64-bit numbers, which clients send for "no limit"', () => {
    expect(refusal('command/exec', { command: ['ls'], timeoutMs: 2 ** 63, outputBytesCap: 2 ** 64 })).toBe('fine');
  });

  it('takes a schema in place of a method, and answers of clients', () => {
    expect(decodeParams(NoParams, null)).toEqual({ ok: true, value: null });
    expect(decodeValue(CommandExecutionRequestApprovalResponse, { decision: 'perhaps' })).toEqual({
      ok: false,
      message:
        'unknown variant `perhaps`, expected one of `accept`, `acceptForSession`, `acceptWithExecpolicyAmendment`, `applyNetworkPolicyAmendment`, `decline`, `cancel`',
      field: 'decision',
    });
    expect(decodeValue(CommandExecutionRequestApprovalResponse, null)).toMatchObject({
      message: 'invalid type: null, expected struct CommandExecutionRequestApprovalResponse',
    });
  });

  it('does not take a path of another system for an absolute one', () => {
    const foreign = process.platform === 'win32' ? ['/a'] : ['C:\\a', '\\\\host\\share'];
    for (const path of [...foreign, './a', '~/a']) {
      expect(refusal('fs/readFile', { path })).toEqual(['AbsolutePathBuf deserialized without a base path', 'path']);
    }
  });

  it('quotes only the beginning of a long wrong value', () => {
    const [message = ''] = refusal('thread/list', { limit: 'x'.repeat(100_000) });
    expect(message.length).toBeLessThan(1200);
  });

  it('keeps history items of unknown kinds and unknown members of known ones', () => {
    const items = [
      { type: 'hologram', beams: [1, 2] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'a', tone: 'soft' }], weight: 1 },
    ];
    expect(decodeParams(clientMethods['thread/resume'], { threadId: 't', history: items })).toMatchObject({
      value: { history: items },
    });
    expect(ResponseItem().safeParse({ type: 'message', role: 'user' }).success).toBe(false);
  });

  it('names all methods when one is unknown', () => {
    const message = unknownMethod('foo/bar');
    expect(message.startsWith('unknown variant `foo/bar`, expected one of `initialize`, ')).toBe(true);
    expect(message.match(/`[^`]+`/g)).toHaveLength(Object.keys(clientMethods).length + 1);
  });
});

describe('any params of any method', () => {
  const { definitions } = exportJsonSchema({ experimental: true });
  const methods = fc.constantFrom(...(Object.keys(clientMethods) as ClientMethod[]));
  const paramsOf = (method: ClientMethod, wrong: number) => {
    const union = definitions['ClientRequest']?.['anyOf'] as {
      properties: { method: { const: string }; params: Record<string, unknown> };
    }[];
    const request = union.find((each) => each.properties.method.const === method);
    return fitting(request?.properties.params ?? {}, definitions, wrong);
  };

  it('never throws, and says what is wrong in the words of the wire', () => {
    const words = /^(missing field `|invalid (type|value): |unknown variant `|data did not match |AbsolutePathBuf )/;
    const mixed = methods.chain((method) => fc.tuple(fc.constant(method), fc.oneof(junk, paramsOf(method, 0.15))));
    fc.assert(
      fc.property(mixed, ([method, params]) => {
        const result = refusal(method, params);
        if (result !== 'fine') {
          expect(result[0]).toMatch(words);
          expect(result[1]).not.toBe('');
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('accepts what the exported schema describes, and its own output again', () => {
    const valid = methods.chain((method) => fc.tuple(fc.constant(method), paramsOf(method, 0)));
    fc.assert(
      fc.property(valid, ([method, params]) => {
        const row: Method = clientMethods[method];
        const once = decodeParams(row, params);
        expect(once).toMatchObject({ ok: true });
        if (once.ok) expect(decodeParams(row, once.value)).toEqual(once);
      }),
      { numRuns: 1500 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { type ClientMethod, clientMethods, experimentalUse } from '../src/index.ts';

const granular = { granular: { sandbox_approval: true, rules: true, mcp_elicitations: true } };

describe('what needs the experimental capability', () => {
  const cases: [method: ClientMethod, params: unknown, descriptor: string | null][] = [
    ['mock/experimentalMethod', {}, 'mock/experimentalMethod'],
    ['collaborationMode/list', null, 'collaborationMode/list'],
    ['thread/start', {}, null],
    ['thread/start', { mockExperimentalField: 'x' }, 'thread/start.mockExperimentalField'],
    ['thread/start', { mockExperimentalField: '' }, 'thread/start.mockExperimentalField'],
    ['thread/start', { mockExperimentalField: null }, null],
    ['thread/start', { dynamicTools: [] }, null],
    ['thread/start', { dynamicTools: [{ name: 'a' }] }, 'thread/start.dynamicTools'],
    ['thread/start', { experimentalRawEvents: false }, null],
    ['thread/start', { experimentalRawEvents: true }, 'thread/start.experimentalRawEvents'],
    ['thread/start', { persistExtendedHistory: true }, 'thread/start.persistFullHistory'],
    ['thread/resume', { threadId: 't', history: [] }, null],
    ['thread/resume', { threadId: 't', history: [{ type: 'other' }] }, 'thread/resume.history'],
    ['thread/resume', { threadId: 't', path: '/a' }, 'thread/resume.path'],
    ['thread/fork', { threadId: 't', path: '/a' }, 'thread/fork.path'],
    ['thread/fork', { threadId: 't', persistExtendedHistory: true }, 'thread/fork.persistFullHistory'],
    ['turn/start', { collaborationMode: { mode: 'plan' } }, 'turn/start.collaborationMode'],
    ['thread/start', { approvalPolicy: granular }, 'askForApproval.granular'],
    ['thread/resume', { approvalPolicy: granular }, 'askForApproval.granular'],
    ['thread/fork', { approvalPolicy: granular }, 'askForApproval.granular'],
    ['turn/start', { approvalPolicy: granular }, 'askForApproval.granular'],
    ['turn/start', { approvalPolicy: 'never' }, null],
    ['turn/start', { approvalPolicy: { never: null } }, null],
    ['account/login/start', { type: 'chatgptAuthTokens' }, 'account/login/start.chatgptAuthTokens'],
    ['account/login/start', { type: 'apiKey', apiKey: 'k' }, null],
    // fields come before variants
    ['thread/start', { approvalPolicy: granular, dynamicTools: [1] }, 'thread/start.dynamicTools'],
  ];
  it.each(cases)('%s %j: %s', (method, params, descriptor) => {
    expect(experimentalUse(method, params)).toBe(descriptor);
  });

  it('is these methods as a whole', () => {
    const names = (Object.keys(clientMethods) as ClientMethod[]).filter((name) => experimentalUse(name, {}) === name);
    expect(names.sort()).toEqual([
      'collaborationMode/list',
      'fuzzyFileSearch/sessionStart',
      'fuzzyFileSearch/sessionStop',
      'fuzzyFileSearch/sessionUpdate',
      'mock/experimentalMethod',
      'thread/backgroundTerminals/clean',
      'thread/decrement_elicitation',
      'thread/increment_elicitation',
      'thread/realtime/appendAudio',
      'thread/realtime/appendText',
      'thread/realtime/start',
      'thread/realtime/stop',
    ]);
  });

  it('bears any params', () => {
    for (const params of [null, 1, 'x', [], [1], { approvalPolicy: [] }, { approvalPolicy: { granular: null } }]) {
      expect(() => experimentalUse('turn/start', params)).not.toThrow();
      expect(() => experimentalUse('account/login/start', params)).not.toThrow();
    }
  });
});

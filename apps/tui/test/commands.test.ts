import type { Model } from '@codex/protocol';
import { describe, expect, it } from 'vitest';
import { askLogin } from '../src/dialogs/login.ts';
import { change, step } from '../src/step.ts';
import { openNew } from '../src/update/open.ts';
import { opened, play, THREAD } from './play.ts';

function run(line: string) {
  const tui = play();
  tui.type(line);
  tui.press('enter');
  return tui;
}

const model = (name: string, efforts: Model['defaultReasoningEffort'][]): Model => ({
  id: name,
  model: name,
  upgrade: null,
  upgradeInfo: null,
  availabilityNux: null,
  displayName: name,
  description: `about ${name}`,
  hidden: false,
  supportedReasoningEfforts: efforts.map((reasoningEffort) => ({ reasoningEffort, description: '' })),
  defaultReasoningEffort: efforts[0] ?? 'medium',
  inputModalities: ['text'],
  supportsPersonality: false,
  isDefault: false,
});

describe('/model', () => {
  it('chooses model and effort for the next turns, and keeps the choice', () => {
    const tui = run('/model');
    tui.answer('model/list', { data: [model('a', ['low', 'high']), model('gpt-5.4', ['medium'])], nextCursor: null });
    expect(tui.view()).toMatch(/› 2\. gpt-5\.4 \(in use\)/);
    tui.type('1');
    expect(tui.view()).toMatch(/How hard should a think\?[^]*› 1\. low \(default\)/);
    tui.calls();
    tui.type('2');
    expect(tui.calls()).toEqual([
      {
        method: 'config/batchWrite',
        params: {
          edits: [
            { keyPath: 'model', value: 'a', mergeStrategy: 'replace' },
            { keyPath: 'model_reasoning_effort', value: 'high', mergeStrategy: 'replace' },
          ],
        },
      },
    ]);
    expect(tui.view()).toContain('  a high · ');
    tui.type('go');
    tui.press('enter');
    expect(tui.calls()).toMatchObject([{ method: 'turn/start', params: { model: 'a', effort: 'high' } }]);
  });
});

describe('/approvals', () => {
  it('asks once more before the sandbox goes', () => {
    const tui = run('/approvals');
    expect(tui.view()).toMatch(/› 1\. Read only \(in force\)/);
    tui.type('3');
    expect(tui.view()).toContain('Really without a sandbox');
    tui.type('y');
    expect(tui.view()).toContain('no sandbox');
    tui.type('go');
    tui.press('enter');
    expect(tui.calls()).toMatchObject([
      { params: { approvalPolicy: 'never', sandboxPolicy: { type: 'dangerFullAccess' } } },
    ]);
  });
});

describe('/review', () => {
  it('reviews what is not committed', () => {
    const tui = run('/review');
    tui.type('2');
    expect(tui.calls()).toEqual([
      { method: 'review/start', params: { threadId: THREAD, target: { type: 'uncommittedChanges' } } },
    ]);
  });

  it('reviews a commit that was searched for', () => {
    const tui = run('/review');
    tui.type('3');
    tui.answer('command/exec', { exitCode: 0, stdout: 'aaaaaaaaaa Fix it\nbbbbbbbbbb Break it\n', stderr: '' });
    tui.type('brea');
    expect(tui.view()).not.toContain('Fix it');
    tui.calls();
    tui.press('enter');
    expect(tui.calls()).toMatchObject([
      { params: { target: { type: 'commit', sha: 'bbbbbbbbbb', title: 'Break it' } } },
    ]);
  });

  it('takes words of the own, and says when git fails', () => {
    expect(run('/review the parser').calls()).toMatchObject([
      { params: { target: { type: 'custom', instructions: 'the parser' } } },
    ]);
    const tui = run('/review');
    tui.type('1');
    tui.answer('command/exec', { exitCode: 128, stdout: '', stderr: 'no repository' });
    expect(tui.told()).toContain('■ no repository');
  });
});

describe('other commands', () => {
  it.each([
    ['/compact', { method: 'thread/compact/start', params: { threadId: THREAD } }],
    ['/rename my work', { method: 'thread/name/set', params: { threadId: THREAD, name: 'my work' } }],
    ['/fork', { method: 'thread/fork', params: { threadId: THREAD, cwd: '/code/app' } }],
    ['/clean', { method: 'thread/backgroundTerminals/clean', params: { threadId: THREAD } }],
    ['/logout', { method: 'account/logout', params: undefined }],
  ])('%s', (line, call) => {
    expect(run(line).calls()).toEqual([call]);
  });

  it('that do not exist are told, and the line is not sent', () => {
    const tui = run('/nonsense');
    expect(tui.told()).toContain('There is no command /nonsense');
    expect(tui.view()).toContain('› /nonsense');
    expect(tui.calls()).toEqual([]);
  });

  it('are text with a blank before them', () => {
    for (const line of [' /nonsense is here', ' !now', '/usr/bin is full']) {
      expect(run(line).calls()).toMatchObject([{ method: 'turn/start', params: { input: [{ text: line.trim() }] } }]);
    }
  });

  it('/new begins another session, /quit leaves', () => {
    expect(run('/new').calls()).toMatchObject([{ method: 'thread/start' }]);
    expect(run('/quit').effects()).toContainEqual({ type: 'quit', code: 0 });
  });

  it('the beginning of a command is enough', () => {
    expect(run('/comp').calls()).toMatchObject([{ method: 'thread/compact/start' }]);
  });

  it('/diff shows a diff that is scrolled', () => {
    const tui = run('/diff');
    tui.answer('command/exec', {
      exitCode: 0,
      stdout: Array.from({ length: 100 }, (_, at) => `+line ${at}`).join('\n'),
      stderr: '',
    });
    expect(tui.view()).toContain('+line 0\n');
    tui.press('end');
    expect(tui.view()).toContain('+line 99');
    tui.press('home', 'pageDown');
    expect(tui.view()).not.toContain('+line 0\n');
    tui.type('q');
    expect(tui.state.overlay).toBeNull();
  });

  it('/mcp, /skills, /status and /feedback tell and ask', () => {
    const mcp = run('/mcp');
    mcp.answer('mcpServerStatus/list', {
      data: [
        {
          name: 'docs',
          tools: { find: {}, read: {} },
          resources: [],
          resourceTemplates: [],
          authStatus: 'notLoggedIn',
        },
      ],
      nextCursor: null,
    });
    expect(mcp.told()).toMatch(/docs {2}not logged in; find, read/);
    const skills = run('/skills');
    const skill = (name: string, enabled: boolean) => ({
      name,
      description: `does ${name}`,
      path: `/s/${name}`,
      scope: 'user',
      enabled,
    });
    skills.answer('skills/list', {
      data: [{ cwd: '/code/app', skills: [skill('one', true), skill('two', false)], errors: [] }],
    });
    expect(skills.view()).toMatch(/\[x\] one[^]*\[ \] two/);
    skills.press('down');
    skills.type(' ');
    skills.calls();
    skills.press('enter');
    expect(skills.calls()).toEqual([{ method: 'skills/config/write', params: { path: '/s/two', enabled: true } }]);
    const status = run('/status');
    status.answer('account/read', { account: { type: 'apiKey' }, requiresOpenaiAuth: true });
    expect(status.told()).toMatch(/account +API key[^]*session +01a00000/);
    const feedback = run('/feedback');
    feedback.type('1');
    feedback.type('y');
    feedback.type('it broke');
    feedback.calls();
    feedback.press('enter');
    expect(feedback.calls()).toEqual([
      {
        method: 'feedback/upload',
        params: { classification: 'bug', reason: 'it broke', threadId: THREAD, includeLogs: true },
      },
    ]);
  });
});

describe('the picker', () => {
  const rows = (from: number, count: number) =>
    Array.from(
      { length: count },
      (_, at) => opened({ id: `t${from + at}`, preview: `session ${from + at}`, updatedAt: 900 }).thread,
    );

  it('fetches page after page, searches, sorts and opens', () => {
    const tui = run('/resume');
    expect(tui.calls()).toMatchObject([
      { method: 'thread/list', params: { cwd: '/code/app', searchTerm: null, sortKey: 'updated_at', cursor: null } },
    ]);
    tui.answer('thread/list', { data: rows(0, 50), nextCursor: 'next' });
    expect(tui.view()).toMatch(/› 1 minute ago .*session 0\n {2}1 minute ago .*session 1/);
    expect(tui.view()).toContain('50+ sessions');
    tui.press('end');
    expect(tui.calls()).toMatchObject([{ params: { cursor: 'next' } }]);
    tui.answer('thread/list', { data: rows(50, 3), nextCursor: null });
    expect(tui.view()).toContain('53 sessions');
    tui.press('tab', 'ctrl+a');
    tui.type('x');
    const asked = tui.calls();
    expect(asked.at(-1)).toMatchObject({ params: { sortKey: 'created_at', cwd: null, searchTerm: 'x', cursor: null } });
    tui.answer('thread/list', { data: rows(7, 1), nextCursor: null });
    tui.press('enter');
    expect(tui.calls()).toMatchObject([{ method: 'thread/resume', params: { threadId: 't7' } }]);
    tui.refuse('thread/resume', 'gone');
    expect(tui.told()).toContain('■ gone');
  });

  it('drops answers to what is no longer searched for', () => {
    const tui = run('/resume');
    tui.type('a');
    tui.type('b');
    tui.answer('thread/list', { data: rows(1, 1), nextCursor: null });
    tui.answer('thread/list', { data: rows(2, 1), nextCursor: null });
    expect(tui.view()).toContain('session 1');
    expect(tui.view()).not.toContain('session 2');
    tui.press('escape');
    expect(tui.state.overlay).toBeNull();
  });
});

describe('a login', () => {
  const ask = () => {
    const tui = play({ isOpen: false });
    tui.send(change((state) => askLogin(state, (next) => step(next, openNew(next)))));
    return tui;
  };

  it('takes an API key, which is not shown', () => {
    const tui = ask();
    expect(tui.view()).toContain('OPENAI_API_KEY');
    tui.type('2');
    tui.type('sk-secret');
    expect(tui.view()).not.toContain('sk-secret');
    tui.press('enter');
    expect(tui.calls()).toEqual([{ method: 'account/login/start', params: { type: 'apiKey', apiKey: 'sk-secret' } }]);
    tui.answer('account/login/start', { type: 'apiKey' });
    expect(tui.calls()).toMatchObject([{ method: 'thread/start' }]);
  });

  it('waits for ChatGPT, and asks again when that fails', () => {
    const tui = ask();
    tui.type('1');
    tui.answer('account/login/start', { type: 'chatgpt', loginId: 'l1', authUrl: 'https://auth.example/x' });
    expect(tui.view()).toContain('https://auth.example/x');
    tui.notify({ method: 'account/login/completed', params: { loginId: 'l1', success: false, error: 'denied' } });
    expect(tui.told()).toContain('■ denied');
    tui.type('1');
    tui.answer('account/login/start', { type: 'chatgpt', loginId: 'l2', authUrl: 'https://auth.example/y' });
    tui.notify({ method: 'account/login/completed', params: { loginId: 'l2', success: true, error: null } });
    expect(tui.calls().at(-1)).toMatchObject({ method: 'thread/start' });
    expect(tui.state.dialogs).toEqual([]);
  });
});

import type { RequestId, ServerRequestMethod, ServerRequestParams } from '@codex/protocol';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../src/model.ts';
import { itemStarted, play, type Play, THREAD, TURN, turnStarted } from './play.ts';

function asked<M extends ServerRequestMethod>(method: M, params: ServerRequestParams<M>, id: RequestId = 9): Play {
  const tui = play();
  tui.notify(turnStarted());
  tui.send({ type: 'question', id, method, params });
  tui.effects();
  return tui;
}

function answers(tui: Play): Effect[] {
  return tui.effects().filter(({ type }) => type === 'answer' || type === 'refuse');
}

const AT = { threadId: THREAD, turnId: TURN, itemId: 'c1' };
const COMMAND = 'item/commandExecution/requestApproval';
const allow = { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['make'] } };
const network = (action: 'allow' | 'deny') => ({
  applyNetworkPolicyAmendment: { network_policy_amendment: { host: 'a.example', action } },
});

describe('a command that has to be allowed', () => {
  const params = {
    ...AT,
    command: "/bin/bash -lc 'make test'",
    cwd: '/elsewhere',
    reason: 'needs the network',
    availableDecisions: ['accept', 'acceptForSession', allow, 'cancel'] as const,
  };
  const ask = () => asked(COMMAND, { ...params, availableDecisions: [...params.availableDecisions] });

  it('is shown with its reason and folder, and every answer there is', () => {
    expect(ask().view()).toMatch(
      /May Codex run this command\?\n\n {2}Reason: needs the network\n {2}\$ make test\n {2}in \/elsewhere\n\n› 1\. Yes, once \(y\)\n {2}2\. Yes, and do not ask again in this session \(a\)\n {2}3\. Yes, and always allow commands that begin with: make \(p\)\n {2}4\. No, go on without it \(n\)\n {2}5\. No, stop/,
    );
  });

  it.each([
    ['y', 'accept', '✔ You let Codex run make test'],
    ['a', 'acceptForSession', 'in this session'],
    ['p', allow, '✔ You always let Codex run commands that begin with make'],
    ['n', 'decline', '✗ You did not let Codex run make test'],
    ['5', 'cancel', '✗ You did not let Codex'],
  ])('%s answers %j', (key, decision, told) => {
    const tui = ask();
    tui.type(key);
    expect(answers(tui)).toEqual([{ type: 'answer', id: 9, result: { decision } }]);
    expect(tui.told()).toContain(told);
    expect(tui.state.dialogs).toEqual([]);
  });

  it('shows the choice one is on, however small the terminal is', () => {
    const tui = ask();
    tui.resize(24, 6);
    for (let at = 0; at < 5; at++) {
      expect(tui.view()).toContain(`› ${at + 1}. `);
      tui.press('down');
    }
  });

  it('is answered by enter, moving, and escape', () => {
    const tui = ask();
    tui.press('down', 'down', 'up', 'enter');
    expect(answers(tui)).toEqual([{ type: 'answer', id: 9, result: { decision: 'acceptForSession' } }]);
    const other = ask();
    other.press('escape');
    expect(answers(other)).toEqual([{ type: 'answer', id: 9, result: { decision: 'cancel' } }]);
  });

  it('goes away when somebody else answered', () => {
    const tui = ask();
    tui.notify({ method: 'serverRequest/resolved', params: { threadId: THREAD, requestId: 9 } });
    expect(tui.state.dialogs).toEqual([]);
    expect(answers(tui)).toEqual([]);
  });

  it('is not answered by what somebody is just writing', () => {
    const tui = play();
    tui.type('I think wh');
    tui.send({
      type: 'question',
      id: 9,
      method: COMMAND,
      params: { ...params, availableDecisions: ['accept', 'cancel'] },
    });
    tui.type('y');
    tui.press('enter');
    expect(answers(tui)).toEqual([]);
    expect(tui.state.draft.buffer.text).toBe('I think why');
    tui.wait(1000);
    tui.type('y');
    expect(answers(tui)).toHaveLength(1);
  });

  it('keeps what was being written, and shows the transcript on ctrl+t', () => {
    const tui = play();
    tui.type('half a thought');
    tui.send({
      type: 'question',
      id: 9,
      method: COMMAND,
      params: { ...params, availableDecisions: ['accept', 'cancel'] },
    });
    tui.press('ctrl+t');
    expect(tui.view()).toContain('Transcript');
    tui.press('escape');
    tui.wait(1000);
    tui.type('y');
    expect(tui.view()).toContain('› half a thought');
  });
});

describe('a host that has to be allowed', () => {
  it.each([
    ['y', 'accept'],
    ['p', network('allow')],
    ['d', network('deny')],
  ])('%s answers %j', (key, decision) => {
    const tui = asked(COMMAND, {
      ...AT,
      command: 'curl https://a.example',
      networkApprovalContext: { host: 'a.example', protocol: 'https' },
      availableDecisions: ['accept', network('allow'), network('deny'), 'cancel'],
    });
    expect(tui.view()).toContain('May this command reach a.example (https)?');
    tui.type(key);
    expect(answers(tui)).toEqual([{ type: 'answer', id: 9, result: { decision } }]);
  });
});

describe('a patch that has to be allowed', () => {
  const ask = () => {
    const tui = play();
    tui.notify(
      turnStarted(),
      itemStarted({
        type: 'fileChange',
        id: 'c1',
        status: 'inProgress',
        changes: [
          { path: '/code/app/a.ts', kind: { type: 'update', move_path: null }, diff: '@@ -1 +1 @@\n-old\n+new\n' },
        ],
      }),
    );
    tui.send({
      type: 'question',
      id: 9,
      method: 'item/fileChange/requestApproval',
      params: { ...AT, reason: null, grantRoot: '/work' },
    });
    return tui;
  };

  it('is shown as a diff', () => {
    expect(ask().view()).toMatch(
      /May Codex make these changes\?[^]*write to \/work in this session[^]*Edited a\.ts \(\+1 -1\)\n {6}1 -old\n {6}1 \+new/,
    );
  });

  it.each([
    ['y', 'accept'],
    ['a', 'acceptForSession'],
    ['n', 'decline'],
    ['4', 'cancel'],
  ])('%s answers %s', (key, decision) => {
    const tui = ask();
    tui.type(key);
    expect(answers(tui)).toEqual([{ type: 'answer', id: 9, result: { decision } }]);
    expect(tui.told()).toContain('change a.ts');
  });
});

describe('permissions', () => {
  const permissions = { network: { enabled: true }, fileSystem: { read: null, write: ['/data'] }, macos: null };
  it.each([
    ['y', { permissions: { network: permissions.network, fileSystem: permissions.fileSystem }, scope: 'turn' }],
    ['a', { permissions: { network: permissions.network, fileSystem: permissions.fileSystem }, scope: 'session' }],
    ['n', { permissions: {}, scope: 'turn' }],
  ])('%s answers %j', (key, result) => {
    const tui = asked('item/permissions/requestApproval', { ...AT, reason: 'build', permissions });
    expect(tui.view()).toMatch(/· use the network\n {2}· write \/data/);
    tui.type(key);
    expect(answers(tui)).toEqual([{ type: 'answer', id: 9, result }]);
  });
});

describe("the model's questions", () => {
  const question = (id: string, more: object = {}) => ({
    id,
    header: `About ${id}`,
    question: `Which ${id}?`,
    isOther: true,
    isSecret: false,
    options: [
      { label: 'Red', description: 'warm' },
      { label: 'Blue', description: 'cold' },
    ],
    ...more,
  });

  it('are asked one after the other and sent together', () => {
    const tui = asked('item/tool/requestUserInput', {
      ...AT,
      questions: [question('colour'), question('size', { options: null, isSecret: true })],
    });
    expect(tui.view()).toMatch(
      /About colour\n\n {2}Which colour\?\n {2}question 1 of 2\n\n› 1\. Red\n {5}warm\n {2}2\. Blue\n {5}cold\n {2}3\. Something else/,
    );
    tui.type('2');
    expect(answers(tui)).toEqual([]);
    tui.type('geheim');
    expect(tui.view()).toContain('› ••••••');
    tui.press('enter');
    expect(answers(tui)).toEqual([
      { type: 'answer', id: 9, result: { answers: { colour: { answers: ['Blue'] }, size: { answers: ['geheim'] } } } },
    ]);
    expect(tui.told()).toContain('About colour: Blue; About size: ••••');
    expect(tui.told()).not.toContain('geheim');
  });

  it('take an answer of the own, and escape interrupts the turn', () => {
    const tui = asked('item/tool/requestUserInput', { ...AT, questions: [question('colour')] });
    tui.type('3');
    tui.type('green');
    tui.press('enter');
    expect(answers(tui)).toEqual([
      { type: 'answer', id: 9, result: { answers: { colour: { answers: ['user_note: green'] } } } },
    ]);
    const other = asked('item/tool/requestUserInput', { ...AT, questions: [question('colour')] });
    other.press('escape');
    expect(other.calls()).toMatchObject([{ method: 'turn/interrupt' }]);
  });
});

describe('what an MCP server asks', () => {
  const form = (properties: object, required: string[] = []) =>
    asked('mcpServer/elicitation/request', {
      mode: 'form',
      threadId: THREAD,
      turnId: TURN,
      serverName: 'docs',
      _meta: null,
      message: 'Please tell',
      requestedSchema: { $schema: null, type: 'object', properties, required },
    } as ServerRequestParams<'mcpServer/elicitation/request'>);

  it('is a form, field by field, with answers that fit', () => {
    const tui = form(
      {
        age: { type: 'integer', title: 'Age', description: null, minimum: 1, maximum: 99, default: null },
        kind: { type: 'string', title: null, description: null, enum: ['a', 'b'], default: 'b' },
        tags: {
          type: 'array',
          title: 'Tags',
          description: null,
          minItems: null,
          maxItems: null,
          items: { type: 'string', enum: ['x', 'y'] },
          default: ['x'],
        },
        ok: { type: 'boolean', title: 'OK', description: null, default: null },
        note: {
          type: 'string',
          title: 'Note',
          description: null,
          minLength: null,
          maxLength: null,
          format: null,
          default: null,
        },
      },
      ['age', 'kind', 'ok'],
    );
    tui.type('old');
    tui.press('enter');
    expect(tui.view()).toContain('A number is needed.');
    tui.press('ctrl+u');
    tui.type('142');
    tui.press('enter');
    expect(tui.view()).toContain('At most 99 is possible.');
    tui.press('backspace', 'enter');
    expect(tui.view()).toMatch(/› 2\. b/);
    tui.press('enter');
    expect(tui.view()).toMatch(/\[x\] x\n.*\[ \] y/);
    tui.press('down');
    tui.type(' ');
    tui.press('enter');
    tui.type('1');
    tui.press('enter');
    expect(tui.view()).toMatch(/age: 14\n {2}kind: "b"\n {2}tags: \["x","y"\]\n {2}ok: true/);
    tui.type('y');
    expect(answers(tui)).toEqual([
      {
        type: 'answer',
        id: 9,
        result: { action: 'accept', content: { age: 14, kind: 'b', tags: ['x', 'y'], ok: true } },
      },
    ]);
  });

  it.each([
    ['y', { action: 'accept', content: {} }],
    ['n', { action: 'decline' }],
    ['3', { action: 'cancel' }],
  ])('without fields it is a question: %s answers %j', (key, result) => {
    const tui = form({});
    tui.type(key);
    expect(answers(tui)).toEqual([{ type: 'answer', id: 9, result }]);
  });

  it('may be an address to visit', () => {
    const tui = asked('mcpServer/elicitation/request', {
      mode: 'url',
      threadId: THREAD,
      turnId: TURN,
      serverName: 'docs',
      _meta: null,
      elicitationId: 'e',
      message: 'Log in',
      url: 'https://x.example/login',
    });
    expect(tui.view()).toMatch(/docs asks[^]*https:\/\/x\.example\/login/);
    tui.type('y');
    expect(answers(tui)).toEqual([{ type: 'answer', id: 9, result: { action: 'accept' } }]);
  });
});

describe('what a dialog shows', () => {
  it('cannot steer the terminal, whoever wrote it', () => {
    const evil = 'x\u001b[2J\u0007y';
    const tui = asked('item/tool/requestUserInput', {
      ...AT,
      questions: [
        {
          id: 'q',
          header: evil,
          question: evil,
          isOther: true,
          isSecret: false,
          options: [{ label: evil, description: evil }],
        },
      ],
    });
    // oxlint-disable-next-line no-control-regex
    expect(tui.view()).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    const command = asked(COMMAND, { ...AT, command: evil, reason: evil, cwd: evil });
    // oxlint-disable-next-line no-control-regex
    expect(command.view()).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe('other questions', () => {
  it('are refused', () => {
    const again = play();
    again.send({ type: 'question', id: 3, method: 'item/tool/call', params: {} });
    expect(answers(again)).toEqual([
      { type: 'refuse', id: 3, message: 'item/tool/call is not answered by the terminal' },
    ]);
  });

  it('ring when nobody looks', () => {
    const tui = play();
    tui.send({ type: 'input', input: { kind: 'focus', focused: false } });
    tui.send({ type: 'question', id: 9, method: COMMAND, params: { ...AT, command: 'make' } });
    expect(tui.effects()).toContainEqual({ type: 'notify', text: 'May Codex run this command?' });
  });

  it('of agents say whose they are', () => {
    const tui = asked(COMMAND, { ...AT, threadId: 'child', command: 'make' });
    expect(tui.view()).toContain('asked by the agent child');
  });
});

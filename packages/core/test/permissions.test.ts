import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { call, custom, outputOf, say } from '@codex/mock-model';
import { afterAll, describe, expect, it } from 'vitest';
import { confiningRig } from './confining.ts';
import type { Talk } from './harness.ts';

const CONFINED = { approval_policy: 'on-request', sandbox_mode: 'workspace-write' };
const READ_ONLY = { ...CONFINED, sandbox_mode: 'read-only' };
/** A folder outside every workspace. */
const B = realpathSync(mkdtempSync(path.join(tmpdir(), 'granted-')));
afterAll(() => rmSync(B, { recursive: true }));
const run = (id: string) => call('exec_command', { cmd: 'make' }, id);

async function grant(talk: Talk, result: object, n = 1) {
  const question = await talk.question(n);
  talk.thread.answer(question.id, { ok: true, result: result as never });
  return question;
}

describe('request_permissions (§11.4)', () => {
  const ASK = {
    reason: 'to build',
    permissions: { network: { enabled: true }, file_system: { write: ['out', B] } },
  };

  it('widens the sandbox of the turn by what was granted, and by nothing else', async () => {
    const { start, model, cwd, confined } = await confiningRig([
      call('request_permissions', ASK),
      run('call-2'),
      say('ok'),
      run('call-3'),
      say('ok'),
    ]);
    const talk = await start(CONFINED);
    const id = talk.begin('go');
    const out = path.join(cwd, 'out');
    const fileSystem = { read: ['/etc'], write: [`${out}/deeper`, '/', '/c'] };
    const { method, params } = await grant(talk, {
      permissions: { network: { enabled: true }, fileSystem },
      scope: 'turn',
    });
    expect(method).toBe('item/permissions/requestApproval');
    expect(params).toMatchObject({
      itemId: 'call-1',
      reason: 'to build',
      permissions: { network: { enabled: true }, fileSystem: { read: null, write: [out, B] }, macos: null },
    });
    await talk.ended(id);
    expect(JSON.parse(outputOf(model.calls[1]!, 'call-1') as string)).toEqual({
      permissions: { network: { enabled: true }, file_system: { read: null, write: [`${out}/deeper`] } },
      scope: 'turn',
    });
    await talk.turn('again');
    const [first, second] = confined;
    expect(first).toMatchObject({ policy: { networkAccess: true }, policyCwd: cwd });
    expect((first!.policy as { writableRoots: string[] }).writableRoots).toContain(`${out}/deeper`);
    expect(second).toMatchObject({ policy: { networkAccess: false } });
    expect(talk.thread.settings().sandboxPolicy).toEqual(second?.policy);
  });

  it('for the session stays, and covers patches', async () => {
    const folder = (home: string) => path.join(home, 'elsewhere');
    const steps: Parameters<typeof confiningRig>[0] = [];
    const rig = await confiningRig(steps);
    const target = folder(rig.home);
    await mkdir(target);
    rig.model.push(
      call('request_permissions', { permissions: { file_system: { write: [target] } } }),
      say('ok'),
      custom('apply_patch', `*** Begin Patch\n*** Add File: ${target}/a\n+x\n*** End Patch`, 'call-2'),
      run('call-3'),
      say('ok'),
    );
    const talk = await rig.start({ ...READ_ONLY, 'features.request_permissions_tool': true });
    const id = talk.begin('go');
    await grant(talk, { permissions: { fileSystem: { write: [target] } }, scope: 'session' });
    await talk.ended(id);
    await talk.turn('again');
    expect(existsSync(path.join(target, 'a'))).toBe(true);
    expect(talk.all('question.opened')).toHaveLength(1);
    // Not the folder it runs in, only what was granted.
    expect(rig.confined).toMatchObject([
      { policy: { type: 'workspaceWrite', writableRoots: [], excludeSlashTmp: true }, policyCwd: target },
    ]);
  });

  it('asks about the place that links lead to, and does not follow one that appears there later', async () => {
    const rig = await confiningRig([]);
    const [real, link] = [path.join(rig.home, 'real'), path.join(rig.cwd, 'link')];
    await mkdir(real);
    await symlink(real, link);
    rig.model.push(
      call('request_permissions', { permissions: { file_system: { write: ['link'] } } }),
      run('call-2'),
      say('ok'),
      run('call-3'),
      say('ok'),
    );
    const talk = await rig.start(CONFINED);
    const id = talk.begin('go');
    const fileSystem = { write: [link] };
    const { params } = await grant(talk, { permissions: { fileSystem }, scope: 'session' });
    expect(params).toMatchObject({ permissions: { fileSystem: { write: [real] } } });
    await talk.ended(id);
    await rm(real, { recursive: true });
    await symlink('/etc', real);
    await talk.turn('again');
    const roots = rig.confined.map(({ policy }) => (policy as { writableRoots: string[] }).writableRoots);
    expect(roots[0]).toContain(real);
    expect(roots[1]).not.toContain(real);
  });

  it('opens single files, also to patches, and makes what is not there yet when it is needed', async () => {
    const rig = await confiningRig([]);
    const [file, folder] = [path.join(B, 'deep/new.txt'), path.join(B, 'folder')];
    const patch = `*** Begin Patch\n*** Add File: ${file}\n+x\n*** End Patch`;
    rig.model.push(
      call('request_permissions', { permissions: { file_system: { write: [file, folder] } } }),
      say('ok'),
      custom('apply_patch', patch, 'call-2'),
      say('ok'),
      run('call-3'),
      say('ok'),
    );
    const talk = await rig.start(READ_ONLY);
    const id = talk.begin('go');
    await grant(talk, { permissions: { fileSystem: { write: [file, folder] } }, scope: 'session' });
    await talk.ended(id);
    expect([existsSync(file), existsSync(folder)]).toEqual([false, false]);
    await talk.turn('patch');
    expect([readFileSync(file, 'utf8'), existsSync(folder)]).toEqual(['x\n', false]);
    await talk.turn('run');
    expect([statSync(file).isFile(), statSync(folder).isDirectory()]).toEqual([true, true]);
    expect(talk.all('question.opened')).toHaveLength(1);
    expect(rig.confined).toMatchObject([{ policy: { writableRoots: [folder] }, policyCwd: file }]);
  });

  it.each([
    ['never', { approval_policy: 'never' }],
    ['granular', { approval_policy: { granular: { sandbox_approval: true, rules: true, mcp_elicitations: true } } }],
  ])('grants nothing where nobody may be asked: %s', async (_, setting) => {
    const { start, model } = await confiningRig([call('request_permissions', ASK), say('ok')]);
    const talk = await start({ ...CONFINED, ...setting });
    await talk.turn('go');
    expect(talk.all('question.opened')).toEqual([]);
    expect(outputOf(model.calls[1]!, 'call-1')).toBe(
      '{"permissions":{"network":null,"file_system":null},"scope":"turn"}',
    );
  });

  it('grants nothing when the client cannot decide or grants nothing, and wants to hear for what', async () => {
    const { start, model } = await confiningRig([
      call('request_permissions', ASK),
      call('request_permissions', { permissions: {} }, 'call-2'),
      say('ok'),
    ]);
    const talk = await start(CONFINED);
    const id = talk.begin('go');
    const { id: questionId } = await talk.question();
    talk.thread.answer(questionId, { ok: false, error: { code: -32000, message: 'no' } });
    await talk.ended(id);
    expect(outputOf(model.calls[1]!, 'call-1')).toContain('"network":null');
    expect(outputOf(model.calls[2]!, 'call-2')).toMatch(/needs at least one permission/);
  });

  it('is offered with its feature', async () => {
    const { start, model } = await confiningRig([say('ok'), say('ok')]);
    await (await start()).turn('go');
    await (await start({ 'features.request_permissions_tool': true })).turn('go');
    const names = model.calls.map(({ body }) => (body['tools'] as { name?: string }[]).map(({ name }) => name));
    expect(names[0]).not.toContain('request_permissions');
    expect(names[1]?.slice(0, 5)).toEqual([
      ...['exec_command', 'write_stdin', 'update_plan', 'request_user_input', 'request_permissions'],
    ]);
  });
});

describe('with_additional_permissions (§15.2)', () => {
  const FEATURE = { 'features.exec_permission_approvals': true };
  const wide = (more: object = {}, id = 'call-1') =>
    call(
      'shell_command',
      {
        command: 'cat x',
        sandbox_permissions: 'with_additional_permissions',
        additional_permissions: { network: { enabled: true }, file_system: { write: [B] } },
        ...more,
      },
      id,
    );

  it('asks, also for what only reads, and runs in a wider sandbox', async () => {
    const { start, confined, cwd } = await confiningRig([wide(), wide({}, 'call-2'), say('ok')]);
    const talk = await start({ ...READ_ONLY, ...FEATURE });
    const id = talk.begin('go');
    const { params } = await grant(talk, { decision: 'acceptForSession' });
    expect(params).toMatchObject({
      additionalPermissions: { network: { enabled: true }, fileSystem: { read: null, write: [B] }, macos: null },
      availableDecisions: ['accept', 'cancel'],
      cwd,
    });
    expect(params).not.toHaveProperty('proposedExecpolicyAmendment');
    await talk.ended(id);
    expect(talk.all('question.opened')).toHaveLength(1);
    const policy = { type: 'workspaceWrite', writableRoots: [], networkAccess: true };
    expect(confined).toMatchObject([
      { policy, policyCwd: B },
      { policy, policyCwd: B },
    ]);
  });

  it('needs no question for what is granted already', async () => {
    const { start, confined } = await confiningRig([
      call('request_permissions', { permissions: { network: { enabled: true }, file_system: { write: [B] } } }),
      wide({}, 'call-2'),
      say('ok'),
    ]);
    const talk = await start({ ...CONFINED, ...FEATURE });
    const id = talk.begin('go');
    await grant(talk, { permissions: { network: { enabled: true }, fileSystem: { write: [B] } }, scope: 'turn' });
    await talk.ended(id);
    expect(talk.all('question.opened')).toHaveLength(1);
    expect(confined).toHaveLength(1);
  });

  it.each<[string, object, object, RegExp]>([
    ['without its feature', {}, {}, /switched off; the feature is `exec_permission_approvals`/],
    ['without permissions', FEATURE, { additional_permissions: {} }, /must name at least one permission/],
    [
      'under a policy that asks nobody',
      { ...FEATURE, approval_policy: 'never' },
      {},
      /approval policy is Never; reject/,
    ],
    [
      'by another name',
      FEATURE,
      { sandbox_permissions: 'all' },
      /^failed to parse function arguments: unknown variant `all`/,
    ],
    ['beside a normal run', FEATURE, { sandbox_permissions: 'use_default' }, /`additional_permissions` needs/],
  ])('is refused %s', async (_, setting, more, expected) => {
    const { start, model } = await confiningRig([wide(more), say('ok')]);
    const talk = await start({ ...CONFINED, ...setting });
    await talk.turn('go');
    expect(talk.all('question.opened')).toEqual([]);
    expect(outputOf(model.calls[1]!, 'call-1')).toMatch(expected);
  });

  it('is told to the model with its feature', async () => {
    const { start, model } = await confiningRig([say('ok'), say('ok')]);
    await (await start()).turn('go');
    await (await start(FEATURE)).turn('go');
    const params = model.calls.map(({ body }) => {
      const [tool] = body['tools'] as { parameters: { properties: Record<string, unknown> } }[];
      return Object.keys(tool?.parameters.properties ?? {});
    });
    expect(params[0]).not.toContain('additional_permissions');
    expect(params[1]).toContain('additional_permissions');
  });
});

describe('the folder a command runs in', () => {
  it('is not what the sandbox is about', async () => {
    const { start, confined, cwd } = await confiningRig([
      call('exec_command', { cmd: 'make', workdir: '/' }),
      call('shell_command', { command: 'make', workdir: '/' }, 'call-2'),
      say('ok'),
    ]);
    await (await start(CONFINED)).turn('go');
    expect(confined.map(({ policyCwd }) => policyCwd)).toEqual([cwd, cwd]);
  });
});

import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { main } from '../src/index.ts';

const SERVER = `exec '${process.execPath}' '${fileURLToPath(new URL('server.mjs', import.meta.url))}'`;

async function client(args: string[], env: NodeJS.ProcessEnv = {}, stdin = '') {
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    io[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  io.stdin.end(stdin);
  const code = await main(['--server', SERVER, ...args], {
    ...io,
    env: { ...process.env, ...env },
    cwd: process.cwd(),
  });
  return { code, ...texts };
}

const question = (method: string, params: object) => ({ QUESTION: JSON.stringify({ method, params }) });

describe('the test client', () => {
  it('shows a turn both ways', async () => {
    const { code, stdout, stderr } = await client(['send', 'hello']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.replace(/ \{.*/, ''))).toEqual([
      '→ initialize #0',
      '← initialize #0 ok',
      '→ initialized',
      '→ thread/start #1',
      '← thread/start #1 ok "t"',
      '→ turn/start #2',
      '← turn/start #2 ok',
      '← turn/started inProgress',
      '← item/fileChange/requestApproval #0',
      '→ item/fileChange/requestApproval #0 ok decision="decline"',
      '← item/completed agentMessage "{\\"decision\\":\\"decline\\"}"',
      '← turn/completed completed',
      '',
    ]);
  });

  it('goes on with a thread, and tells by its exit code how the turn ended', async () => {
    const { code, stdout } = await client(['resume', 'T-1', 'hello'], { ENDS: 'failed' });
    expect(code).toBe(1);
    expect(stdout).toContain('← thread/resume #1 ok "T-1"');
    expect(stdout).toContain('← turn/completed failed');
  });

  it('sends any request and shows whole messages on demand', async () => {
    const { code, stdout } = await client(['--show', 'all', 'request', 'model/list', '{"limit":1}']);
    expect(code).toBe(0);
    expect(stdout).toContain('→ {"id":1,"method":"model/list","params":{"limit":1}}');
    expect(stdout).toContain('← {"id":1,"result":{"asked":"model/list","params":{"limit":1}}}');
  });

  it.each(['summary', 'all'])('shows no keys, with --show %s', async (show) => {
    const params = JSON.stringify({ type: 'apiKey', apiKey: 'sk-secret' });
    const { code, stdout } = await client(['--show', show, 'request', 'account/login/start', params]);
    expect(code).toBe(0);
    expect(stdout).toContain('"apiKey":"…"');
    expect(stdout).not.toContain('sk-secret');
  });

  it.each([
    ['accept', '', 'accept'],
    ['cancel', '', 'cancel'],
    ['ask', 'a\n', 'accept'],
    ['ask', 'cancel\n', 'cancel'],
    ['ask', '', 'decline'],
  ])('answers with --approve %s and %j', async (approve, stdin, decision) => {
    const { stdout } = await client(['--approve', approve, 'send', 'x'], {}, stdin);
    expect(stdout).toContain(`→ item/fileChange/requestApproval #0 ok decision="${decision}"`);
  });

  it.each([
    ['one\ntwo\n', '{"answers":{"a":{"answers":["one"]},"b":{"answers":["two"]}}}'],
    ['one', '{"answers":{"a":{"answers":["one"]},"b":{"answers":[""]}}}'],
    ['', '{"answers":{"a":{"answers":[""]},"b":{"answers":[""]}}}'],
  ])('asks several questions and takes %j for all of them', async (stdin, expected) => {
    const questions = ['a', 'b'].map((id) => ({ id, question: '?' }));
    const env = question('item/tool/requestUserInput', { questions });
    const { stdout } = await client(['--show', 'all', '--approve', 'ask', 'send', 'x'], env, stdin);
    expect(stdout).toContain(expected);
  });

  it.each([
    [
      question('item/permissions/requestApproval', { permissions: { network: null }, reason: null }),
      '{"permissions":{"network":null},"scope":"turn"}',
    ],
    [
      question('item/tool/requestUserInput', { questions: [{ id: 'q', question: '?' }] }),
      '{"answers":{"q":{"answers":[]}}}',
    ],
    [question('mcpServer/elicitation/request', { message: '?' }), '{"action":"accept"}'],
    [question('item/tool/call', {}), 'the test client does not answer item/tool/call'],
  ])('answers %j', async (env, expected) => {
    const { code, stdout } = await client(['--show', 'all', '--approve', 'accept', 'send', 'x'], env);
    expect(code).toBe(0);
    expect(stdout).toContain(expected);
  });

  it.each([
    [['request', 'nonsense'], 1, 'unknown method'],
    [['request', 'die'], 1, 'exit code 3'],
    [['request', 'x', 'no json'], 2, 'no JSON'],
    [['request', 'x', '[]'], 2, 'must be a JSON object'],
    [['send'], 2, 'send takes one text'],
    [['resume', 'x'], 2, 'resume takes a thread id and a text'],
    [['fly'], 2, "unknown command 'fly'"],
    [['--show', 'none', 'send', 'x'], 2, '--show is'],
    [['--approve', 'maybe', 'send', 'x'], 2, '--approve is'],
    [['--bogus'], 2, '--bogus'],
  ])('ends %j with %i', async (args, code, message) => {
    expect(await client(args)).toMatchObject({ code, stderr: expect.stringContaining(message) });
  });

  it('prints help', async () => {
    expect(await client(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage') });
  });
});

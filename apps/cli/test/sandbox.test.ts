import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { nullLogger, systemClock } from '@codex/base';
import { defaultIsolation } from '@codex/sandbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { main } from '../src/index.ts';

const PATH = process.env['PATH'];
const confines = defaultIsolation({ env: { PATH }, clock: systemClock, log: nullLogger }).support().available;

function place() {
  // Not below /tmp, which a sandbox that may write may write to.
  const root = realpathSync(mkdtempSync(join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), 'codex-cli-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [home, cwd] = [join(root, 'home'), join(root, 'work')];
  mkdirSync(home);
  mkdirSync(cwd);
  return { root, home, cwd };
}

async function codex({ home, cwd }: { home: string; cwd: string }, argv: string[], input = '') {
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  io.stdin.end(input);
  const code = await main(argv, { ...io, env: { PATH, CODEX_HOME: home, HOME: home }, cwd });
  const text = (stream: PassThrough) => String(stream.read() ?? '');
  return { code, stdout: text(io.stdout), stderr: text(io.stderr) };
}

const linux = (...words: string[]) => ['sandbox', 'linux', ...words];

describe('codex sandbox linux', () => {
  it('runs a command that may only read, with our input and its exit code', async () => {
    const at = place();
    const script = 'cat; echo x > made || echo no; echo net=$CODEX_SANDBOX_NETWORK_DISABLED; exit 3';
    const ran = await codex(at, linux('--', 'sh', '-c', script), 'in\n');
    if (!confines) return expect(ran).toMatchObject({ code: 5, stdout: '' });
    expect(ran).toMatchObject({ code: 3, stdout: 'in\nno\nnet=1\n' });
    expect(ran.stderr).toContain('Read-only file system');
    return expect(existsSync(join(at.cwd, 'made'))).toBe(false);
  });

  it('with --full-auto may write here and not elsewhere; settings add folders', async () => {
    const at = place();
    mkdirSync(join(at.root, 'more'));
    const script = `for f in made ../home/x ../more/x; do echo x > $f || echo no $f; done 2>/dev/null`;
    const roots = `sandbox_workspace_write.writable_roots=["${at.root}/more"]`;
    for (const argv of [
      ['-c', roots, 'sandbox', '--full-auto', 'linux', 'sh', '-c', script],
      linux('--config', roots, '--sandbox=workspace-write', 'sh', '-c', script),
    ]) {
      const ran = await codex(at, argv);
      if (confines) expect(ran).toMatchObject({ code: 0, stdout: 'no ../home/x\n' });
      else expect(ran.code).toBe(5);
    }
    expect(existsSync(join(at.cwd, 'made'))).toBe(confines);
  });

  it('leads the command to the proxy where the network is managed, and nowhere else', async () => {
    const at = place();
    writeFileSync(
      join(at.home, 'config.toml'),
      'default_permissions = "net"\n[permissions.net.network]\nenabled = true\n',
    );
    const request = 'GET http://other.example/ HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n\\r\\n';
    const script = [
      'proxy=${HTTP_PROXY##*:}',
      `exec 3<>/dev/tcp/127.0.0.1/$proxy && printf '${request}' >&3 && cat <&3`,
      '(echo > /dev/tcp/1.1.1.1/443) 2>/dev/null && echo ESCAPED',
    ];
    const ran = await codex(at, linux('--', 'bash', '-c', script.join('; ')));
    if (!confines) return expect(ran.code).toBe(5);
    expect(ran.stdout).toContain('"reason":"not_allowed"');
    return expect(ran.stdout).not.toContain('ESCAPED');
  });

  it('tells a signal, and what could not be started', async () => {
    const at = place();
    expect(await codex(at, linux('-s', 'danger-full-access', 'sh', '-c', 'kill -TERM $$'))).toMatchObject({
      code: 143,
    });
    writeFileSync(join(at.cwd, 'plain'), '');
    for (const mode of ['danger-full-access', ...(confines ? ['read-only'] : [])]) {
      const missing = await codex(at, linux('-s', mode, 'no-such-program'));
      expect(missing).toMatchObject({ code: 127, stdout: '' });
      expect(missing.stderr).toMatch(/^codex: .*no-such-program/);
      expect(await codex(at, linux('-s', mode, './plain'))).toMatchObject({ code: 126 });
    }
  });

  it('says that there is no sandbox, and runs nothing', async () => {
    const at = place();
    const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
    const env = { PATH: '/none', CODEX_HOME: at.home };
    const code = await main(linux('/bin/sh', '-c', 'echo ran'), { ...io, env, cwd: at.cwd });
    expect(code).toBe(5);
    expect(String(io.stdout.read() ?? '')).toBe('');
    expect(String(io.stderr.read())).toMatch(/the read-only sandbox cannot be enforced here/);
  });

  it.each(['macos', 'seatbelt'])('asks the sandbox of macOS for %s, and says that it is not here', async (word) => {
    if (process.platform === 'darwin') return;
    const at = place();
    const refused = await codex(at, ['sandbox', word, '--', 'sh', '-c', 'echo ran']);
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    expect(refused.stderr).toMatch(/read-only sandbox cannot be enforced here \(\/usr\/bin\/sandbox-exec, which comes/);
    const free = await codex(at, ['sandbox', word, '-s', 'danger-full-access', 'sh', '-c', 'echo ran $CODEX_SANDBOX']);
    expect(free).toMatchObject({ code: 0, stdout: 'ran\n' });
  });

  it.each([
    [['sandbox'], /the kind of sandbox is needed/],
    [linux(), /a command to run is needed/],
    [linux('--'), /a command to run is needed/],
    [linux('-s', 'none', 'ls'), /'--sandbox' takes one of/],
    [linux('--bogus', 'ls'), /unknown option or kind of sandbox '--bogus'/],
    [linux('-c'), /option '--config' needs a value/],
    [['sandbox', 'windows', 'ls'], /'sandbox windows' is not part of this build/],
    [['-m', 'x', 'sandbox'], /option '--model' does not apply to 'sandbox'/],
  ])('explains %j', async (argv, message) => {
    const { code, stdout, stderr } = await codex(place(), argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('names what is wrong with the configuration', async () => {
    const at = place();
    expect(await codex(at, linux('-c', 'x', 'ls'))).toMatchObject({ code: 1 });
    writeFileSync(join(at.home, 'config.toml'), 'model = 3\n');
    const { code, stderr } = await codex(at, linux('ls'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/config\.toml:1:/);
    expect(await codex(at, linux('--help'))).toMatchObject({ code: 0 });
  });
});

describe('codex execpolicy', () => {
  it('check says what rules make of a command', async () => {
    const at = place();
    writeFileSync(join(at.cwd, 'a.rules'), 'prefix_rule(pattern=["git"], decision="prompt", justification="why")\n');
    const check = (...words: string[]) => codex(at, ['-c', 'x=1', 'execpolicy', 'check', ...words]);
    expect(await check('-r', 'a.rules', 'git', 'status')).toEqual({
      code: 0,
      stdout:
        '{"matchedRules":[{"prefixRuleMatch":{"matchedPrefix":["git"],"decision":"prompt","justification":"why"}}],"decision":"prompt"}\n',
      stderr: '',
    });
    expect(await check('-r', 'a.rules', 'ls')).toMatchObject({ code: 0, stdout: '{"matchedRules":[]}\n' });
    expect(await check('-r', 'none.rules', 'ls')).toMatchObject({ code: 1, stdout: '' });
    expect(await check('ls')).toMatchObject({ code: 2, stdout: '' });
  });

  it('has no other command', async () => {
    const at = place();
    expect((await codex(at, ['execpolicy', 'help'])).stdout).toContain('check');
    expect((await codex(at, ['help', 'execpolicy', 'check'])).stdout).toContain('--rules');
    expect(await codex(at, ['execpolicy'])).toMatchObject({ code: 2 });
    expect((await codex(at, ['execpolicy', '-c', 'x=1', 'eval'])).stderr).toMatch(/unknown command 'eval'/);
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { main } from '../src/index.ts';

const KEY = 'sk-abcdefghijklmnop';
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const ID_TOKEN = `${encode({})}.${encode({ email: 'me@example.com', 'https://api.openai.com/auth': { chatgpt_account_id: 'acc' } })}.sig`;

function place() {
  const home = mkdtempSync(join(tmpdir(), 'codex-login-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const file = join(home, 'auth.json');
  const start = (argv: string[], input = '', more: NodeJS.ProcessEnv = {}) => {
    const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
    io.stdin.end(input);
    const env = { PATH: process.env['PATH'], CODEX_HOME: home, HOME: home, ...more };
    const said = { stdout: '', stderr: '' };
    io.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
    io.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
    return { said, code: main(argv, { ...io, env, cwd: home }) };
  };
  const run = async (argv: string[], input?: string, env?: NodeJS.ProcessEnv) => {
    const { said, code } = start(argv, input, env);
    return { code: await code, ...said };
  };
  const configure = (toml: string) => writeFileSync(join(home, 'config.toml'), toml);
  const stored = () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return { home, file, start, run, configure, stored };
}

/** Grants every code, and device codes at the second question. */
async function startIssuer() {
  const asked: { path: string; body: string }[] = [];
  let polls = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const path = request.url ?? '';
      asked.push({ path, body });
      const answers: Record<string, unknown> = {
        '/oauth/token': { id_token: ID_TOKEN, access_token: 'token-a', refresh_token: 'token-r' },
        '/api/accounts/deviceauth/usercode': { device_auth_id: 'dev', user_code: 'ABCD-1234', interval: '0.01' },
        '/api/accounts/deviceauth/token': { authorization_code: 'granted', code_verifier: 'v' },
      };
      const waits = path.endsWith('deviceauth/token') && polls++ === 0;
      response.writeHead(waits ? 403 : 200).end(JSON.stringify(answers[path]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('codex login --with-api-key', () => {
  it('stores the key from stdin, and status and logout know of it', async () => {
    const { run, stored, file } = place();
    expect(await run(['login', 'status'])).toEqual({ code: 1, stdout: '', stderr: 'Not logged in\n' });
    expect(await run(['login', '--with-api-key'], `${KEY}\n`)).toEqual({
      code: 0,
      stdout: '',
      stderr: 'Reading API key from stdin...\nSuccessfully logged in\n',
    });
    expect(stored()).toEqual({ auth_mode: 'apikey', OPENAI_API_KEY: KEY });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await run(['login', 'status'])).toMatchObject({
      code: 0,
      stderr: 'Logged in using an API key - sk-abcde***lmnop\n',
    });
    expect(await run(['logout'])).toEqual({ code: 0, stdout: '', stderr: 'Successfully logged out\n' });
    expect(existsSync(file)).toBe(false);
    expect(await run(['logout'])).toEqual({ code: 0, stdout: '', stderr: 'Not logged in\n' });
  });

  it('shows nothing of a short key', async () => {
    const { run } = place();
    await run(['login', '--with-api-key'], 'sk-short');
    expect((await run(['login', 'status'])).stderr).toBe('Logged in using an API key - ***\n');
  });

  it('says what is wrong with the input', async () => {
    const { run, file } = place();
    expect(await run(['login', '--with-api-key'], ' \n')).toMatchObject({
      code: 1,
      stderr: 'Reading API key from stdin...\nNo API key provided via stdin.\n',
    });
    expect((await run(['login', '--with-api-key'], 'two words')).code).toBe(1);
    expect((await run(['login', '--with-api-key'], 'x'.repeat(100_000))).stderr).toContain('too long');
    expect(existsSync(file)).toBe(false);
  });

  it('follows the configuration, also that of the command line', async () => {
    const { run, configure, file } = place();
    const forced = ['login', '-c', 'forced_login_method="chatgpt"', '--with-api-key'];
    expect(await run(forced, KEY)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('\nAPI key login is disabled. Use ChatGPT login instead.\n'),
    });
    configure('cli_auth_credentials_store = "keyring"');
    for (const argv of [['login', '--with-api-key'], ['login', 'status'], ['logout'], ['login']]) {
      expect(await run(argv, KEY)).toMatchObject({ code: 1, stderr: expect.stringContaining('no keyring') });
    }
    expect(await run(['-c', 'cli_auth_credentials_store="auto"', 'login', '--with-api-key'], KEY)).toMatchObject({
      code: 0,
    });
    expect(existsSync(file)).toBe(true);
    configure('broken');
    expect(await run(['login', 'status'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Error loading configuration: '),
    });
  });

  it('does not take keys of the environment for a login', async () => {
    const { run } = place();
    const env = { OPENAI_API_KEY: KEY, CODEX_API_KEY: KEY };
    expect(await run(['login', 'status'], '', env)).toMatchObject({ code: 1, stderr: 'Not logged in\n' });
  });
});

describe('codex login status', () => {
  it('knows ChatGPT logins and damaged files', async () => {
    const { run, file } = place();
    writeFileSync(file, JSON.stringify({ tokens: { access_token: 'a' } }));
    expect(await run(['login', 'status'])).toMatchObject({ code: 0, stderr: 'Logged in using ChatGPT\n' });
    writeFileSync(file, `{"OPENAI_API_KEY": "${KEY}`);
    const broken = await run(['login', 'status']);
    expect(broken).toMatchObject({ code: 1, stderr: expect.stringContaining('Error checking login status: ') });
    expect(broken.stderr).not.toContain(KEY);
    expect(await run(['logout'])).toMatchObject({ code: 0, stderr: 'Successfully logged out\n' });
  });
});

describe('codex login', () => {
  it('signs in with the browser of this machine', async () => {
    const { start, stored } = place();
    const issuer = await startIssuer();
    const argv = ['login', '--experimental_issuer', issuer.url, '--experimental_client-id', 'mine'];
    const signIn = async () => {
      const { said, code } = start(argv);
      await expect.poll(() => said.stderr, { timeout: 30_000 }).toMatch(/Without one on this machine|Error/);
      const address = new URL(/http\S+authorize\S+/.exec(said.stderr)?.[0] ?? 'http://none');
      const back = new URL(address.searchParams.get('redirect_uri') ?? 'http://none');
      const state = address.searchParams.get('state') ?? '';
      const page = await fetch(`http://127.0.0.1:${back.port}/auth/callback?code=c&state=${state}`).catch(() => null);
      return { said, code: await code, address, back, page };
    };
    let { said, code, address, back, page } = await signIn();
    // There is one port for this on a machine, and another run of these tests may have taken it over.
    while (/Login cancelled|already in use/.test(said.stderr)) ({ said, code, address, back, page } = await signIn());
    expect({ code, status: page?.status, port: back.port }).toEqual({ code: 0, status: 200, port: '1455' });
    expect(address.origin).toBe(issuer.url);
    expect(address.searchParams.get('client_id')).toBe('mine');
    expect(address.searchParams.get('originator')).toBe('codex_cli_rs');
    expect(said.stderr.endsWith('Successfully logged in\n')).toBe(true);
    expect(said.stderr + said.stdout).not.toMatch(/token-[ar]/);
    expect(stored()).toMatchObject({ auth_mode: 'chatgpt', tokens: { access_token: 'token-a', account_id: 'acc' } });
  });

  it('signs in with another device', async () => {
    const { run, stored } = place();
    const issuer = await startIssuer();
    const { code, stdout, stderr } = await run(['login', '--device-auth', `--experimental_issuer=${issuer.url}/`]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Successfully logged in\n' });
    expect(stdout).toContain(`${issuer.url}/codex/device`);
    expect(stdout).toContain('ABCD-1234');
    expect(stored()).toMatchObject({ tokens: { refresh_token: 'token-r' } });
    expect(issuer.asked.map(({ path }) => path)).toEqual([
      '/api/accounts/deviceauth/usercode',
      '/api/accounts/deviceauth/token',
      '/api/accounts/deviceauth/token',
      '/oauth/token',
    ]);
  });

  it('keeps to what is forced', async () => {
    const { run, file } = place();
    const issuer = await startIssuer();
    const device = ['login', '--device-auth', '--experimental_issuer', issuer.url];
    expect(await run([...device, '-c', 'forced_login_method="api"'])).toMatchObject({
      code: 1,
      stderr: 'ChatGPT login is disabled. Use API key login instead.\n',
    });
    expect(await run([...device, '-c', 'forced_chatgpt_workspace_id="ws-9"'])).toMatchObject({
      code: 1,
      stderr: 'Error logging in with device code: Login is restricted to workspace id ws-9.\n',
    });
    expect(existsSync(file)).toBe(false);
  });

  it('explains its command line', async () => {
    const { run } = place();
    expect(await run(['login', '--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--device-auth') });
    expect(await run(['help', 'logout'])).toMatchObject({ code: 0, stdout: expect.stringContaining('codex logout') });
    for (const [argv, said] of [
      [['login', 'foo'], "unexpected argument 'foo'"],
      [['login', '--api-key', KEY], 'The --api-key flag is no longer supported.'],
      [['login', '--experimental_issuer'], "a value is required for '--experimental_issuer'"],
      [['login', '--experimental_issuer', 'ftp://x'], 'no address of an issuer'],
      [['login', '--with-api-key', '--device-auth'], 'exclude each other'],
      [['login', 'status', '--with-api-key'], 'exclude each other'],
      [['logout', 'status'], "unexpected argument 'status'"],
      [['logout', '--device-auth'], "unexpected argument '--device-auth'"],
      [['-m', 'x', 'login'], "option '--model' does not apply to 'login'"],
    ] as const) {
      const { code, stderr } = await run([...argv]);
      expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
      expect(stderr).not.toContain(KEY);
    }
  });
});

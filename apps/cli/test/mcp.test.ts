import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { main } from '../src/index.ts';

function place() {
  const home = mkdtempSync(join(tmpdir(), 'codex-mcp-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const file = join(home, 'config.toml');
  const start = (...argv: string[]) => {
    const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
    const env = { PATH: process.env['PATH'], CODEX_HOME: home, HOME: home };
    return { stdout: io.stdout, stderr: io.stderr, code: main(argv, { ...io, env, cwd: home }) };
  };
  const mcp = async (...argv: string[]) => {
    const { stdout, stderr, code } = start('mcp', ...argv);
    const exit = await code;
    return { code: exit, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
  };
  return { home, file, start, mcp };
}

const http = (name: string) => ({ name, url: 'http://127.0.0.1:9/mcp' });

describe('codex mcp', () => {
  it('adds, shows and removes servers; the rest of config.toml stays', async () => {
    const { file, home, mcp } = place();
    writeFileSync(file, '# mine\nmodel = "gpt-5" # good\n');
    chmodSync(file, 0o644);
    const added = await mcp('add', 'a', '--env', 'K=V=W', '--', 'echo', '-n', 'a b', '--flag');
    expect(added).toEqual({ code: 0, stdout: "Added global MCP server 'a'.\n", stderr: '' });
    await mcp('add', 'b', `--url=${http('b').url}`, '--bearer-token-env-var', 'TOK');
    await mcp('add', 'd', 'ls', '-l');
    expect(readFileSync(file, 'utf8')).toBe(`# mine
model = "gpt-5" # good

[mcp_servers.a]
args = ["-n", "a b", "--flag"]
command = "echo"

[mcp_servers.a.env]
K = "V=W"

[mcp_servers.b]
bearer_token_env_var = "TOK"
url = "${http('b').url}"

[mcp_servers.d]
args = ["-l"]
command = "ls"
`);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect((await mcp('list')).stdout).toBe(`Name  Command  Args           Env      Cwd  Status   Auth
a     echo     -n a b --flag  K=*****  -    enabled  Unsupported
d     ls       -l             -        -    enabled  Unsupported

Name  Url                     Bearer Token Env Var  Status   Auth
b     http://127.0.0.1:9/mcp  TOK                   enabled  Bearer token
`);
    expect((await mcp('get', 'a')).stdout).toBe(`a
  enabled: true
  transport: stdio
  command: echo
  args: -n a b --flag
  cwd: -
  env: K=*****
  remove: codex mcp remove a
`);
    const stdio = {
      type: 'stdio',
      command: 'echo',
      args: ['-n', 'a b', '--flag'],
      env: { K: 'V=W' },
      env_vars: [],
      cwd: null,
    };
    const common = { name: 'a', enabled: true, disabled_reason: null, transport: stdio };
    const limits = { startup_timeout_sec: null, tool_timeout_sec: null };
    const tools = { enabled_tools: null, disabled_tools: null };
    const json = { ...common, ...tools, ...limits };
    expect((await mcp('get', '--json', 'a')).stdout).toBe(`${JSON.stringify(json, null, 2)}\n`);
    const [first, second] = JSON.parse((await mcp('list', '--json')).stdout) as Record<string, unknown>[];
    expect(first).toEqual({ ...common, ...limits, auth_status: 'unsupported' });
    expect(second).toMatchObject({ auth_status: 'bearer_token', transport: { type: 'streamable_http' } });

    for (const name of ['a', 'b', 'd']) {
      expect((await mcp('remove', name)).stdout).toBe(`Removed global MCP server '${name}'.\n`);
    }
    expect(readFileSync(file, 'utf8').trim()).toBe('# mine\nmodel = "gpt-5" # good');
    expect(await mcp('remove', 'a')).toMatchObject({ code: 0, stdout: "No MCP server named 'a' found.\n" });
    expect(readdirSync(home)).toEqual(['config.toml']);
  });

  it('shows every setting of a server, and of one that is off that it is', async () => {
    const { file, mcp } = place();
    writeFileSync(
      file,
      `[mcp_servers.h]\nurl = "${http('h').url}"\nhttp_headers = { A = "secret" }\nenv_http_headers = { B = "VAR" }
enabled_tools = ["x", "y"]\ndisabled_tools = []\nstartup_timeout_ms = 1500\ntool_timeout_sec = 2
[mcp_servers.off]\ncommand = "x"\nenabled = false\n`,
    );
    expect((await mcp('get', 'h')).stdout).toBe(`h
  enabled: true
  enabled_tools: x, y
  disabled_tools: []
  transport: streamable_http
  url: ${http('h').url}
  bearer_token_env_var: -
  http_headers: A=*****
  env_http_headers: B=VAR
  startup_timeout_sec: 1.5
  tool_timeout_sec: 2
  remove: codex mcp remove h
`);
    expect((await mcp('get', 'off')).stdout).toBe('off (disabled)\n');
  });

  it('says when there are none, also of settings on the command line', async () => {
    const { mcp } = place();
    const none = 'No MCP servers configured yet. Try `codex mcp add my-tool -- my-command`.\n';
    expect((await mcp('list')).stdout).toBe(none);
    expect((await mcp('list', '--json')).stdout).toBe('[]\n');
    expect((await mcp('list', '-c', 'mcp_servers.x.command="ls"')).stdout).toContain('\nx ');
  });

  it.each([
    [['get', 'ghost'], "No MCP server named 'ghost' found."],
    [['add', 'bad name', '--', 'ls'], "invalid server name 'bad name' (use letters, numbers, '-', '_')"],
    [['remove', 'bad name'], "invalid server name 'bad name' (use letters, numbers, '-', '_')"],
    [['login', 'ghost'], "No MCP server named 'ghost' found."],
    [['login', 's'], 'OAuth login is only supported for streamable HTTP servers.'],
    [['logout', 'ghost'], "No MCP server named 'ghost' found in configuration."],
    [['logout', 's'], 'OAuth logout is only supported for streamable_http transports.'],
    [['list', '--enable', 'nope'], 'Unknown feature flag: nope'],
  ])('refuses %j', async (argv, message) => {
    const { file, mcp } = place();
    writeFileSync(file, '[mcp_servers.s]\ncommand = "ls"\n');
    expect(await mcp(...argv)).toEqual({ code: 1, stdout: '', stderr: `Error: ${message}\n` });
  });

  it.each([
    [[], 'a command is needed'],
    [['frob'], "unrecognized subcommand 'frob'"],
    [['list', 'x'], "unexpected argument 'x' found"],
    [['get'], 'the following required arguments were not provided:\n  <NAME>'],
    [['add', 'a'], 'the following required arguments were not provided:\n  <COMMAND|--url <URL>>'],
    [['add', 'a', '--env', 'X', '--', 'ls'], "invalid value 'X' for '--env <KEY=VALUE>'"],
    [['add', 'a', '--url', 'http://x', '--', 'ls'], "'--url <URL>' cannot be used with '[COMMAND]...'"],
    [['add', 'a', '--url', 'http://x', '--env', 'A=B'], "'--env <KEY=VALUE>' cannot be used with '--url <URL>'"],
    [['add', 'a', '--url', 'notaurl'], "invalid value 'notaurl' for '--url <URL>'"],
    [['add', 'a', '--bearer-token-env-var', 'T', '--', 'ls'], "needs '--url <URL>'"],
    [['list', '--json=x'], "unexpected value 'x' for '--json'"],
    [['remove', '--json', 'x'], "unexpected argument '--json' found"],
  ])('does not understand %j', async (argv, message) => {
    const { file, mcp } = place();
    const { code, stderr } = await mcp(...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: `);
    expect(stderr).toContain(message);
    expect(existsSync(file)).toBe(false);
  });

  it('changes nothing in a file that is broken', async () => {
    const { file, mcp } = place();
    writeFileSync(file, 'model = \n');
    expect((await mcp('add', 'a', '--', 'ls')).code).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('model = \n');
  });

  it('logs in and out', async () => {
    const origin = await authServer();
    const { home, mcp, start } = place();
    const hint = 'It asks for a login: run `codex mcp login o`.\n';
    expect((await mcp('add', 'o', '--url', `${origin}/mcp`)).stdout).toBe(`Added global MCP server 'o'.\n${hint}`);
    expect((await mcp('list')).stdout).toContain('Not logged in');
    const { stdout, code } = start('mcp', 'login', 'o', '--scopes', 'a,b');
    let said = '';
    const address = await new Promise<URL>((resolve) => {
      stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const found = /^http.*$/m.exec(said)?.[0];
        if (found) resolve(new URL(found));
      });
    });
    expect(address.searchParams.get('scope')).toBe('a b');
    const back = new URL(address.searchParams.get('redirect_uri') ?? '');
    back.searchParams.set('code', 'c');
    back.searchParams.set('state', address.searchParams.get('state') ?? '');
    await fetch(back);
    expect(await code).toBe(0);
    expect(said).toContain("Successfully logged in to MCP server 'o'.\n");
    expect(statSync(join(home, '.credentials.json')).mode & 0o777).toBe(0o600);
    expect((await mcp('list')).stdout).toContain('OAuth');
    expect((await mcp('logout', 'o')).stdout).toBe("Removed OAuth credentials for 'o'.\n");
    expect((await mcp('logout', 'o')).stdout).toBe("No OAuth credentials stored for 'o'.\n");
  });
});

/** The least of an authorization server. */
async function authServer(): Promise<string> {
  const server = createServer((request, response) => {
    const origin = `http://${request.headers.host}`;
    const answers: Record<string, object> = {
      '/.well-known/oauth-authorization-server/mcp': {
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        registration_endpoint: `${origin}/register`,
      },
      '/register': { client_id: 'me' },
      '/token': { access_token: 'secret', token_type: 'bearer' },
    };
    const answer = answers[request.url ?? ''];
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

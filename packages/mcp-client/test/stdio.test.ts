import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@codex/base';
import { describe, expect, it } from 'vitest';
import { call, mcp, PATIENT, recordingLog, stdio } from './support/mcp.ts';

const textOf = (result: { content?: unknown[] }) => (result.content?.[0] as { text: string } | undefined)?.text ?? '';
const states = async (servers: Parameters<typeof mcp>[0]) => Object.fromEntries(await mcp(servers).ready(PATIENT));

describe('a server that works', () => {
  it('offers the tools of all its pages, as far as the user lets it', async () => {
    const servers = mcp({ 'my-srv': stdio({ enabled_tools: ['echo', 'fail', 'hang'], disabled_tools: ['hang'] }) });
    expect([...(await servers.ready(PATIENT))]).toEqual([['my-srv', { status: 'ready' }]]);
    expect(servers.tools()).toEqual([
      {
        server: 'my-srv',
        qualified: 'mcp__my_srv__echo',
        connector: null,
        info: { name: 'echo', description: 'Does echo.', inputSchema: { type: 'object' } },
      },
      expect.objectContaining({ qualified: 'mcp__my_srv__fail' }),
    ]);
  });

  it('is called, with results, failures and structure as it sends them', async () => {
    const servers = mcp({ tiny: stdio() });
    await servers.ready(PATIENT);
    expect(await call(servers, 'echo', { a: [1] })).toEqual({ content: [{ type: 'text', text: '{"a":[1]}' }] });
    expect(textOf(await call(servers, 'echo', undefined))).toBe('null');
    expect(await call(servers, 'fail', {})).toMatchObject({ isError: true });
    expect(await call(servers, 'data', {})).toMatchObject({ structuredContent: { a: 1 } });
    await expect(call(servers, 'refuse', {})).rejects.toThrow('no such thing');
    expect(await servers.request('tiny', 'resources/list', {}, PATIENT)).toEqual({
      resources: [{ uri: 'memo://one', name: 'one' }],
    });
    await expect(servers.request('zz', 'resources/list', {}, PATIENT)).rejects.toThrow("unknown MCP server 'zz'");
  });

  it('tells its progress', async () => {
    const servers = mcp({ tiny: stdio() });
    await servers.ready(PATIENT);
    const said: string[] = [];
    await call(servers, 'progress', {}, { onProgress: (message) => void said.push(message) });
    expect(said).toEqual(['half']);
  });

  it('asks the user through the one who called it, and is told no without one', async () => {
    const servers = mcp({ tiny: stdio() });
    await servers.ready(PATIENT);
    const question = { message: 'Name?', requestedSchema: { type: 'object', properties: { n: { type: 'string' } } } };
    const asked: unknown[] = [];
    const answered = await call(servers, 'ask', question, {
      onElicit: async (request) => {
        asked.push(request);
        return { action: 'accept', content: { n: 'Ada' } };
      },
    });
    expect(asked).toEqual([expect.objectContaining(question)]);
    expect(JSON.parse(textOf(answered))).toEqual({ action: 'accept', content: { n: 'Ada' } });
    expect(JSON.parse(textOf(await call(servers, 'ask', question)))).toEqual({ action: 'decline' });
  });

  it('sees of the environment what it needs and what the user gives it', async () => {
    const env = { PATH: process.env['PATH'], HOME: '/h', SECRET_KEY: 'x', WANTED: 'w' };
    const servers = mcp({ tiny: stdio({ env_vars: ['WANTED', 'ABSENT'], env: { OWN: 'o' } }) }, { env });
    await servers.ready(PATIENT);
    const seen = JSON.parse(textOf(await call(servers, 'env', {}))) as Record<string, string>;
    expect({ ...seen, PATH: '' }).toEqual({ PATH: '', HOME: '/h', WANTED: 'w', OWN: 'o' });
  });

  it('is told when a call is given up, and serves the next', async () => {
    const servers = mcp({ tiny: stdio() });
    await servers.ready(PATIENT);
    const controller = new AbortController();
    let begun = () => {};
    const atWork = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const hanging = call(servers, 'hang', {}, { signal: controller.signal, onProgress: begun });
    await atWork;
    controller.abort(new Error('enough'));
    await expect(hanging).rejects.toThrow();
    expect(textOf(await call(servers, 'cancelled', {}))).toBe('1');
  });

  it('gets no more time for a call than configured; the clock stands still while a user is asked', async () => {
    const clock = manualClock();
    const servers = mcp({ tiny: stdio({ tool_timeout_sec: 0.3 }) }, { clock });
    await servers.ready(PATIENT);
    const hanging = call(servers, 'hang', {}, { onProgress: () => clock.advance(300) });
    await expect(hanging).rejects.toThrow('timed out awaiting tools/call after 0.3s');
    const slow = await call(
      servers,
      'ask',
      { message: '?', requestedSchema: { type: 'object', properties: {} } },
      {
        onElicit: async () => {
          clock.advance(500);
          return { action: 'decline' };
        },
      },
    );
    expect(textOf(slow)).toContain('decline');
  });

  it.each([
    ['shapeless', 'the MCP server answered with a result whose content is no list'],
    ['nothing', 'the MCP server answered with neither a result nor an error'],
  ])('may answer %s: the call fails in words, and the next one works', async (tool, message) => {
    const servers = mcp({ tiny: stdio() });
    await servers.ready(PATIENT);
    await expect(call(servers, tool, {})).rejects.toThrow(message);
    expect(textOf(await call(servers, 'echo', 1))).toBe('1');
  });

  it.each(['die', 'mute', 'endless'])('is started again when it falls silent for good: %s', async (tool) => {
    const servers = mcp({ tiny: stdio() });
    await servers.ready(PATIENT);
    await expect(call(servers, tool, {})).rejects.toThrow('closed');
    await expect.poll(async () => textOf(await call(servers, 'echo', { back: true }))).toBe('{"back":true}');
  });
});

describe('a server that does not', () => {
  it('fails by itself, in words', async () => {
    expect(
      await states({
        'bad name': stdio(),
        gone: { command: '/no/such/program' },
        off: stdio({ enabled: false }),
        quiet: stdio({ env: { SLOW: 'initialize' }, startup_timeout_sec: 0.2 }),
        slow: stdio({ env: { SLOW: 'tools/list' }, startup_timeout_ms: 1500 }),
        works: stdio(),
      }),
    ).toEqual({
      'bad name': {
        status: 'failed',
        error:
          "MCP client for `bad name` failed to start: MCP startup failed: Invalid MCP server name 'bad name': must match pattern ^[a-zA-Z0-9_-]+$",
      },
      gone: {
        status: 'failed',
        error:
          'MCP client for `gone` failed to start: MCP startup failed: No such file or directory (os error 2): `/no/such/program`',
      },
      quiet: {
        status: 'failed',
        error:
          'MCP client for `quiet` timed out after 0 seconds. Add or adjust `startup_timeout_sec` in your config.toml:\n[mcp_servers.quiet]\nstartup_timeout_sec = XX',
      },
      slow: {
        status: 'failed',
        error:
          'MCP client for `slow` timed out after 1 seconds. Add or adjust `startup_timeout_sec` in your config.toml:\n[mcp_servers.slow]\nstartup_timeout_sec = XX',
      },
      works: { status: 'ready' },
    });
  });

  it('is tried again the next time', async () => {
    const env = { PATH: process.env['PATH'] } as Record<string, string | undefined>;
    const servers = mcp({ web: { url: 'http://127.0.0.1:9', bearer_token_env_var: 'T' } }, { env });
    const text = 'MCP client for `web` failed to start: MCP startup failed: Environment variable T for MCP server';
    expect((await servers.ready(PATIENT)).get('web')).toEqual({ status: 'failed', error: `${text} 'web' is not set` });
    env['T'] = ' ';
    expect((await servers.ready(PATIENT)).get('web')).toEqual({ status: 'failed', error: `${text} 'web' is empty` });
  });

  it('does not keep a caller who has given up', async () => {
    const servers = mcp({ quiet: stdio({ env: { SLOW: 'initialize' } }) });
    const controller = new AbortController();
    const ready = servers.ready(controller.signal);
    controller.abort(new Error('enough'));
    await expect(ready).rejects.toThrow('enough');
  });
});

/** A dead process that nobody has collected yet is dead. */
const alive = (pid: number) => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

it.each([{}, { STUBBORN: '1' }])('nothing of a server is left when it is closed (%j)', async (env) => {
  const { log, texts } = recordingLog();
  const servers = mcp({ tiny: stdio({ env: { CHILD: '1', ...env } }) }, { log });
  await servers.ready(PATIENT);
  const childPid = () => Number(/child (\d+)/.exec(texts.join('\n'))?.[1]);
  await expect.poll(childPid).toBeGreaterThan(0);
  expect(alive(childPid())).toBe(true);
  await servers.close();
  await expect.poll(() => alive(childPid())).toBe(false);
});

it('a server that could not start and does not end by itself is gone when all are closed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'codex-mcp-'));
  const mark = join(folder, 'pid');
  const servers = mcp({ tiny: stdio({ env: { START: 'refuse', STUBBORN: '1', MARK: mark } }) });
  const ready = servers.ready(PATIENT);
  await expect.poll(() => existsSync(mark) && readFileSync(mark, 'utf8')).toMatch(/^\d+$/);
  const pid = Number(readFileSync(mark, 'utf8'));
  rmSync(folder, { recursive: true });
  expect((await ready).get('tiny')).toMatchObject({ status: 'failed' });
  await servers.close();
  expect(alive(pid)).toBe(false);
});

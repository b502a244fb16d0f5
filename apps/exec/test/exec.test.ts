import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@codex/app-server-client';
import { channelPair, nullLogger } from '@codex/base';
import { call, http, inputItems, inputTexts, reasoning, reply, say, type Step, webSearch } from '@codex/mock-model';
import { createServer } from '@codex/server';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, bench } from './kit.ts';

let open: Bench | undefined;
afterEach(() => open?.close());

async function set(...steps: Step[]): Promise<Bench> {
  open = await bench(...steps);
  return open;
}

const shell = (command: string, id = 'c1') => call('shell_command', { command }, id);
const plan = (id: string, ...steps: [string, string][]) =>
  call('update_plan', { plan: steps.map(([step, status]) => ({ step, status })) }, id);
const FULL = ['-s', 'danger-full-access'];

describe('JSON events', () => {
  it('of a turn with everything in it', async () => {
    const { exec } = await set(
      [reasoning(['**One**', '**Two**']), shell('echo hi; exit 3')],
      [plan('p1', ['a', 'in_progress'], ['b', 'pending'])],
      [plan('p2', ['a', 'completed'], ['b', 'in_progress'])],
      [shell("apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: new.txt\n+x\n*** End Patch\nEOF", 'c2')],
      [webSearch('weather'), say('All **done**')],
    );
    const { code, events, stderr } = await exec([...FULL, '--json', 'go']);
    const folder = open?.folder ?? '';
    const command = { id: 'item_2', type: 'command_execution', command: "/bin/bash -lc 'echo hi; exit 3'" };
    const todo = (first: boolean) => ({
      id: 'item_3',
      type: 'todo_list',
      items: [
        { text: 'a', completed: first },
        { text: 'b', completed: false },
      ],
    });
    const [opened, ...rest] = events;
    expect(opened).toEqual({ type: 'thread.started', thread_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(rest).toEqual([
      { type: 'turn.started' },
      { type: 'item.completed', item: { id: 'item_0', type: 'reasoning', text: '**One**' } },
      { type: 'item.completed', item: { id: 'item_1', type: 'reasoning', text: '**Two**' } },
      { type: 'item.started', item: { ...command, aggregated_output: '', exit_code: null, status: 'in_progress' } },
      { type: 'item.completed', item: { ...command, aggregated_output: 'hi\n', exit_code: 3, status: 'failed' } },
      { type: 'item.started', item: todo(false) },
      { type: 'item.updated', item: todo(true) },
      {
        type: 'item.completed',
        item: {
          id: 'item_4',
          type: 'file_change',
          changes: [{ path: join(folder, 'new.txt'), kind: 'add' }],
          status: 'completed',
        },
      },
      { type: 'item.started', item: { id: 'item_5', type: 'web_search', query: '', action: { type: 'other' } } },
      {
        type: 'item.completed',
        item: { id: 'item_5', type: 'web_search', query: 'weather', action: { type: 'search', query: 'weather' } },
      },
      { type: 'item.completed', item: { id: 'item_6', type: 'agent_message', text: 'All **done**' } },
      { type: 'item.completed', item: todo(true) },
      { type: 'turn.completed', usage: { input_tokens: 50, cached_input_tokens: 0, output_tokens: 25 } },
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readFileSync(join(folder, 'new.txt'), 'utf8')).toBe('x\n');
  });

  it('of a failure end with the error and turn.failed', async () => {
    const { exec } = await set(http(400, { error: { message: 'bad' } }));
    const { code, events } = await exec(['--json', 'go']);
    const message = '{"error":{"message":"bad"}}';
    expect(code).toBe(1);
    expect(events.slice(1)).toEqual([
      { type: 'turn.started' },
      { type: 'error', message },
      {
        type: 'turn.failed',
        error: { message, code: 'other' },
        usage: { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0 },
      },
    ]);
  });

  it('of a run with remarks have them as error items behind the thread', async () => {
    const { exec, provider } = await set([say('ok')]);
    const { events, stderr } = await exec(
      [
        ...['--skip-git-repo-check', ...provider().slice(2), '-m', 'unheard-of', '--json'],
        ...['--enable', 'codex_hooks', '-c', 'mcp_servers.none={command="no-such-program"}', 'go'],
      ],
      { bare: true },
    );
    const types = events.map(({ type, item }) => (item as { type?: string } | undefined)?.type ?? type);
    expect(types).toEqual([
      ...['thread.started', 'error', 'error', 'turn.started', 'error', 'agent_message', 'turn.completed'],
    ]);
    const messages = events.flatMap(({ item }) => (item as { message?: string } | undefined)?.message ?? []);
    expect(messages).toEqual([
      expect.stringContaining('Under-development features enabled: codex_hooks'),
      expect.stringContaining('Model metadata for `unheard-of` not found'),
      expect.stringContaining('MCP client for `none` failed to start'),
    ]);
    expect(stderr).toBe('');
  });

  it('of a session that goes on with another model say so', async () => {
    const { exec, provider } = await set([say('one')], [say('two')]);
    await exec(['first']);
    const { events } = await exec(
      ['--skip-git-repo-check', ...provider().slice(2), '-m', 'gpt-5.4', '--json', 'resume', '--last', 'second'],
      { bare: true },
    );
    expect(events[1]).toMatchObject({
      item: { type: 'error', message: expect.stringContaining('ran with `gpt-5` so far and goes on with `gpt-5.4`') },
    });
  });

  it('of a run that takes too long end with what came of it', async () => {
    const { exec } = await set([shell('echo hi; sleep 60')]);
    const { code, events } = await exec([...FULL, '--json', '--timeout', '2', 'go']);
    expect(code).toBe(124);
    expect(events.at(-2)).toEqual({ type: 'error', message: 'the time limit of 2 s is over' });
    expect(events.at(-1)).toMatchObject({
      type: 'turn.failed',
      error: { message: 'the time limit of 2 s is over', code: 'interrupted' },
    });
  });

  it('show what a front end is told to hide from people', async () => {
    const { exec } = await set([reasoning(['summary']), say('ok')]);
    const { events } = await exec(['--json', '-c', 'hide_agent_reasoning=true', 'go']);
    expect(events[2]).toMatchObject({ item: { type: 'reasoning', text: 'summary' } });
  });
});

describe('human mode', () => {
  it('prints the last message on stdout and the course of events on stderr', async () => {
    const { exec } = await set([say('First.'), shell('echo hi')], [say('Last.', { id: 'm2' })]);
    const { code, stdout, stderr } = await exec([...FULL, 'go on']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Last.\n' });
    for (const part of [
      `workdir: ${open?.folder}`,
      'model: gpt-5',
      'provider: mock',
      'approval: never',
      'sandbox: danger-full-access',
      'user\ngo on',
      'codex\nFirst.',
      "exec\n/bin/bash -lc 'echo hi' in ",
      'succeeded in ',
      'hi',
      'tokens used\n30',
    ]) {
      expect(stderr).toContain(part);
    }
    expect(stderr).not.toContain('\u001b');
  });

  it('counts thousands of tokens in a way that can be read', async () => {
    const { exec } = await set(reply([say('ok')], { usage: { input: 1_234_000, output: 567 } }));
    expect((await exec([...FULL, 'go on'])).stderr).toContain('tokens used\n1,234,567');
  });

  it('shows folders of --add-dir as seen from -C', async () => {
    const { exec, folder } = await set([say('ok')]);
    mkdirSync(join(folder, 'sub'));
    const { stderr } = await exec(['--full-auto', '-C', 'sub', '--add-dir', '../beside', 'go']);
    expect(stderr).toMatch(new RegExp(`^sandbox: workspace-write \\[.*${join(folder, 'beside')}[,\\]]`, 'm'));
  });

  it('shows what the model thinks as far as it is configured', async () => {
    const { exec } = await set(...[1, 2].map(() => [reasoning(['summary'], { content: ['raw thought'] }), say('ok')]));
    expect((await exec(['go'])).stderr).toContain('thinking\nsummary\ncodex');
    const { stderr } = await exec(['-c', 'hide_agent_reasoning=true', '-c', 'show_raw_agent_reasoning=true', 'go']);
    expect(stderr).toContain('go\nthinking\nraw thought\ncodex');
  });

  it.each([[], ['--json']])('ends with 5 when commands could not be confined, and says why (%j)', async (...json) => {
    const { exec, folder, model } = await set([shell('touch ran')], [say('Not done.', { id: 'm2' })]);
    const { code, stdout, stderr } = await exec([...json, '--full-auto', 'go'], { env: { PATH: '/none' } });
    expect(code).toBe(5);
    expect(stdout).toContain('Not done.');
    expect(stderr).toMatch(/warning: .*workspace-write sandbox cannot be enforced here \(bubblewrap .* was not found/);
    expect(JSON.stringify(model.calls[1]?.body)).toContain('sandbox cannot be enforced here');
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('can be kept apart from the settings and rules of whoever runs it', async () => {
    const { exec, home, model } = await set([shell('touch mine')], [say('ok')]);
    mkdirSync(join(home, 'rules'));
    writeFileSync(join(home, 'rules', 'default.rules'), 'prefix_rule(pattern=["touch"], decision="forbidden")');
    writeFileSync(join(home, 'config.toml'), 'developer_instructions = "Mine."\n');
    const { code } = await exec([...FULL, '--ignore-user-config', '--ignore-rules', 'go']);
    expect(code).toBe(0);
    expect(JSON.stringify(model.calls[0]?.body)).not.toContain('Mine.');
    expect(existsSync(join(open?.folder ?? '', 'mine'))).toBe(true);
  });

  it('does not begin with rules that cannot be read', async () => {
    const { exec, home, model } = await set([say('ok')]);
    mkdirSync(join(home, 'rules'));
    writeFileSync(join(home, 'rules', 'default.rules'), 'prefix_rule(pattern=[');
    const { code, stdout, stderr } = await exec(['go']);
    expect({ code, stdout, calls: model.calls.length }).toEqual({ code: 1, stdout: '', calls: 0 });
    expect(stderr).toContain('default.rules');
  });

  it('prints nothing on stdout when the turn fails', async () => {
    const { exec } = await set(http(400, 'no'));
    expect(await exec(['--color', 'always', 'go'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('\u001b[31mERROR: no'),
    });
  });
});

describe('what is sent', () => {
  it('is the prompt of stdin as it is, and who we are', async () => {
    const { exec, model } = await set([say('ok')]);
    expect((await exec([], { stdin: ' from stdin\n' })).code).toBe(0);
    expect(inputTexts(model.calls[0]!, 'user').at(-1)).toBe(' from stdin\n');
    expect(model.calls[0]?.headers).toMatchObject({
      originator: 'codex_exec',
      'user-agent': expect.stringMatching(/^codex_exec\/0\.115\.0 .* \(codex-exec; 0\.115\.0\)$/),
    });
  });

  it('is a given prompt though stdin stays open, images first', async () => {
    const { exec, model, folder } = await set([say('ok')]);
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    writeFileSync(join(folder, 'a.png'), Buffer.from(png, 'base64'));
    expect((await exec(['-i', 'a.png', '--', 'look'])).code).toBe(0);
    const message = inputItems(model.calls[0]!).at(-1) as { content: { type: string; text?: string }[] };
    expect(message.content.at(-1)).toMatchObject({ type: 'input_text', text: 'look' });
    expect(message.content.map(({ type }) => type)).toContain('input_image');
  });

  it('is the schema of the last message, and the originator of the environment', async () => {
    const { exec, model, folder } = await set([say('{}')]);
    const schema = { type: 'object', properties: {}, additionalProperties: false };
    writeFileSync(join(folder, 's.json'), JSON.stringify(schema));
    const env = { CODEX_INTERNAL_ORIGINATOR_OVERRIDE: 'codex_sdk_ts' };
    expect((await exec(['--output-schema', 's.json', 'go'], { env })).code).toBe(0);
    expect(model.calls[0]?.body['text']).toMatchObject({ format: { type: 'json_schema', strict: true, schema } });
    expect(model.calls[0]?.headers['originator']).toBe('codex_sdk_ts');
  });

  it('goes out with CODEX_API_KEY to a provider that wants a login', async () => {
    const { exec, model } = await set([say('ok')]);
    const { code } = await exec(
      ['--skip-git-repo-check', '-m', 'gpt-5', '-c', `openai_base_url="${model.url}/v1"`, 'go'],
      {
        bare: true,
        env: { CODEX_API_KEY: 'key-1' },
      },
    );
    expect(code).toBe(0);
    expect(model.calls[0]?.headers['authorization']).toBe('Bearer key-1');
  });
});

describe('a run that cannot begin', () => {
  it.each([
    [['-c', 'nothing', 'x'], 1, "missing '='"],
    [['--enable', 'no-such', 'x'], 1, 'no-such'],
    [['-p', 'no-such', 'x'], 1, 'config profile `no-such` not found'],
    [['-c', 'model_provider="zz"', 'x'], 1, 'Model provider `zz` not found'],
    [['-C', '/no/such/folder', 'x'], 1, '/no/such/folder'],
    [['--output-schema', '/no/such.json', 'x'], 1, '/no/such.json'],
    [['-o', '/no/such/folder/f', 'x'], 1, '/no/such/folder/f'],
    [['--oss', '--local-provider', 'zz', 'x'], 1, "'zz' is no local provider"],
    [['--oss', 'x'], 1, '--local-provider'],
    [['resume', '00000000-0000-7000-8000-000000000001', 'x'], 1, '00000000-0000-7000-8000-000000000001'],
    [['resume', 'no-such-name', 'x'], 1, "'no-such-name'"],
    [['--bogus'], 2, "unexpected argument '--bogus' found"],
  ])('%j ends with %i and calls no model', async (args, code, message) => {
    const { exec, model } = await set();
    expect(await exec(['--json', ...args])).toMatchObject({
      code,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
    expect(model.requests).toEqual([]);
  });

  it('for a schema that is none', async () => {
    const { exec, model, folder } = await set();
    writeFileSync(join(folder, 's.json'), 'null');
    const { code, stderr } = await exec(['--output-schema', 's.json', 'x']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('s.json must hold a JSON object') });
    expect(model.calls).toEqual([]);
  });

  it('for want of a login names three ways', async () => {
    const { exec, home } = await set();
    const { code, stdout, stderr } = await exec(['--skip-git-repo-check', 'x'], { bare: true });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const way of ['codex login', 'CODEX_API_KEY', 'auth.json', 'config.toml', '--oss', 'codex demo'])
      expect(stderr).toContain(way);
    expect(existsSync(join(home, 'sessions'))).toBe(false);
  });

  it('for a blank prompt or one in another encoding', async () => {
    const { exec } = await set();
    expect(await exec([], { stdin: ' \n' })).toMatchObject({ code: 1, stdout: '' });
    expect(await exec(['-'], { stdin: Buffer.from([0xff]) })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not valid UTF-8'),
    });
  });

  it('outside of git, unless told not to look', async () => {
    const { exec, model, folder, provider } = await set([say('ok')], [say('ok')]);
    const outside = await exec([...provider(), 'x'], { bare: true, cwd: '/' });
    expect(outside).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--skip-git-repo-check') });
    expect(model.calls).toEqual([]);
    expect((await exec([...provider(), '--yolo', 'x'], { bare: true, cwd: '/' })).code).toBe(0);
    mkdirSync(join(folder, '.git'));
    expect((await exec([...provider(), 'x'], { bare: true })).code).toBe(0);
  });
});

describe('files', () => {
  const sessions = (home: string) =>
    existsSync(join(home, 'sessions'))
      ? readdirSync(join(home, 'sessions'), { recursive: true })
          .map(String)
          .filter((name) => name.endsWith('.jsonl'))
      : [];

  it('hold the session of an exec, or nothing when it is ephemeral', async () => {
    const { exec, home } = await set([say('ok')], [say('ok')]);
    await exec(['--ephemeral', 'x']);
    expect(sessions(home)).toEqual([]);
    const { events } = await exec(['--json', 'x']);
    const [name] = sessions(home);
    expect(name).toContain(events[0]?.['thread_id']);
    const meta = JSON.parse(readFileSync(join(home, 'sessions', name ?? ''), 'utf8').split('\n')[0] ?? '');
    expect(meta).toMatchObject({ type: 'session_meta', payload: { source: 'exec', originator: 'codex_exec' } });
  });

  it('get the last message as it is, and keep what they have when the turn fails', async () => {
    const { exec, folder } = await set([say('short')], http(400, 'no'), [reasoning('only')]);
    const file = join(folder, 'last.txt');
    writeFileSync(file, 'something longer than the message');
    await exec(['-o', 'last.txt', 'x']);
    expect(readFileSync(file, 'utf8')).toBe('short');
    await exec(['-o', file, 'x']);
    expect(readFileSync(file, 'utf8')).toBe('short');
    const { code, stderr } = await exec(['-o', file, 'x']);
    expect({ code, text: readFileSync(file, 'utf8') }).toEqual({ code: 0, text: '' });
    expect(stderr).toContain('had no message');
  });
});

describe('resume', () => {
  it('goes on with a session by id, and counts the tokens of its own turn only', async () => {
    const { exec, model } = await set(reply([say('one')], { usage: { input: 7, output: 3 } }), [say('two')]);
    const first = await exec(['--json', 'first']);
    const id = String(first.events[0]?.['thread_id']);
    const second = await exec(['--json', 'resume', id, 'second']);
    expect(second.events[0]).toEqual({ type: 'thread.started', thread_id: id });
    expect(second.events.at(-1)).toMatchObject({ usage: { input_tokens: 10, output_tokens: 5 } });
    const texts = inputTexts(model.calls[1]!);
    expect(texts.slice(texts.indexOf('first'))).toEqual(expect.arrayContaining(['first', 'one', 'second']));
  });

  it('finds the newest session of the folder, or of any', async () => {
    const { exec, folder } = await set([say('1')], [say('2')], [say('3')], [say('4')], [say('5')]);
    mkdirSync(join(folder, 'other'));
    const id = async (...args: string[]) => (await exec(['--json', ...args])).events[0]?.['thread_id'];
    const here = await id('first');
    const there = await id('-C', 'other', 'second');
    expect(await id('resume', '--last', 'x')).toBe(here);
    expect(await id('-C', 'other', 'resume', '--last', 'x')).toBe(there);
    expect(await id('resume', '--last', '--all', 'x')).toBe(there);
  });

  it('finds a session by its name', async () => {
    const { exec, home, folder, env } = await set([say('1')], [say('2')], [say('3')]);
    const id = String((await exec(['--json', 'first'])).events[0]?.['thread_id']);
    await exec(['another']);
    const server = createServer({
      home,
      cwd: folder,
      env,
      overrides: [],
      sessionSource: 'exec',
      transport: 'in-process',
      version: '0',
      honourApiKeyEnv: false,
      log: nullLogger,
    });
    const [near, far] = channelPair<unknown, unknown>();
    server.connect(far);
    const client = createClient(near, { onQuestion: () => Promise.reject(new Error('none')) });
    await client.request('initialize', { clientInfo: { name: 'test', version: '1' } });
    await client.request('thread/name/set', { threadId: id, name: 'my session' });
    await client.close();
    await server.close();
    const { events } = await exec(['--json', 'resume', 'my session', 'go on']);
    expect(events[0]).toEqual({ type: 'thread.started', thread_id: id });
  });

  it('begins anew when there is no last session', async () => {
    const { exec } = await set([say('1')]);
    expect((await exec(['--json', 'resume', '--last', 'x'])).code).toBe(0);
  });
});

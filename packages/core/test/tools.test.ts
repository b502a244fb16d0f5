import { existsSync } from 'node:fs';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { manualClock } from '@codex/base';
import { call, custom, inputItems, itemDone, outputOf, type Step, say, toolNames } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { isAlive, rig, type RigOptions, turnsOf } from './harness.ts';

/** Runs one turn in which the model makes these calls, each in a response of its own, and returns their outputs. */
async function outputs(
  steps: Step[],
  settings: Record<string, unknown> = {},
  prepare?: (cwd: string) => Promise<void>,
  options: RigOptions = {},
) {
  const made = await rig([...steps, say('done')], options);
  await prepare?.(made.cwd);
  const talk = await made.start(settings);
  const { status } = await talk.turn('go');
  expect(status).toBe('completed');
  const last = made.model.calls.at(-1)!;
  const output = (id = 'call-1') => outputOf(last, id) as string;
  const items = turnsOf(talk.thread)[0]!.items;
  const item = (id = 'call-1') => items.find((found) => found.id === id);
  return { ...made, talk, last, output, items, item };
}

describe('exec_command (§11.1)', () => {
  it('tells how it ended', async () => {
    const { output, item, talk, cwd } = await outputs([call('exec_command', { cmd: 'echo hi; exit 3' })]);
    expect(output()).toMatch(
      /^Command: \/bin\/bash -lc 'echo hi; exit 3'\nChunk ID: [0-9a-f]{6}\nWall time: \d+\.\d{4} seconds\nProcess exited with code 3\nOriginal token count: 1\nOutput:\nhi\n$/,
    );
    expect(item()).toMatchObject({
      ...{ type: 'commandExecution', status: 'failed', exitCode: 3, aggregatedOutput: 'hi\n', cwd },
      command: "/bin/bash -lc 'echo hi; exit 3'",
    });
    expect(talk.all('item.delta').map(({ delta }) => delta)).toContainEqual({ kind: 'commandOutput', text: 'hi\n' });
  });

  it('runs in its folder with the environment of its thread', async () => {
    const { output, talk } = await outputs(
      [call('exec_command', { cmd: 'pwd; echo $CODEX_THREAD_ID $PAGER', workdir: 'sub', login: false, shell: 'sh' })],
      {},
      (cwd) => mkdir(path.join(cwd, 'sub')),
    );
    expect(output()).toMatch(/^Command: \S*sh -c /);
    expect(output()).toMatch(new RegExp(`/sub\n${talk.thread.id} cat\n$`));
  });

  it('cuts the middle out of long output', async () => {
    const { output } = await outputs([call('exec_command', { cmd: 'seq 1 9999', max_output_tokens: 10 })]);
    expect(output()).toMatch(/Output:\nTotal output lines: 9999\n\n1\n2\n[\s\S]*…\d+ tokens truncated…[\s\S]*9999\n$/);
  });

  it('keeps running as a session that can be typed into and read', async () => {
    const { model, start } = await rig();
    const talk = await start();
    const session = (request: (typeof model.calls)[number], id: string) =>
      Number(/session ID (\d+)/.exec(String(outputOf(request, id)))?.[1]);
    let id = 0;
    model.push(
      call('exec_command', { cmd: 'cat', tty: true, yield_time_ms: 250 }),
      (request) =>
        call(
          'write_stdin',
          { session_id: (id = session(request, 'call-1')), chars: 'x\n', yield_time_ms: 500 },
          'call-2',
        ),
      () => call('write_stdin', { session_id: id, chars: '\u0004', yield_time_ms: 30_000 }, 'call-3'),
      () => call('write_stdin', { session_id: id, chars: 'y' }, 'call-4'),
      say('done'),
    );
    await talk.turn('go');
    const last = model.calls.at(-1)!;
    expect(outputOf(last, 'call-1')).toMatch(
      /\nProcess running with session ID \d+\nOriginal token count: 0\nOutput:\n$/,
    );
    expect(outputOf(last, 'call-1')).not.toContain('exited');
    expect(outputOf(last, 'call-2')).toMatch(/^Command: \/bin\/bash -lc cat\n/);
    // The terminal may take longer than the call waits; then the next one has the rest.
    const read = ['call-2', 'call-3'].map((name) => String(outputOf(last, name)).split('Output:\n')[1]);
    expect(read.join('')).toBe('x\r\nx\r\n');
    expect(outputOf(last, 'call-3')).toMatch(/Process exited with code 0/);
    expect(outputOf(last, 'call-4')).toBe(`write_stdin failed: Unknown process id ${id}`);
    expect(talk.all('item.delta').map(({ delta }) => delta)).toContainEqual({
      ...{ kind: 'terminalInput', processId: String(id), text: 'x\n' },
    });
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({ status: 'completed', processId: String(id) });
  });

  it('reads no input without a terminal', async () => {
    const { model, start } = await rig();
    const talk = await start();
    model.push(
      call('exec_command', { cmd: 'cat; sleep 60', yield_time_ms: 250 }),
      (request) => {
        const session_id = Number(/session ID (\d+)/.exec(String(outputOf(request, 'call-1')))?.[1]);
        return call('write_stdin', { session_id, chars: 'x' }, 'call-2');
      },
      say('done'),
    );
    await talk.turn('go');
    expect(outputOf(model.calls.at(-1)!, 'call-2')).toBe(
      'write_stdin failed: stdin is closed for this session; rerun exec_command with tty=true to keep stdin open',
    );
  });

  it('a missing folder and a missing session are told', async () => {
    const { output, item, last } = await outputs(
      [
        call('exec_command', { cmd: 'ls', workdir: '/no/where' }),
        call('write_stdin', { session_id: 5 }, 'call-2'),
        call('exec_command', { cmd: 'ls', login: true }, 'call-3'),
      ],
      { allow_login_shell: false },
    );
    expect(output()).toMatch(
      /^exec_command failed for `\/bin\/bash -c ls`: CreateProcess .*No such file or directory \(os error 2\): working directory \/no\/where"/,
    );
    expect(item()).toBeUndefined();
    expect(output('call-2')).toBe('write_stdin failed: Unknown process id 5');
    expect(output('call-3')).toBe('login shell is disabled by config; omit `login` or set it to false.');
    const tools = last.body['tools'] as { name?: string; parameters?: { properties: object } }[];
    const properties = tools.find(({ name }) => name === 'exec_command')?.parameters?.properties;
    expect(properties).toHaveProperty('cmd');
    expect(properties).not.toHaveProperty('login');
  });
});

describe('shell and shell_command (§11.2)', () => {
  it('give stdout, then stderr', async () => {
    const { output, item } = await outputs([
      call('shell_command', { command: 'echo b >&2; echo a' }),
      call('shell', { command: ['sh', '-c', 'exit 7'] }, 'call-2'),
      call('container.exec', { command: ['echo', 'c'] }, 'call-3'),
      itemDone({
        ...{ type: 'local_shell_call', call_id: 'call-4', status: 'completed' },
        action: { type: 'exec', command: ['echo', 'd'] },
      }),
    ]);
    expect(output()).toMatch(/^Exit code: 0\nWall time: \d+(\.\d)? seconds\nOutput:\na\nb\n$/);
    expect(output('call-2')).toMatch(/^Exit code: 7\n/);
    expect(output('call-3')).toMatch(/Output:\nc\n$/);
    expect(output('call-4')).toMatch(/Output:\nd\n$/);
    expect(item()).toMatchObject({ status: 'completed', processId: null });
    expect(item('call-2')).toMatchObject({ status: 'failed', exitCode: 7 });
  });

  it('end at their time limit with everything they started', async () => {
    const clock = manualClock();
    const sleeps = call('shell_command', { command: 'sleep 100 & echo pid-$!; sleep 100', timeout_ms: 700 });
    const { start, model } = await rig([sleeps, say('done')], { deps: { clock } });
    const talk = await start();
    const id = talk.begin('go');
    await talk.until('item.delta', ({ delta }) => 'text' in delta && delta.text.includes('pid-'));
    clock.advance(700);
    await talk.ended(id);
    const output = String(outputOf(model.calls[1]!, 'call-1'));
    expect(output).toMatch(
      /^Exit code: 124\nWall time: .* seconds\nOutput:\ncommand timed out after 700 milliseconds\npid-/,
    );
    expect(turnsOf(talk.thread)[0]?.items[1]).toMatchObject({ status: 'failed', exitCode: 124 });
    expect(isAlive(Number(/pid-(\d+)/.exec(output)?.[1]))).toBe(false);
  });

  it('say what is wrong with a call', async () => {
    const { output, item } = await outputs([
      call('shell', { command: [] }),
      call('shell', { command: ['/no/such/program'] }, 'call-2'),
      call('shell_command', { command: 'ls', workdir: 'none' }, 'call-3'),
    ]);
    expect(output()).toBe('command args are empty');
    expect(output('call-2')).toMatch(/^execution error: No such file or .*: program \/no\/such\/program$/);
    expect(output('call-3')).toMatch(/^execution error: No such file or .*: working directory \/.*\/none$/);
    expect(item('call-2')).toMatchObject({ status: 'failed', exitCode: -1 });
  });

  it('a model without a patch tool gets JSON from shell and text from shell_command', async () => {
    const { output } = await outputs(
      [
        call('shell', { command: ['sh', '-c', 'echo out; exit 2'] }),
        call('shell_command', { command: 'echo out' }, 'call-2'),
      ],
      { model: 'gpt-5' },
    );
    expect(JSON.parse(output())).toEqual({
      output: 'out\n',
      metadata: { exit_code: 2, duration_seconds: expect.any(Number) },
    });
    expect(output('call-2')).toMatch(/^Exit code: 0\n/);
  });

  it('cut long output by the model’s own measure', async () => {
    const { output } = await outputs([call('shell_command', { command: 'seq 1 5000' })], { model: 'gpt-5.2' });
    expect(output()).toMatch(
      /^Exit code: 0\nWall time: .*\nTotal output lines: 5000\nOutput:\n1\n[\s\S]*…\d+ chars truncated…/,
    );
  });

  it('counts lines only where some are missing', async () => {
    const { output } = await outputs([call('shell_command', { command: 'head -c 60000 /dev/zero | tr "\\0" a' })]);
    expect(output()).toMatch(/^Exit code: 0\nWall time: .*\nOutput:\na+…\d+ tokens truncated…a+$/);
  });
});

describe('calls of one response', () => {
  it('run side by side, and their outputs come in the order of the calls', async () => {
    const meet = (mine: string, other: string) => `touch ${mine}; until [ -e ${other} ]; do sleep 0.02; done`;
    const { last, items } = await outputs([
      [
        call('exec_command', { cmd: `${meet('a', 'b')}; until [ -e c ]; do sleep 0.02; done; echo A` }),
        call('shell_command', { command: `${meet('b', 'a')}; touch c; echo B` }, 'call-2'),
      ],
    ]);
    expect(
      inputItems(last)
        .filter((item) => String(item['type']).startsWith('function_call'))
        .map((item) => item['call_id']),
    ).toEqual([...['call-1', 'call-2', 'call-1', 'call-2']]);
    expect(items.filter((item) => item.type === 'commandExecution')).toMatchObject([
      { status: 'completed' },
      { status: 'completed' },
    ]);
  });

  it('that are exclusive wait for those before them and hold back those after', async () => {
    const { last, talk } = await outputs([
      [
        call('exec_command', { cmd: 'sleep 0.3; echo first' }),
        call('update_plan', { plan: [{ step: 'a', status: 'pending' }] }, 'call-2'),
        call('exec_command', { cmd: 'echo third' }, 'call-3'),
      ],
    ]);
    const order = talk.events.flatMap(({ event }) => {
      if (event.type === 'turn.plan') return ['plan'];
      if (event.type !== 'item.started' && event.type !== 'item.completed') return [];
      return event.item.type === 'commandExecution' ? [`${event.type} ${event.item.id}`] : [];
    });
    expect(order).toEqual([
      ...['item.started call-1', 'item.completed call-1', 'plan', 'item.started call-3', 'item.completed call-3'],
    ]);
    expect(outputOf(last, 'call-2')).toBe('Plan updated');
  });

  it('that nobody knows are answered', async () => {
    const { output } = await outputs([
      [
        call('nosuch', {}),
        custom('other', 'x', 'call-2'),
        call('exec_command', 'no json', 'call-3'),
        call('exec_command', { cmd: 7 }, 'call-4'),
        itemDone({ type: 'function_call', namespace: 'x', name: 'exec_command', arguments: '{}', call_id: 'call-5' }),
      ],
    ]);
    expect(output()).toBe('unsupported call: nosuch');
    expect(output('call-5')).toBe('unsupported call: x:exec_command');
    expect(output('call-2')).toBe('unsupported custom tool call: other');
    expect(output('call-3')).toMatch(/^failed to parse function arguments: /);
    expect(output('call-4')).toBe(
      'failed to parse function arguments: invalid type: number 7, expected a string at `cmd`',
    );
  });
});

describe('apply_patch (§12)', () => {
  const patch = (...lines: string[]) => ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');
  const ADD = patch('*** Add File: a.txt', '+hi');

  it('writes files and shows what changed', async () => {
    const { output, item, cwd, talk } = await outputs([custom('apply_patch', ADD)]);
    expect(await readFile(path.join(cwd, 'a.txt'), 'utf8')).toBe('hi\n');
    expect(output()).toBe(
      'Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated the following files:\nA a.txt\n',
    );
    expect(item()).toMatchObject({
      ...{ type: 'fileChange', status: 'completed' },
      changes: [{ path: path.join(cwd, 'a.txt'), kind: { type: 'add' } }],
    });
    expect(talk.all('turn.diff').map(({ diff }) => diff)).toEqual([expect.stringContaining('+++ b/a.txt')]);
  });

  it('comes as a function or through a shell as well', async () => {
    const { output, cwd, last } = await outputs(
      [
        call('apply_patch', { input: ADD }),
        call('exec_command', { cmd: `cd sub && apply_patch <<'EOF'\n${ADD}\nEOF` }, 'call-2'),
        call('shell', { command: ['apply_patch', patch('*** Delete File: a.txt')] }, 'call-3'),
        call('shell', { command: [ADD] }, 'call-4'),
        call('exec_command', { cmd: `apply_patch <<'EOF'\n${patch('*** Delete File: none')}\nEOF` }, 'call-5'),
      ],
      {},
      (folder) => mkdir(path.join(folder, 'sub')),
    );
    expect(output()).toMatch(/^Exit code: 0/);
    expect(output('call-2')).toMatch(/^Wall time: 0\.0000 seconds\nOutput:\n\{"output":"Success\. Updated/);
    expect(output('call-3')).toBe(
      'Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated the following files:\nD a.txt\n',
    );
    expect(existsSync(path.join(cwd, 'sub/a.txt'))).toBe(true);
    expect(existsSync(path.join(cwd, 'a.txt'))).toBe(false);
    const kinds = inputItems(last).map((item) => (item['type'] === 'message' ? item['content'] : item['call_id']));
    expect(kinds[kinds.indexOf('call-2') + 1]).toMatchObject([
      {
        text: 'Warning: apply_patch was requested via exec_command. Use the apply_patch tool instead of exec_command.',
      },
    ]);
    expect(kinds[kinds.indexOf('call-5') + 1]).toBe('call-5');
    expect(output('call-5')).toMatch(/^apply_patch verification failed: Failed to read/);
    expect(output('call-4')).toBe(
      'apply_patch verification failed: patch detected without explicit call to apply_patch. Rerun as ["apply_patch", "<patch>"]',
    );
  });

  it('that fails writes nothing and says why', async () => {
    const { output, cwd, items } = await outputs([
      custom('apply_patch', 'nonsense'),
      custom(
        'apply_patch',
        patch('*** Add File: n.txt', '+x', '*** Update File: none.txt', '@@', '-a', '+b'),
        'call-2',
      ),
      custom('apply_patch', patch(), 'call-3'),
      call('apply_patch', '{}', 'call-4'),
    ]);
    expect(output()).toBe(
      "apply_patch verification failed: invalid patch: The first line of the patch must be '*** Begin Patch'",
    );
    expect(output('call-2')).toBe(
      `apply_patch verification failed: Failed to read file to update ${cwd}/none.txt: No such file or directory (os error 2)`,
    );
    expect(existsSync(path.join(cwd, 'n.txt'))).toBe(false);
    expect(output('call-3')).toBe('patch rejected: empty patch');
    expect(output('call-4')).toBe('failed to parse function arguments: missing field `input`');
    expect(items.map(({ type }) => type)).toEqual(['userMessage', 'agentMessage']);
  });

  it('tells the diff of the whole turn', async () => {
    const { talk } = await outputs(
      [
        custom('apply_patch', patch('*** Update File: a.txt', '@@', '-one', '+two')),
        custom('apply_patch', patch('*** Update File: a.txt', '@@', '-two', '+three'), 'call-2'),
      ],
      {},
      (cwd) => writeFile(path.join(cwd, 'a.txt'), 'one\n'),
    );
    const diffs = talk.all('turn.diff').map(({ diff }) => diff);
    expect(diffs).toHaveLength(2);
    expect(diffs[1]).toMatch(/-one\n\+three\n/);
    expect(diffs[1]).not.toContain('two');
  });

  it('outside the roots is refused when nobody can be asked', async () => {
    const { output } = await outputs([custom('apply_patch', ADD)], { sandbox_mode: 'read-only' });
    expect(output()).toBe('patch rejected: writing outside of the project; rejected by user approval settings');
  });
});

describe('other tools (§11.4)', () => {
  it('update_plan shows steps and knows their states', async () => {
    const { output, talk } = await outputs([
      call('update_plan', { explanation: 'why', plan: [{ step: 'a', status: 'in_progress' }] }),
      call('update_plan', { plan: [{ step: 'a', status: 'bogus' }] }, 'call-2'),
    ]);
    expect(output()).toBe('Plan updated');
    expect(output('call-2')).toMatch(
      /^failed to parse function arguments: unknown variant `bogus`, expected one of `pending`, `in_progress`, `completed`/,
    );
    expect(talk.all('turn.plan')).toEqual([
      { type: 'turn.plan', explanation: 'why', steps: [{ step: 'a', status: 'inProgress' }] },
    ]);
  });

  it('view_image puts an image before the model, or says why not', async () => {
    const { last, output, item, cwd } = await outputs(
      [
        call('view_image', { path: 'a.png' }),
        call('view_image', { path: 'none.png' }, 'call-2'),
        call('view_image', { path: '.' }, 'call-3'),
        call('view_image', { path: 'a.txt' }, 'call-4'),
        call('view_image', { path: 'huge.png' }, 'call-5'),
      ],
      {},
      async (folder) => {
        await writeFile(path.join(folder, 'a.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
        await writeFile(path.join(folder, 'a.txt'), 'x');
        await writeFile(path.join(folder, 'huge.png'), '');
        await truncate(path.join(folder, 'huge.png'), 21 * 1024 * 1024);
      },
    );
    expect(outputOf(last, 'call-1')).toEqual([
      { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
    ]);
    expect(item()).toEqual({ type: 'imageView', id: 'call-1', path: path.join(cwd, 'a.png') });
    expect(output('call-2')).toMatch(/^unable to locate image at `.*none\.png`: /);
    expect(output('call-3')).toBe(`image path \`${cwd}\` is not a file`);
    expect(output('call-4')).toContain('unsupported MIME type `text/plain`');
    expect(item('call-4')).toBeUndefined();
    expect(output('call-5')).toContain('it has 21 MB and images of at most 20 MB can be sent; make it smaller');
  });

  it('are offered as model, features and depth want it (§10.2)', async () => {
    const { model, start } = await rig([say('1'), say('2'), say('3'), say('4')]);
    const offered = async (settings: Record<string, unknown>) => {
      await (await start(settings)).turn('hi');
      return toolNames(model.calls.at(-1)!);
    };
    const agents = ['spawn_agent', 'send_input', 'resume_agent', 'wait_agent', 'close_agent'];
    const rest = ['update_plan', 'request_user_input', 'apply_patch', 'web_search', 'view_image', ...agents];
    expect(await offered({ model: 'gpt-5.4' })).toEqual(['exec_command', 'write_stdin', ...rest]);
    const plain = rest.filter((name) => name !== 'apply_patch');
    expect(await offered({ model: 'gpt-5' })).toEqual(['exec_command', 'write_stdin', ...plain]);
    expect(await offered({ model: 'gpt-5', 'features.unified_exec': false })).toEqual(['shell', ...plain]);
    expect(await offered({ 'features.unified_exec': false, web_search: 'disabled' })).toEqual([
      'shell_command',
      ...rest.filter((name) => name !== 'web_search'),
    ]);
  });

  it('of the model itself are offered to models that have one', async () => {
    const action = { type: 'exec', command: ['echo', 'hi'] };
    const { model, start, home } = await rig([
      [itemDone({ type: 'local_shell_call', call_id: 'call-1', status: 'completed', action })],
      say('done'),
    ]);
    const catalog = path.join(home, 'catalog.json');
    await writeFile(catalog, JSON.stringify({ models: [LOCAL_MODEL] }));
    const settings = { model: 'mine', model_catalog_json: catalog, 'features.unified_exec': false };
    await (await start(settings)).turn('hi');
    expect((model.calls[0]!.body['tools'] as unknown[])[0]).toEqual({ type: 'local_shell' });
    expect(outputOf(model.calls[1]!, 'call-1')).toContain('hi');
  });
});

/** As little as a catalogue has to say of a model. */
const LOCAL_MODEL = {
  ...{ slug: 'mine', display_name: 'Mine', shell_type: 'local', visibility: 'list', priority: 1 },
  ...{ supported_reasoning_levels: [], supported_in_api: true, base_instructions: 'Work.' },
  ...{ truncation_policy: { mode: 'bytes', limit: 10_000 }, supports_parallel_tool_calls: false },
  ...{ support_verbosity: false, experimental_supported_tools: [] },
};

it('clocks stand still while a human is asked something elsewhere', async () => {
  const { start, model } = await rig([
    [
      call('shell_command', { command: 'sleep 0.4; echo one', timeout_ms: 50 }),
      call('exec_command', { cmd: 'sleep 0.6; echo two', yield_time_ms: 250 }, 'call-2'),
    ],
    say('ok'),
  ]);
  const talk = await start();
  talk.thread.pauseClocks(1);
  await talk.turn('go');
  talk.thread.pauseClocks(-1);
  expect(outputOf(model.calls[1]!, 'call-1')).toMatch(/^Exit code: 0\n[\s\S]*one\n$/);
  expect(outputOf(model.calls[1]!, 'call-2')).toMatch(/exited with code 0\n[\s\S]*two\n$/);
});

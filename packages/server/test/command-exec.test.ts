import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '@codex/base';
import { expect, test } from 'vitest';
import { connect, INITIALIZE, introduced, type Client, clientOn, slowChannel } from './support/client.ts';
import { isAlive } from './support/processes.ts';
import { world } from './support/server.ts';

const sh = (script: string) => ['sh', '-c', script];
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** What was streamed so far, as text. */
function streamed(client: Client, processId: string, stream = 'stdout'): string {
  const pieces = client.log.filter(
    ({ method, params }) =>
      method === 'command/exec/outputDelta' && params?.['processId'] === processId && params['stream'] === stream,
  );
  return Buffer.concat(pieces.map(({ params }) => Buffer.from(String(params?.['deltaBase64']), 'base64'))).toString();
}

async function untilStreamed(client: Client, processId: string, text: string): Promise<void> {
  await client.until(() => streamed(client, processId).includes(text));
}

async function refusal(client: Client, method: string, params: unknown): Promise<unknown[]> {
  const { error } = await client.call(method, params);
  return [error?.code, error?.message];
}

test('a command answers with its exit code and both streams', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  mkdirSync(join(cwd, 'sub'));
  expect(await client.request('command/exec', { command: sh('pwd; cat; echo err >&2; exit 4'), cwd: 'sub' })).toEqual({
    exitCode: 4,
    stdout: `${join(cwd, 'sub')}\n`,
    stderr: 'err\n',
  });
});

test('variables are set and removed over the environment of the configuration', async () => {
  const { server } = world({ config: '[shell_environment_policy]\nset = { FLAVOR = "mint", COLOR = "red" }' });
  const client = await introduced(server);
  const command = sh('echo "$FLAVOR/$COLOR/${HOME-unset}"');
  const env = { FLAVOR: 'lime', HOME: null };
  expect(await client.request('command/exec', { command, env })).toMatchObject({ stdout: 'lime/red/unset\n' });
});

test('contradictions are refused before anything runs', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  const command = ['touch', join(cwd, 'ran')];
  const refused = (params: object) => refusal(client, 'command/exec', { command, ...params });
  expect(await refused({ command: [] })).toEqual([-32600, 'command must not be empty']);
  expect(await refused({ size: { rows: 1, cols: 1 } })).toEqual([-32602, 'command/exec size requires tty: true']);
  expect(await refused({ disableOutputCap: true, outputBytesCap: 0 })).toEqual([
    -32602,
    'command/exec cannot set both outputBytesCap and disableOutputCap',
  ]);
  expect(await refused({ disableTimeout: true, timeoutMs: -1 })).toEqual([
    -32602,
    'command/exec cannot set both timeoutMs and disableTimeout',
  ]);
  expect(await refused({ timeoutMs: -1 })).toEqual([-32602, 'command/exec timeoutMs must be non-negative, got -1']);
  expect(await refused({ tty: true, size: { rows: 0, cols: 1 } })).toEqual([
    -32602,
    'command/exec size rows and cols must be greater than 0',
  ]);
  const needsId = [-32600, 'command/exec tty or streaming requires a client-supplied processId'];
  for (const params of [{ tty: true }, { streamStdin: true }, { streamStdoutStderr: true }]) {
    expect(await refused(params)).toEqual(needsId);
  }
  expect(existsSync(join(cwd, 'ran'))).toBe(false);
});

test('what cannot be started says why', async () => {
  const { server } = world();
  const client = await introduced(server);
  const missing = (what: string) => [
    -32603,
    `failed to spawn command: No such file or directory (os error 2): ${what}`,
  ];
  const program = missing('program no-such-program');
  expect(await refusal(client, 'command/exec', { command: ['no-such-program'] })).toEqual(program);
  const onTerminal = { command: ['no-such-program'], tty: true, processId: 'p' };
  expect(await refusal(client, 'command/exec', onTerminal)).toEqual(program);
  const elsewhere = { command: ['true'], cwd: '/no/such/folder' };
  expect(await refusal(client, 'command/exec', elsewhere)).toEqual(missing('working directory /no/such/folder'));
  // Its name is free again.
  expect(await client.request('command/exec', { command: ['true'], processId: 'p' })).toMatchObject({ exitCode: 0 });
});

/** A clock on which waits of this length are over when the test says so. */
function heldClock(ms: number): { clock: Clock; pass: () => void } {
  let due = () => {};
  const timer: Clock['timer'] = (wait, run) => {
    if (wait !== ms) return systemClock.timer(wait, run);
    due = run;
    return () => void (due = () => {});
  };
  return { clock: { ...systemClock, timer }, pass: () => due() };
}

test('a time limit ends the command with 124 and keeps what it said', async () => {
  const limit = heldClock(200);
  const { server, cwd } = world({ clock: limit.clock });
  const client = await introduced(server);
  const command = sh('echo early; touch said; sleep 30');
  const done = client.request('command/exec', { command, timeoutMs: 200 });
  await expect.poll(() => existsSync(join(cwd, 'said'))).toBe(true);
  limit.pass();
  expect(await done).toEqual({ exitCode: 124, stdout: 'early\n', stderr: '' });
});

test('output without a cap is cut where no message could hold it', async () => {
  const { server } = world();
  const client = await introduced(server);
  const command = ['head', '-c', '90000000', '/dev/zero'];
  const { stdout } = (await client.request('command/exec', { command, disableOutputCap: true })) as { stdout: string };
  expect(stdout).toHaveLength(Math.floor((250 * 1024 * 1024) / 6));
  expect(await client.request('command/exec', { command: ['true'] })).toMatchObject({ exitCode: 0 });
});

test('output is cut at the cap of each stream', async () => {
  const { server } = world();
  const client = await introduced(server);
  const command = sh('printf 1234567890; printf äöü >&2');
  expect(await client.request('command/exec', { command, outputBytesCap: 3 })).toEqual({
    exitCode: 0,
    stdout: '123',
    stderr: 'ä',
  });
  const all = await client.request('command/exec', {
    command: sh('head -c 3000000 /dev/zero'),
    disableOutputCap: true,
  });
  expect(all.stdout).toHaveLength(3_000_000);
  const usual = await client.request('command/exec', { command: sh('head -c 3000000 /dev/zero') });
  expect(usual.stdout).toHaveLength(1024 * 1024);
});

test('streamed output comes before the result, ends at the cap, and is not repeated', async () => {
  const { server } = world();
  const client = await introduced(server);
  const command = sh('printf 12; read go; printf 3456; printf abcd >&2; read go; echo late');
  const params = { command, processId: 'p', streamStdin: true, streamStdoutStderr: true, outputBytesCap: 4 };
  const done = client.request('command/exec', params);
  const go = () => client.request('command/exec/write', { processId: 'p', deltaBase64: base64('\n') });
  await untilStreamed(client, 'p', '12');
  await go();
  await untilStreamed(client, 'p', '1234');
  await go();
  expect(await done).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  const deltas = client.log.flatMap(({ method, params: sent }) => (method?.endsWith('/outputDelta') ? [sent] : []));
  const on = (stream: string) => deltas.filter((delta) => delta?.['stream'] === stream);
  expect(on('stdout').map((delta) => delta?.['capReached'])).toEqual([false, true]);
  expect(on('stderr').map((delta) => delta?.['capReached'])).toEqual([true]);
  expect([streamed(client, 'p'), streamed(client, 'p', 'stderr')]).toEqual(['1234', 'abcd']);
  expect(client.log.at(-1)?.result).toBeDefined();
});

test('input is written to a process until it is closed', async () => {
  const { server } = world();
  const client = await introduced(server);
  const done = client.request('command/exec', { command: ['cat'], processId: 'p', streamStdin: true });
  await client.request('command/exec/write', { processId: 'p', deltaBase64: base64('one ') });
  await client.request('command/exec/write', { processId: 'p', deltaBase64: base64('two'), closeStdin: true });
  expect(await done).toEqual({ exitCode: 0, stdout: 'one two', stderr: '' });
});

test('writes that make no sense are refused', async () => {
  const { server } = world();
  const client = await introduced(server);
  const write = (params: object) => refusal(client, 'command/exec/write', { processId: 'p', ...params });
  const noProcess = [-32600, 'no active command/exec for process id "p"'];
  expect(await write({ closeStdin: true })).toEqual(noProcess);
  expect(await write({})).toEqual([-32602, 'command/exec/write requires deltaBase64 or closeStdin']);
  expect(await write({ deltaBase64: '***' })).toEqual([-32602, 'invalid deltaBase64: Invalid symbol 42, offset 0.']);
  const open = client.request('command/exec', { command: sh('cat; sleep 30'), processId: 'p', streamStdin: true });
  await client.request('command/exec/write', { processId: 'p', closeStdin: true });
  expect(await write({ deltaBase64: 'aGk=' })).toEqual([-32600, 'stdin is already closed']);
  await client.request('command/exec/write', { processId: 'p', closeStdin: true });
  await client.request('command/exec/terminate', { processId: 'p' });
  await open;
  const shut = client.request('command/exec', { command: ['sleep', '30'], processId: 'p' });
  expect(await write({ deltaBase64: 'aGk=' })).toEqual([
    -32600,
    'stdin streaming is not enabled for this command/exec',
  ]);
  await client.request('command/exec/terminate', { processId: 'p' });
  await shut;
  expect(await write({ closeStdin: true })).toEqual(noProcess);
});

test('a terminal has the size it was given and is resized', async () => {
  const { server } = world();
  const client = await introduced(server);
  const command = sh('stty -echo; stty size; read x; stty size; exit 5');
  const size = { rows: 31, cols: 77 };
  const done = client.request('command/exec', { command, processId: 't', tty: true, size });
  await untilStreamed(client, 't', '31 77');
  await client.request('command/exec/resize', { processId: 't', size: { rows: 40, cols: 100 } });
  await client.request('command/exec/write', { processId: 't', deltaBase64: base64('go\n') });
  expect(await done).toEqual({ exitCode: 5, stdout: '', stderr: '' });
  expect(streamed(client, 't')).toBe('31 77\r\n40 100\r\n');
});

test('only a terminal can be resized, and only to a size', async () => {
  const { server } = world();
  const client = await introduced(server);
  const done = client.request('command/exec', { command: ['sleep', '30'], processId: 'p' });
  const resize = (rows: number) => refusal(client, 'command/exec/resize', { processId: 'p', size: { rows, cols: 9 } });
  expect(await resize(9)).toEqual([-32600, 'failed to resize PTY: process is not attached to a PTY']);
  expect(await resize(0)).toEqual([-32602, 'command/exec size rows and cols must be greater than 0']);
  await client.request('command/exec/terminate', { processId: 'p' });
  await done;
});

test('terminate ends a command with everything it started', async () => {
  const { server } = world();
  const client = await introduced(server);
  const detached = `(setsid sh -c 'echo $$; exec sleep 60 >/dev/null 2>&1' &)`;
  const command = sh(`${detached}; sleep 60 & echo $!; wait`);
  const done = client.request('command/exec', { command, processId: 'p', streamStdoutStderr: true });
  await client.until(() => streamed(client, 'p').split('\n').length > 2);
  const children = streamed(client, 'p').trim().split('\n').map(Number);
  expect(children.map(isAlive)).toEqual([true, true]);
  expect(await client.request('command/exec/terminate', { processId: 'p' })).toEqual({});
  expect(await done).toMatchObject({ exitCode: -1 });
  expect(children.map(isAlive)).toEqual([false, false]);
});

test('a process that has ended is no longer running while its output is still read', async () => {
  const limit = heldClock(300);
  const { server, cwd } = world({ clock: limit.clock });
  const client = await introduced(server);
  const command = sh('echo ready; (until [ -e go ]; do sleep 0.02; done; echo late) & exit 3');
  const done = client.request('command/exec', { command, processId: 'p', streamStdoutStderr: true, timeoutMs: 300 });
  await untilStreamed(client, 'p', 'ready');
  const gone = () => refusal(client, 'command/exec/terminate', { processId: 'p' });
  const write = () => refusal(client, 'command/exec/write', { processId: 'p', closeStdin: true });
  while (String(await write()).includes('not enabled')) await systemClock.sleep(5);
  expect(await gone()).toEqual([-32600, 'command/exec "p" is no longer running']);
  limit.pass();
  writeFileSync(join(cwd, 'go'), '');
  expect(await done).toMatchObject({ exitCode: 3 });
  expect(streamed(client, 'p')).toBe('ready\nlate\n');
});

test('the name of a process is taken while it runs, for its own connection', async () => {
  const { server } = world();
  const client = await introduced(server);
  const other = await introduced(server);
  const running = { command: ['sleep', '30'], processId: 'p' };
  const done = client.request('command/exec', running);
  expect(await refusal(client, 'command/exec', running)).toEqual([
    -32600,
    'duplicate active command/exec process id: "p"',
  ]);
  expect(await other.request('command/exec', { command: ['true'], processId: 'p' })).toMatchObject({ exitCode: 0 });
  expect(await refusal(other, 'command/exec/terminate', { processId: 'p' })).toEqual([
    -32600,
    'no active command/exec for process id "p"',
  ]);
  await client.request('command/exec/terminate', { processId: 'p' });
  await done;
});

test('the processes of a connection end with it', async () => {
  const { server } = world();
  const client = await introduced(server);
  const command = sh('echo $$; sleep 60');
  const params = { command, processId: 'p', streamStdoutStderr: true, disableTimeout: true };
  client.send({ id: 1, method: 'command/exec', params });
  await untilStreamed(client, 'p', '\n');
  const pid = Number(streamed(client, 'p'));
  client.hangUp();
  await client.closed;
  expect(isAlive(pid)).toBe(false);
});

test('a command asked for just before the connection ends does not stay', async () => {
  const { server, cwd } = world();
  const client = connect(server);
  await client.call('initialize', INITIALIZE);
  const command = sh(`echo $$ > ${join(cwd, 'pid')}; exec sleep 60`);
  client.send({ id: 1, method: 'command/exec', params: { command, disableTimeout: true } });
  client.hangUp();
  await client.closed;
  if (existsSync(join(cwd, 'pid'))) expect(isAlive(Number(readFileSync(join(cwd, 'pid'), 'utf8')))).toBe(false);
});

test('as many commands as run leave room for what ends them', async () => {
  const { server } = world();
  const client = await introduced(server);
  const command = ['sleep', '60'];
  const started = Array.from({ length: 64 }, (_, n) =>
    client.call('command/exec', { command, processId: `p${n}`, disableTimeout: true }),
  );
  expect(await refusal(client, 'command/exec', { command })).toEqual([
    -32001,
    '64 commands of this connection are running; wait for one to end or terminate it',
  ]);
  await Promise.all(started.map((_, n) => client.request('command/exec/terminate', { processId: `p${n}` })));
  expect((await Promise.all(started)).map(({ result }) => result)).toContainEqual({
    exitCode: -1,
    stdout: '',
    stderr: '',
  });
});

test('a client that reads slowly slows the command down and loses nothing', async () => {
  const { server } = world({ limits: { highWaterBytes: 64 * 1024, queuedBytes: 1024 * 1024 } });
  const peer = slowChannel();
  const client = clientOn(server, peer.channel, peer.near);
  await client.call('initialize', INITIALIZE);
  peer.shut();
  const command = sh('yes 123456789 | head -c 4000000');
  const params = { command, processId: 'p', streamStdoutStderr: true, disableOutputCap: true };
  const done = client.call('command/exec', params);
  const timer = setInterval(() => {
    peer.open();
    peer.shut();
  }, 2);
  expect((await done).result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  clearInterval(timer);
  peer.open();
  expect(streamed(client, 'p')).toHaveLength(4_000_000);
});

test('a policy that confines is answered by what can confine, never by running unconfined', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  const answer = await client.call('command/exec', {
    command: ['touch', join(cwd, 'written')],
    sandboxPolicy: { type: 'readOnly' },
  });
  if (answer.error)
    expect([answer.error.code, answer.error.message]).toEqual([-32603, expect.stringMatching(/^exec failed: /)]);
  else expect(answer.result).toMatchObject({ exitCode: 1 });
  expect(existsSync(join(cwd, 'written'))).toBe(false);
});

test('without a policy of its own a command runs under the configured one', async () => {
  const { server, cwd } = world({ overrides: [{ path: ['sandbox_mode'], value: 'read-only' }] });
  const client = await introduced(server);
  await client.call('command/exec', { command: ['touch', join(cwd, 'written')] });
  expect(existsSync(join(cwd, 'written'))).toBe(false);
});

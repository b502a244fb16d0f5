import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { main } from '../src/index.ts';
import { createLog } from '../src/log.ts';

const cwd = mkdtempSync(join(tmpdir(), 'app-server-main-'));
afterEach(() => rmSync(join(cwd, 'out'), { recursive: true, force: true }));

async function run(...argv: string[]) {
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), env: {}, cwd };
  const code = await main(argv, io);
  const text = (stream: PassThrough) => String(stream.read() ?? '');
  return { code, stdout: text(io.stdout), stderr: text(io.stderr) };
}

it('prints help and version', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--listen'), stderr: '' });
  expect(await run('--version')).toEqual({ code: 0, stdout: 'codex-app-server 0.115.0\n', stderr: '' });
});

it.each([
  [['--listen', 'ws://localhost:0'], 2, 'expected `ws://IP:PORT`'],
  [['--nope'], 2, "unexpected argument '--nope' found"],
  [['-c', 'nothing'], 1, "missing '='"],
  [['--enable', 'no-such-feature'], 1, 'no-such-feature'],
])('ends %j with %i', async (argv, code, message) => {
  expect(await run(...argv)).toEqual({ code, stdout: '', stderr: expect.stringContaining(message) });
});

it('writes the protocol as types and as schema, without and with what is experimental', async () => {
  expect((await run('generate-ts', '--out', 'out/ts')).code).toBe(0);
  expect(readFileSync(join(cwd, 'out/ts/v2/TurnStartParams.ts'), 'utf8')).toContain('export type TurnStartParams');
  expect(readFileSync(join(cwd, 'out/ts/index.ts'), 'utf8')).toContain('export * as v2');
  const schema = async (...flags: string[]) => {
    expect((await run('generate-json-schema', '--out', 'out/json', ...flags)).code).toBe(0);
    return readFileSync(join(cwd, 'out/json/codex_app_server_protocol.schemas.json'), 'utf8');
  };
  expect(await schema()).not.toContain('mock/experimentalMethod');
  expect(await schema('--experimental')).toContain('mock/experimentalMethod');
});

it.each([
  [{}, ['e']],
  [{ RUST_LOG: 'warn' }, ['w', 'e']],
  [{ RUST_LOG: 'off' }, []],
  [{ RUST_LOG: 'error,codex_core=debug' }, ['d', 'i', 'w', 'e']],
  [{ RUST_LOG: 'nonsense' }, ['e']],
])('logs with %j from the level it names', async (env, expected) => {
  const stderr = new PassThrough();
  const log = createLog(stderr, { ...env, LOG_FORMAT: ' JSON ' });
  log.trace({}, 't');
  log.debug({}, 'd');
  log.info({}, 'i');
  log.warn({}, 'w');
  log.child({ threadId: 'T' }).error({ error: new Error('why') }, 'e');
  await log.flush();
  const text = String(stderr.read() ?? '');
  const entries = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  expect(entries.map(({ msg }) => msg)).toEqual(expected);
  if (expected.length > 0)
    expect(entries.at(-1)).toMatchObject({ level: 'error', threadId: 'T', error: { message: 'why' } });
});

it('keeps entries of every level beside those it shows', async () => {
  const stderr = new PassThrough();
  const log = createLog(stderr, { RUST_LOG: 'warn', LOG_FORMAT: 'json' });
  log.debug({}, 'before');
  const lines: { level: string; msg: string; threadId?: string }[] = [];
  const kept = log.keep({ write: (line) => lines.push(JSON.parse(line)) });
  log.trace({}, 'first');
  log.child({ threadId: 'T' }).info({ n: 1 }, 'second');
  log.warn({}, 'third');
  await kept.flush();
  log.debug({}, 'fourth');
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    ...[
      ['trace', 'first'],
      ['info', 'second'],
      ['warn', 'third'],
      ['debug', 'fourth'],
    ],
  ]);
  expect(lines[1]).toMatchObject({ threadId: 'T', n: 1 });
  expect(String(stderr.read()).trim().split('\n')).toHaveLength(1);
});

it('does not load anything for the small talk of a short life', async () => {
  const log = createLog(new PassThrough(), {});
  const lines: string[] = [];
  const kept = log.keep({ write: (line) => lines.push(line) });
  log.debug({}, 'connection closed');
  await kept.end();
  expect(lines).toEqual([]);
  log.info({}, 'worth it');
  await kept.end();
  expect(lines).toHaveLength(2);
});

it('logs text unless told otherwise', async () => {
  const stderr = new PassThrough();
  const log = createLog(stderr, {});
  log.error({ line: 3, error: new Error('why') }, 'it broke');
  await log.flush();
  expect(String(stderr.read())).toMatch(/^\d{4}-.*Z ERROR it broke line=3 error=why\n$/);
});

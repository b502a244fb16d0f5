import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { call, say, stall } from '@codex/mock-model';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, bench } from './kit.ts';

interface Bundler {
  bundle: (options: { entry: string; folder: string; loader: string }) => Promise<string>;
}

const root = mkdtempSync(join(tmpdir(), 'exec-program-'));
let open: Bench | undefined;
let child: ChildProcessWithoutNullStreams | undefined;

beforeAll(async () => {
  const build = new URL('../../../tools/build/', import.meta.url);
  const { bundle } = (await import(new URL('bundle.mjs', build).href)) as Bundler;
  await bundle({
    entry: fileURLToPath(new URL('child.ts', import.meta.url)),
    folder: join(root, 'program'),
    loader: fileURLToPath(new URL('loader.cjs', build)),
  });
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await open?.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Starts the program; what it prints is collected, `onLine` sees stdout line by line. */
function start(
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
  onLine: (line: string) => void = () => {},
) {
  const started = spawn(process.execPath, [join(root, 'program/main.cjs'), ...args], options);
  child = started;
  const texts = { stdout: '', stderr: '' };
  let rest = '';
  started.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  started.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text;
  });
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    started.once('close', (code) => resolve({ code, ...texts }));
  });
}

describe('exec as a process', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends a turn on %s with %i, turn.failed and without its command', async (signal, expected) => {
    open = await bench([call('shell_command', { command: 'echo $$ > pid; exec sleep 60' })], [stall()]);
    const { folder, env, provider } = open;
    const args = ['exec', '--json', '--skip-git-repo-check', '-s', 'danger-full-access', ...provider(), 'go'];
    const { code, stdout } = await start(args, { cwd: folder, env }, (line) => {
      if (line.includes('item.started')) child?.kill(signal);
    });
    expect(code).toBe(expected);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({
      type: 'turn.failed',
      error: { message: `interrupted by ${signal}`, code: 'interrupted' },
    });
    expect(events.filter(({ type }) => type === 'turn.failed' || type === 'turn.completed')).toHaveLength(1);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends on the first %s while it waits for a prompt, with %i', async (signal, expected) => {
    open = await bench();
    const { folder, env, provider } = open;
    const ended = start(['exec', '--skip-git-repo-check', ...provider()], { cwd: folder, env });
    child?.stderr.once('data', () => child?.kill(signal));
    expect(await ended).toMatchObject({ code: expected, stdout: '', stderr: expect.stringContaining(signal) });
  });

  it('does not wait for a stdin that stays open, nor for a peer that keeps its connection', async () => {
    open = await bench([say('ok')]);
    const { folder, env, provider } = open;
    const { code, stdout } = await start(['exec', '--skip-git-repo-check', ...provider(), 'go'], { cwd: folder, env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ok\n' });
  });

  it('ends when nobody reads its output any more', async () => {
    open = await bench([call('shell_command', { command: 'echo hi' })], [stall()]);
    const { folder, env, provider } = open;
    const args = ['exec', '--json', '--skip-git-repo-check', '-s', 'danger-full-access', ...provider(), 'go'];
    const { code } = await start(args, { cwd: folder, env }, () => child?.stdout.destroy());
    expect(code).toBe(1);
  });
});

describe('the demo', () => {
  const places = () => {
    const cwd = mkdtempSync(join(root, 'demo-'));
    return { cwd, env: { PATH: process.env['PATH'], HOME: cwd, TMPDIR: cwd } };
  };

  it('repairs its project for real and leaves nothing behind', async () => {
    const place = places();
    const { code, stdout, stderr } = await start(['demo'], place);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const part of [
      'recorded',
      'danger-full-access',
      '✖ every line counts',
      '✔ every line counts',
      'patch',
      'it passes',
    ]) {
      expect(stdout).toContain(part);
    }
    expect(readdirSync(place.cwd)).toEqual([]);
  });

  it('keeps a folder it was given, and prints JSON events alone on stdout', async () => {
    const place = places();
    const { code, stdout, stderr } = await start(['demo', '--dir', 'mine', '--json'], place);
    expect(code).toBe(0);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.at(-1).type).toBe('turn.completed');
    expect(
      events.filter(({ item }) => item?.type === 'command_execution' && item.status !== 'in_progress'),
    ).toMatchObject([{ item: { exit_code: 0 } }, { item: { exit_code: 1 } }, { item: { exit_code: 0 } }]);
    expect(stderr).toContain('it passes');
    expect(existsSync(join(place.cwd, 'mine/src/receipt.js'))).toBe(true);
  });

  it('wants a folder of its own', async () => {
    const place = places();
    mkdirSync(join(place.cwd, 'full'));
    writeFileSync(join(place.cwd, 'full/file'), '');
    expect(await start(['demo', '--dir', 'full'], place)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not empty'),
    });
    expect(await start(['demo', '--what'], place)).toMatchObject({ code: 2 });
  });
});

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCheckout, run, write } from './checkout.ts';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const LAUNCHER = path.resolve(HERE, '../../../codex');
const TOOL = path.resolve(HERE, '..');

let checkout: ReturnType<typeof makeCheckout>;
let codex: string;

/** The real launcher and the real build tool, with a stand-in for npx that records its calls. */
beforeEach(() => {
  checkout = makeCheckout();
  const { repo } = checkout;
  codex = path.join(repo, 'codex');
  fs.copyFileSync(LAUNCHER, codex);
  for (const name of fs.readdirSync(TOOL).filter((file) => /\.[cm]js$/.test(file))) {
    write(repo, `tools/build/${name}`, fs.readFileSync(path.join(TOOL, name), 'utf8'));
  }
  write(repo, 'package.json', '{"packageManager":"pnpm@10.34.8"}');
  write(
    repo,
    'bin/npx',
    `#!/bin/sh\necho noise\necho "$@" >> ${repo}/npx.log\nmkdir -p node_modules/.pnpm\ncp pnpm-lock.yaml node_modules/.pnpm/lock.yaml\nln -sfn ${fs.realpathSync(path.join(TOOL, 'node_modules/rolldown'))} node_modules/rolldown\n`,
  );
  fs.chmodSync(path.join(repo, 'bin/npx'), 0o755);
});
afterEach(() => checkout.remove());

const env = (more: Record<string, string> = {}) => ({ PATH: `${checkout.repo}/bin:${process.env['PATH']}`, ...more });
const installs = () => fs.readFileSync(path.join(checkout.repo, 'npx.log'), 'utf8').trim().split('\n');

describe('launcher', () => {
  it('sets a fresh checkout up once, says so on stderr only, and passes arguments through', async () => {
    const first = await run(codex, ['two words', '*', ''], { env: env() });
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toEqual({ rest: ['two words', '*', ''] });
    expect(first.stderr).toMatch(/installing[^]*noise[^]*building/);
    const second = await run(codex, ['x'], { env: env() });
    expect(second).toEqual({ code: 0, signal: null, stdout: '{"rest":["x"]}\n', stderr: '' });
    expect(installs()).toEqual(['-y pnpm@10.34.8 install --frozen-lockfile --reporter=append-only']);
  });

  it('lets first calls race', async () => {
    const outcomes = await Promise.all(['a', 'b', 'c'].map((name) => run(codex, [name], { env: env() })));
    expect(outcomes.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
      ['a', 'b', 'c'].map((name) => ({ code: 0, stdout: `{"rest":["${name}"]}\n` })),
    );
    expect(installs()).toHaveLength(1);
  });

  it('takes over from a setup that was killed', async () => {
    write(checkout.repo, 'dist/.setup.lock/pid', String(await deadPid()));
    expect((await run(codex, ['a'], { env: env() })).code).toBe(0);
  });

  it('rebuilds after a commit, and keeps the earlier bundle when that fails', async () => {
    await run(codex, [], { env: env() });
    write(checkout.repo, 'apps/cli/src/chunk.ts', 'export const answer = (): string => "new";');
    expect((await run(codex, ['chunk'], { env: env() })).stdout).toBe('héllo \n');
    write(checkout.repo, '.git/logs/HEAD', 'a commit');
    moveIntoFuture('.git/logs/HEAD');
    expect(await run(codex, ['chunk'], { env: env({ CODEX_NO_BUILD: '1' }) })).toMatchObject({
      stdout: 'héllo \n',
      stderr: '',
    });
    expect((await run(codex, ['chunk'], { env: env() })).stdout).toBe('new\n');
    write(checkout.repo, 'apps/cli/src/chunk.ts', "import './nowhere.ts';");
    const kept = await run(codex, ['chunk'], { env: env() });
    expect(kept).toMatchObject({ code: 0, stdout: 'new\n' });
    expect(kept.stderr).toMatch(/could not be built/);
  });

  it('works through symbolic links, from any folder, and by PATH', async () => {
    await run(codex, [], { env: env() });
    const bin = path.join(checkout.repo, 'other/bin');
    fs.mkdirSync(bin, { recursive: true });
    fs.symlinkSync('../../codex', path.join(bin, 'inner'));
    fs.symlinkSync(path.join(bin, 'inner'), path.join(bin, 'cx'));
    for (const [command, args, cwd] of [
      [path.join(bin, 'cx'), ['a'], '/'],
      ['cx', ['a'], '/'],
      ['./cx', ['a'], bin],
      ['/bin/sh', ['cx', 'a'], bin],
      ['/bin/sh', ['codex', 'a'], checkout.repo],
    ] as const) {
      const outcome = await run(command, [...args], { cwd, env: env({ PATH: `${bin}:${process.env['PATH']}` }) });
      expect(outcome).toEqual({ code: 0, signal: null, stdout: '{"rest":["a"]}\n', stderr: '' });
    }
  });

  it('hands extra certificates over under another name', async () => {
    await run(codex, [], { env: env() });
    const { stdout } = await run(codex, [], { env: env({ NODE_EXTRA_CA_CERTS: '/a file' }) });
    expect(JSON.parse(stdout)).toEqual({ rest: [], extra: '/a file' });
  });

  it('is replaced by the program: exit codes and signals are its own', async () => {
    await run(codex, [], { env: env() });
    expect((await run(codex, ['exit', '7'], { env: env() })).code).toBe(7);
    const child = spawn(codex, ['wait'], { env: { ...process.env, ...env() }, stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    child.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
  });

  it('names what is missing', async () => {
    const bin = path.join(checkout.repo, 'few');
    fs.mkdirSync(bin);
    const without = () => run('/bin/sh', [codex], { env: { PATH: bin } });
    expect(await without()).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/node was not found.*20\.19/),
    });
    write(checkout.repo, 'few/node', '#!/bin/sh\ncase $1 in --version) echo v18.1.0;; *) exit 1;; esac\n');
    fs.chmodSync(path.join(bin, 'node'), 0o755);
    expect((await without()).stderr).toMatch(/20\.19 or newer is needed; .*node is v18\.1\.0/);
    fs.rmSync(path.join(bin, 'node'));
    fs.symlinkSync(process.execPath, path.join(bin, 'node'));
    expect((await without()).stderr).toMatch(/npm was not found/);
    write(checkout.repo, 'few/npx', '#!/bin/sh\nexit 3\n');
    fs.chmodSync(path.join(bin, 'npx'), 0o755);
    const failed = await without();
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch(/exit code 3.*Try: npx -y pnpm@10\.34\.8 install --frozen-lockfile/);
  });
});

function moveIntoFuture(file: string): void {
  const later = new Date(Date.now() + 60_000);
  fs.utimesSync(path.join(checkout.repo, file), later, later);
}

function deadPid(): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', '0']);
    child.once('close', () => resolve(child.pid ?? 0));
  });
}

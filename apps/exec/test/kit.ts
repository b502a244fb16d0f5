import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type MockModel, type Step, startMockModel } from '@codex/mock-model';
import { main } from '../src/index.ts';

export interface Bench {
  model: MockModel;
  /** Outside of git. */
  folder: string;
  home: string;
  env: NodeJS.ProcessEnv;
  /** Runs exec against the mock model; outside of git unless `args` say otherwise. */
  exec: (args: string[], options?: ExecOptions) => Promise<Ended>;
  /** Options that lead to the mock model. */
  provider: () => string[];
  close(): Promise<void>;
}

export interface ExecOptions {
  stdin?: string | Buffer;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Without the options for the mock model and without the git check being lifted. */
  bare?: boolean;
}

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
  /** The lines of stdout as JSON; only with `--json`. */
  events: Record<string, unknown>[];
}

export async function bench(...steps: Step[]): Promise<Bench> {
  const model = await startMockModel({ steps });
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'exec-test-')));
  const home = join(root, 'home');
  const folder = join(root, 'work');
  mkdirSync(home);
  mkdirSync(folder);
  const env = { PATH: process.env['PATH'], HOME: home, CODEX_HOME: home };
  const provider = () => [
    ...['-m', 'gpt-5', '-c', 'model_provider="mock"'],
    ...[
      '-c',
      `model_providers.mock={name="mock",base_url="${model.url}/v1",wire_api="responses",stream_max_retries=1}`,
    ],
  ];
  return {
    model,
    folder,
    home,
    env,
    provider,
    exec: (args, options = {}) => {
      const line = options.bare ? args : ['--skip-git-repo-check', ...provider(), ...args];
      return run(line, { cwd: folder, ...options, env: { ...env, ...options.env } });
    },
    async close() {
      await model.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export async function run(args: string[], options: ExecOptions & { cwd: string }): Promise<Ended> {
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    io[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  // Without a given text the pipe stays open: nothing may wait for its end.
  if (options.stdin !== undefined) io.stdin.end(options.stdin);
  const code = await main(args, { ...io, env: options.env ?? {}, cwd: options.cwd });
  const events = args.includes('--json')
    ? texts.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    : [];
  return { code, ...texts, events };
}

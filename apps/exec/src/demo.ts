import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isAbort, systemCode, toMessage } from '@codex/base';
import type { Override } from '@codex/config';
import { playRecording, type RecordedModel } from './demo-model.ts';
import { demoOutput } from './demo-output.ts';
import { PROJECT, PROMPT, SESSION } from './demo-session.ts';
import { type AppIo, EXIT, Refused } from './io.ts';
import { jsonlOutput } from './jsonl.ts';
import { stderrLog } from './log.ts';
import { type RunResult, runTurn } from './run.ts';
import { type Stop, watchForStop } from './stop.ts';
import { createStyle, type Style, wantsColor } from './style.ts';

const HELP = `Shows a whole run without a key and without a network.

Usage: codex demo [--keep] [--dir DIR] [--json]

  --keep      Keep the folder of the demo
  --dir DIR   Use this new or empty folder, and keep it
  --json      Print the turn as exec's JSON events; the words around it go to stderr
  -h, --help  Print this text
`;

interface DemoArguments {
  keep: boolean;
  dir: string | undefined;
  json: boolean;
}

/**
 * Lets the agent repair a small project with a recorded model. Everything but the model's words is real. Resolves to 0
 * only if the project's test, run once more outside of the agent, is green at the end.
 */
export async function demo(argv: string[], io: AppIo): Promise<number> {
  const args = parseDemo(argv);
  if (args === 'help') {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  if ('message' in args) {
    io.stderr.write(`error: ${args.message}\n\n${HELP}`);
    return EXIT.usage;
  }
  const stop = watchForStop(io.stdout, null);
  const home = await mkdtemp(join(tmpdir(), 'codex-demo-home-'));
  let folder: string | undefined;
  try {
    folder = await makeFolder(args, io);
    return await play(args, io, { home, folder, stop });
  } catch (error) {
    if (!(error instanceof Refused) && !isAbort(error)) throw error;
    io.stderr.write(`${toMessage(error)}\n`);
    return stop.exitCode ?? EXIT.failed;
  } finally {
    stop.dispose();
    await rm(home, { recursive: true, force: true });
    if (folder !== undefined && !args.keep) await rm(folder, { recursive: true, force: true });
  }
}

function parseDemo(argv: string[]): DemoArguments | 'help' | { message: string } {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        keep: { type: 'boolean' },
        dir: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return 'help';
    const { keep, dir, json } = values;
    return { keep: keep === true || dir !== undefined, dir, json: json === true };
  } catch (error) {
    return { message: toMessage(error) };
  }
}

async function makeFolder({ dir }: DemoArguments, io: AppIo): Promise<string> {
  if (dir === undefined) return realpath(await mkdtemp(join(tmpdir(), 'codex-demo-')));
  const folder = resolve(io.cwd, dir);
  const entries = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw new Refused(`Error: cannot use ${folder}: ${toMessage(error)}`, undefined, { cause: error });
  });
  if (entries.length > 0) throw new Refused(`Error: ${folder} is not empty; the demo wants a folder of its own`);
  await mkdir(folder, { recursive: true });
  return realpath(folder);
}

async function play(
  args: DemoArguments,
  io: AppIo,
  { home, folder, stop }: { home: string; folder: string; stop: Stop },
): Promise<number> {
  const out = args.json ? io.stderr : io.stdout;
  const style = createStyle(wantsColor('auto', out as { isTTY?: boolean }, io.env));
  const say = (text: string) => out.write(`${text}\n`);
  for (const [name, text] of Object.entries(PROJECT)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  say(opening(folder, style));
  const model = await playRecording(SESSION, shellWord(process.execPath));
  try {
    const result = await runTurn({
      home,
      cwd: folder,
      env: environment(io.env, home),
      overrides: overridesFor(model.url),
      profile: undefined,
      log: stderrLog(io.stderr, io.env),
      signal: stop.signal,
      open: async (client) => {
        const settings = { cwd: folder, sandbox: 'danger-full-access', approvalPolicy: 'never' } as const;
        return { opened: await client.request('thread/start', settings), earlierTurns: false };
      },
      task: { kind: 'turn', prompt: PROMPT, images: [], outputSchema: undefined },
      output: args.json ? jsonlOutput(io.stdout, io.stderr) : demoOutput(io.stdout, style),
    });
    if (stop.exitCode !== null) return stop.exitCode;
    const code = await judge(result, model, folder, io.env, (text) => say(text), style);
    say(args.keep ? `The folder is kept: ${folder}` : 'The folder has been removed; --keep keeps it.');
    return code;
  } finally {
    await model.close();
  }
}

function opening(folder: string, style: Style): string {
  return `${style.bold('Codex demo: a failing test gets repaired')}

What is recorded: the words of the model, and which command or patch it asks for. They come from a file.
What is real: the project, the agent, every command and its output, the patch, the test at the end.
Policy: danger-full-access, approval never - commands run without a sandbox and nobody is asked. They work in
  ${folder}
No key is used and nothing leaves this machine.
`;
}

/** The demo's own check; it does not believe the recording. */
async function judge(
  result: RunResult,
  model: RecordedModel,
  folder: string,
  env: NodeJS.ProcessEnv,
  say: (text: string) => void,
  style: Style,
): Promise<number> {
  if (model.derailed !== null) say(style.red(`\nReality did not fit the recording: ${model.derailed}.`));
  const green = await testPasses(folder, env);
  const verdict = green ? style.green('it passes') : style.red('it fails');
  say(`\n${style.bold('Check')}  the demo ran the test once more, outside of the agent: ${verdict}`);
  const good = green && result.kind === 'completed' && model.finished;
  if (!good) say(style.red('The demo did not end as it should.'));
  return good ? EXIT.ok : EXIT.failed;
}

function testPasses(folder: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((settle) => {
    const child = spawn(process.execPath, ['--test'], { cwd: folder, env: environment(env, folder), stdio: 'ignore' });
    child.once('error', () => settle(false));
    child.once('close', (code) => settle(code === 0));
  });
}

/** No key goes along, no proxy stands between us and the recording, and the test does not take itself for a part of another. */
function environment(env: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  const { CODEX_API_KEY: _key, OPENAI_API_KEY: _other, NODE_TEST_CONTEXT: _test, NODE_OPTIONS: _node, ...rest } = env;
  return { ...rest, CODEX_HOME: home, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' };
}

function overridesFor(url: string): Override[] {
  return [
    { path: ['model'], value: 'recorded-session' },
    { path: ['model_provider'], value: 'recording' },
    { path: ['model_providers', 'recording', 'name'], value: 'recording' },
    { path: ['model_providers', 'recording', 'base_url'], value: url },
    { path: ['model_providers', 'recording', 'wire_api'], value: 'responses' },
  ];
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

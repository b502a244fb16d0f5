import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Client } from '@codex/app-server-client';
import { isAbort, isCodexError, isObject, parseJson, toMessage } from '@codex/base';
import { needsLogin } from '@codex/config';
import { parseArguments, type RunArguments } from './arguments.ts';
import { humanOutput } from './human.ts';
import { type AppIo, EXIT, Refused, VERSION } from './io.ts';
import { jsonlOutput } from './jsonl.ts';
import { openLastMessageFile } from './last-message.ts';
import { stderrLog } from './log.ts';
import type { Output } from './output.ts';
import { readPrompt } from './prompt.ts';
import { findSession } from './resume.ts';
import { type RunResult, runTurn, type Task } from './run.ts';
import { readSettings, type RunSettings } from './settings.ts';
import { type Stop, watchForStop } from './stop.ts';
import { wantsColor } from './style.ts';
import { findWorkspace } from './workspace.ts';

/**
 * Runs one prompt without a terminal (exec specification): arguments without the program and subcommand name, of which
 * the first `before` were written before that name; resolves to the exit code once everything is written and closed.
 */
export async function main(argv: string[], io: AppIo, before = 0): Promise<number> {
  const args = parseArguments(argv, before);
  switch (args.kind) {
    case 'help':
      io.stdout.write((await import('./help.ts')).HELP);
      return EXIT.ok;
    case 'version':
      io.stdout.write(`codex-cli-exec ${VERSION}\n`);
      return EXIT.ok;
    case 'invalid':
      return usageError(io, args.message);
    case 'run':
      return runOrExplain(args, io);
  }
}

function usageError(io: AppIo, message: string): number {
  io.stderr.write(`error: ${message}\n\nUsage: codex exec [OPTIONS] [PROMPT]\n\nFor more information, try '--help'.\n`);
  return EXIT.usage;
}

async function runOrExplain(args: RunArguments, io: AppIo): Promise<number> {
  const stop = watchForStop(io.stdout, args.timeLimit);
  try {
    return await run(args, io, stop);
  } catch (error) {
    if (isAbort(error) && stop.exitCode !== null) {
      io.stderr.write(`${toMessage(error)}\n`);
      return stop.exitCode;
    }
    if (error instanceof Refused) {
      io.stderr.write(`${error.message}\n`);
      return error.exitCode;
    }
    if (!isCodexError(error)) throw error;
    io.stderr.write(`Error: ${error.message}\n`);
    return EXIT.failed;
  } finally {
    stop.dispose();
  }
}

async function run(args: RunArguments, io: AppIo, stop: Stop): Promise<number> {
  const cwd = findWorkspace(args, io.cwd);
  const settings = await readSettings(args, io, cwd);
  if (args.review?.type === 'nothing') {
    throw new Refused('Error: Specify --uncommitted, --base, --commit, or provide custom review instructions');
  }
  const outputSchema =
    args.outputSchema === undefined ? undefined : await readSchema(resolve(io.cwd, args.outputSchema));
  const lastMessage =
    args.lastMessageFile === undefined ? null : await openLastMessageFile(resolve(io.cwd, args.lastMessageFile));
  try {
    const task = await readTask(args, io, outputSchema, stop.signal);
    const result = await runTurn({
      home: settings.home,
      cwd,
      env: io.env,
      overrides: settings.overrides,
      configOptions: settings.configOptions,
      profile: args.profile,
      log: stderrLog(io.stderr, io.env),
      signal: stop.signal,
      open: (client) => openThread(client, args, settings, stop.signal),
      task,
      output: createOutput(args, io, settings),
    });
    if (lastMessage && result.kind === 'completed') {
      if (result.lastMessage === null) {
        io.stderr.write('warning: the turn had no message; the file of -o is empty\n');
      }
      await lastMessage.write(result.lastMessage);
    }
    return exitCodeOf(result, stop);
  } finally {
    await lastMessage?.close();
  }
}

async function readTask(args: RunArguments, io: AppIo, outputSchema: unknown, signal: AbortSignal): Promise<Task> {
  const { review } = args;
  if (review && review.type !== 'prompt' && review.type !== 'nothing') return { kind: 'review', target: review };
  const prompt = args.prompt ?? (await promptFromStdin(io, signal));
  if (!review) {
    return { kind: 'turn', prompt, images: args.images.map((path) => resolve(io.cwd, path)), outputSchema };
  }
  if (prompt.trim() === '') throw new Refused('Error: Review prompt cannot be empty');
  return { kind: 'review', target: { type: 'custom', instructions: prompt } };
}

function promptFromStdin(io: AppIo, signal: AbortSignal): Promise<string> {
  io.stderr.write('Reading prompt from stdin...\n');
  return readPrompt(io.stdin, signal);
}

function createOutput(args: RunArguments, io: AppIo, { config }: RunSettings): Output {
  if (args.json) return jsonlOutput(io.stdout, io.stderr);
  return humanOutput(io.stdout, io.stderr, {
    color: wantsColor(args.color, io.stderr, io.env),
    reasoningSummary: config.modelReasoningSummary ?? 'none',
    showReasoning: !config.hideAgentReasoning,
    showRawReasoning: config.showRawAgentReasoning,
  });
}

async function openThread(client: Client, args: RunArguments, settings: RunSettings, signal: AbortSignal) {
  if (needsLogin(settings)) await checkLogin(client);
  const { thread, config } = settings;
  const place = { cwd: thread.cwd ?? '', provider: thread.modelProvider ?? config.modelProvider };
  const session = args.resume ? await findSession(client, args.resume, place) : null;
  if (session === null) {
    const opened = await client.request('thread/start', { ...thread, ephemeral: args.ephemeral }, { signal });
    return { opened, earlierTurns: false };
  }
  const opened = await client.request('thread/resume', { ...thread, threadId: session }, { signal });
  return { opened, earlierTurns: opened.thread.turns.length > 0 };
}

async function checkLogin(client: Client): Promise<void> {
  const { account, requiresOpenaiAuth } = await client.request('account/read', {});
  if (requiresOpenaiAuth && account === null) throw new Refused((await import('./help.ts')).THREE_WAYS, EXIT.usage);
}

async function readSchema(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new Refused(`Failed to read output schema file ${path}: ${toMessage(cause)}`, undefined, { cause });
  }
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Refused(`Output schema file ${path} is not valid JSON: ${parsed.error}`);
  if (!isObject(parsed.value)) throw new Refused(`Output schema file ${path} must hold a JSON object`);
  return parsed.value;
}

function exitCodeOf(result: RunResult, stop: Stop): number {
  const sandbox = result.lacksSandbox ? EXIT.sandbox : null;
  if (result.kind === 'completed') return sandbox ?? EXIT.ok;
  return stop.exitCode ?? sandbox ?? EXIT.failed;
}

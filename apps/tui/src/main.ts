import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { isCodexError, nullLogger, systemClock, toMessage } from '@codex/base';
import { createApp } from './app.ts';
import { draftOf } from './composer/draft.ts';
import { parseArguments, type Purpose, type RunArguments } from './arguments.ts';
import { begin } from './begin.ts';
import { readHistory } from './history-file.ts';
import { type AppIo, EXIT, Refused, VERSION } from './io.ts';
import type { Place, State, Step } from './model.ts';
import { guardTerminal } from './guard.ts';
import { connect } from './server.ts';
import { readSettings, type Settings } from './settings.ts';
import { addCells, initialState } from './state.ts';
import { change, step } from './step.ts';
import { createTerminal } from './terminal.ts';
import { withCommas } from './text/amounts.ts';
import { createTheme } from './text/theme.ts';
import { sendFirst } from './update/composer.ts';

/** `codex [OPTIONS] [PROMPT]`: the interactive terminal; resolves to the exit code once everything is closed. */
export function main(argv: string[], io: AppIo, before = 0): Promise<number> {
  return start('new', argv, io, before);
}

/** `codex resume`: goes on with an earlier session. */
export function resume(argv: string[], io: AppIo, before = 0): Promise<number> {
  return start('resume', argv, io, before);
}

/** `codex fork`: goes on with a copy of one. */
export function fork(argv: string[], io: AppIo, before = 0): Promise<number> {
  return start('fork', argv, io, before);
}

async function start(purpose: Purpose, argv: string[], io: AppIo, before: number): Promise<number> {
  const args = parseArguments(purpose, argv, before);
  switch (args.kind) {
    case 'help':
      io.stdout.write((await import('./help.ts')).helpText(purpose));
      return EXIT.ok;
    case 'version':
      io.stdout.write(`codex-cli ${VERSION}\n`);
      return EXIT.ok;
    case 'invalid':
      io.stderr.write(
        `error: ${args.message}\n\nUsage: codex [OPTIONS] [PROMPT]\n\nFor more information, try '--help'.\n`,
      );
      return EXIT.usage;
    case 'run':
      return runOrExplain(args, io);
  }
}

async function runOrExplain(args: RunArguments, io: AppIo): Promise<number> {
  if (!io.stdin.isTTY || !io.stdout.isTTY) {
    io.stderr.write('Error: this needs a terminal on stdin and stdout; without one use `codex exec`.\n');
    return EXIT.failed;
  }
  try {
    return await run(args, await readSettings(args, io), io);
  } catch (error) {
    if (!(error instanceof Refused) && !isCodexError(error)) throw error;
    io.stderr.write(`Error: ${error.message}\n`);
    return EXIT.failed;
  }
}

async function run(args: RunArguments, settings: Settings, io: AppIo): Promise<number> {
  const { config, home, cwd, overrides } = settings;
  const terminal = createTerminal(io);
  const keepsHistory = config.history.persistence === 'save-all';
  const app = createApp(initialState(placeOf(args, settings, io.env), terminal.size, systemClock.now()), {
    terminal,
    clock: systemClock,
    theme: createTheme(!io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb'),
    env: io.env,
    historyHome: keepsHistory ? home : null,
    useAlternateScreen: settings.useAlternateScreen,
    attention: settings.attention,
  });
  const message = { text: args.prompt ?? '', images: args.images.map((path) => resolve(io.cwd, path)) };
  // Images without words wait in the composer for some.
  if (args.prompt !== null) app.dispatch(change((state) => sendFirst(state, message)));
  else if (message.images.length > 0) app.dispatch(change((state) => step({ ...state, draft: draftOf(message) })));
  const guard = guardTerminal(terminal, (code) => app.dispatch(change((state) => step(state, { type: 'quit', code }))));
  const running = app.run();
  // The first frame is out before the server is loaded.
  const opening = connect(
    { home, cwd, env: io.env, overrides, profile: args.profile, log: nullLogger },
    app.questions.ask,
  );
  const opened = opening.then(async (connected) => {
    app.attach(connected);
    await begin(connected.client, args, settings, app.dispatch);
  });
  opened.catch((error: unknown) => app.dispatch(change((state) => cannotBegin(state, toMessage(error)))));
  if (keepsHistory) void readHistory(home).then((entries) => app.dispatch({ type: 'history', entries }));
  try {
    const code = await running;
    io.stdout.write(farewell(app.state));
    return code;
  } finally {
    const connected = await opening.catch(() => null);
    await connected?.close();
    guard.dispose();
  }
}

function cannotBegin(state: State, text: string): Step {
  return step(addCells(state, { kind: 'notice', level: 'error', text }), { type: 'quit', code: EXIT.failed });
}

function placeOf(args: RunArguments, { config, cwd, thread }: Settings, env: NodeJS.ProcessEnv): Place {
  return {
    version: VERSION,
    cwd,
    isFolderChosen: args.cwd !== undefined,
    userHome: env['HOME'] || homedir(),
    profile: args.profile,
    shell: env['SHELL'] || 'sh',
    showReasoning: !config.hideAgentReasoning,
    showRawReasoning: config.showRawAgentReasoning,
    thread,
  };
}

/** How to come back, and what it took. */
function farewell({ usage, session, transcript }: ReturnType<typeof createApp>['state']): string {
  const hasTurns = transcript.some((cell) => cell.kind === 'item');
  if (!session || !hasTurns) return '';
  const used = usage?.total;
  const tokens = used
    ? `Tokens used: ${withCommas(used.totalTokens)} (${withCommas(used.inputTokens)} in, ${withCommas(used.outputTokens)} out)\n`
    : '';
  return `${tokens}To go on with this session: codex resume ${session.threadId}\n`;
}

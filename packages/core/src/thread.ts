import { CodexError, sharedController } from '@codex/base';
import type { Config } from '@codex/config';
import type { Models } from '@codex/models';
import type { GitInfo, Turn, UserInput } from '@codex/protocol';
import { previewOfItem, readRollout, type RolloutWriter, type TurnFreezer } from '@codex/rollout';
import type { Timeline } from '@codex/timeline';
import { estimateHistory } from './context/tokens.ts';
import { MAX_INPUT_CHARS } from './context/user-input.ts';
import { applyOverrides } from './settings.ts';
import type { ThreadSession } from './session.ts';
import { createHistoryKeeper } from './thread-history.ts';
import { toWire } from './thread-wire.ts';
import type { PreparedTurn, ReviewRequest, Thread, ThreadSettings, TurnOptions } from './thread-types.ts';
import { createToolBox } from './tools/registry.ts';
import { runTurn } from './turn/run-turn.ts';
import type { TurnRun } from './turn/turn-run.ts';
import { createSteering, type Steering } from './turn/steering.ts';
import { recounted } from './turn/usage.ts';

export interface ThreadParts {
  session: ThreadSession;
  timeline: Timeline;
  rollout: RolloutWriter;
  config: Config;
  models: Models;
  settings: ThreadSettings;
  /** Text of the first user message of a stored history; empty before there is one. */
  preview: string;
  updatedAt: number;
  /** The thread has a file already. */
  stored: boolean;
  /** What was read of a stored history, for the first who asks. */
  turns: TurnFreezer | null;
  userInstructions(): Promise<string | null>;
  onClosed(): void;
}

interface RunningTurn {
  id: string;
  controller: AbortController;
  steering: Steering;
  /** Until then the turn is only reserved and nothing is emitted. */
  start: () => void;
  done: Promise<void>;
}

/** The actor behind a loaded thread: one turn at a time, everything it says goes through its timeline. */
export function createThread(parts: ThreadParts): Thread {
  const { session, timeline, rollout, models } = parts;
  const { header, ids } = session;
  let { config, settings } = parts;
  let { preview, updatedAt, stored } = parts;
  let current: RunningTurn | null = null;
  let gitInfoSet = false;
  let rollingBack = false;
  const history = createHistoryKeeper({
    timeline,
    rollout,
    path: header.path,
    loaded: parts.turns,
    stored: parts.stored,
  });
  let closing: Promise<void> | undefined;

  /** What git says belongs to the stored form, which begins with the first turn. */
  const gitInfo = (): GitInfo | null => (stored || gitInfoSet ? session.gitInfo : null);

  timeline.subscribe((stamped) => {
    // First, so that nobody who hears of the end can still steer into the turn.
    if (stamped.event.type === 'turn.ended') current = null;
    rollout.append(stamped);
    updatedAt = stamped.at;
    stored ||= stamped.event.type === 'turn.started';
    if (!preview && stamped.event.type === 'item.completed' && stamped.event.item.type === 'userMessage') {
      preview = previewOfItem(stamped.event.item) ?? '';
    }
    const isOver = stamped.event.type === 'turn.ended' || (stamped.event.type === 'item.completed' && !current);
    if (isOver) void history.tidy();
  });

  const wire = () => toWire({ header, timeline, preview, updatedAt, gitInfo: gitInfo() });

  const reserve = (
    kind: TurnRun['kind'],
    options: TurnOptions & { review?: ReviewRequest },
    turnId: string,
  ): RunningTurn => {
    const controller = sharedController();
    const steering = createSteering();
    if (kind === 'regular') steering.push(options.input);
    const snapshot = settings;
    const mcp = session.mcp.under(config);
    let start = () => {};
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    const done = started
      .then(() =>
        runTurn({
          turnId,
          kind,
          input: options.input,
          review: options.review ?? null,
          outputSchema: options.outputSchema ?? null,
          clientName: options.clientName ?? null,
          settings: snapshot,
          config,
          models,
          session,
          timeline,
          mcp,
          tools: createToolBox(header.dynamicTools, mcp),
          steering,
          signal: controller.signal,
          flush: () => rollout.flush(),
          userInstructions: () => parts.userInstructions(),
        }),
      )
      .then(() => rollout.flush());
    return { id: turnId, controller, steering, start, done };
  };

  /** What the model saw before a compaction is only in the file. */
  const dropTurns = async (turns: number): Promise<void> => {
    const isKnown = turns <= timeline.context.turns.length;
    timeline.rolledBack(turns);
    history.reset(null);
    if (isKnown || header.path === null) return;
    rollingBack = true;
    try {
      await rollout.flush();
      if (!rollout.written) throw new CodexError('internal', 'the rollback could not be written down');
      const kept = await readRollout(header.path);
      timeline.recall(kept.context);
      history.reset(kept.turns);
    } finally {
      rollingBack = false;
    }
  };

  /** Gives the input to the running turn; should that have ended meanwhile, it gets a turn of its own after all. */
  const join = (options: TurnOptions, turnId: string): void => {
    if (closing) return;
    if (current) current.steering.push(options.input);
    else {
      current = reserve('regular', options, turnId);
      current.start();
    }
  };

  const close = async (): Promise<void> => {
    current?.controller.abort();
    current?.start();
    await current?.done;
    await session.agents.close();
    await session.terminals.clean();
    await session.network?.close();
    await session.mcp.close();
    timeline.closed();
    await rollout.close();
    parts.onClosed();
  };

  return {
    id: header.id,
    header,
    state: timeline.state,
    get begun() {
      return stored;
    },
    get closing() {
      return closing !== undefined;
    },
    toWire: wire,
    history: () => history.open(),
    settings: () => settings,
    reconfigure: ({ skills }) => {
      config = { ...config, skills };
    },
    announce(origin) {
      timeline.opened(wire(), origin);
    },
    prepareTurn(options): PreparedTurn {
      checkOpen();
      checkInput(options.input);
      if (options.overrides) settings = applyOverrides(settings, options.overrides);
      const turnId = ids.uuid();
      const turn: Turn = { id: turnId, items: [], status: 'inProgress', error: null };
      if (current) return { turn, run: () => join(options, turnId) };
      current = reserve('regular', options, turnId);
      return { turn, run: current.start };
    },
    prepareCompaction(): PreparedTurn {
      checkOpen();
      if (current) throw new CodexError('invalidRequest', 'Cannot compact while a turn is in progress.');
      const turnId = ids.uuid();
      current = reserve('compaction', { input: [] }, turnId);
      return { turn: { id: turnId, items: [], status: 'inProgress', error: null }, run: current.start };
    },
    prepareReview(request): PreparedTurn {
      checkOpen();
      if (current) throw new CodexError('invalidRequest', 'Cannot review while a turn is in progress.');
      const turnId = ids.uuid();
      current = reserve('review', { input: [], review: request }, turnId);
      return { turn: { id: turnId, items: [], status: 'inProgress', error: null }, run: current.start };
    },
    async rollBack(turns) {
      checkOpen();
      checkRollback(turns);
      await dropTurns(turns);
      const { state, context } = timeline;
      const left = estimateHistory(header.baseInstructions, context.items);
      timeline.recounted(ids.uuid(), recounted(state.usage, left, state.usage?.modelContextWindow ?? null));
      await rollout.flush();
    },
    steer(input, expectedTurnId) {
      checkOpen();
      if (!expectedTurnId) throw new CodexError('invalidRequest', 'expectedTurnId must not be empty');
      checkSize(input);
      if (!input.length) throw new CodexError('invalidRequest', 'input must not be empty');
      if (!current) throw new CodexError('invalidRequest', 'no active turn to steer');
      if (current.id !== expectedTurnId) {
        throw new CodexError(
          'invalidRequest',
          `expected active turn id \`${expectedTurnId}\` but found \`${current.id}\``,
        );
      }
      current.steering.push(input);
      return current.id;
    },
    async interrupt() {
      if (!current) throw new CodexError('invalidRequest', 'no active turn to interrupt');
      const turn = current;
      turn.controller.abort();
      // One that is only reserved ends as well.
      turn.start();
      await turn.done;
    },
    answer: (questionId, answer) => timeline.answer(questionId, answer),
    questions: () => [...timeline.state.questions.values()],
    subscribe: (listener) => timeline.subscribe(listener),
    rename: (name) => timeline.renamed(name),
    setGitInfo: (gitInfo) => {
      session.gitInfo = gitInfo;
      gitInfoSet = true;
    },
    renewMcpServers: (mcpServers) => {
      config = { ...config, mcpServers };
      session.mcp.renew();
    },
    pauseClocks: (change) => session.pauses.add(change),
    cleanBackgroundTerminals: () => session.terminals.clean(),
    flush: () => rollout.flush(),
    close: () => (closing ??= close()),
  };

  function checkRollback(turns: number): void {
    const refuse = (message: string) => new CodexError('invalidRequest', message);
    if (!Number.isSafeInteger(turns) || turns < 1) throw refuse('numTurns must be >= 1');
    if (header.path === null) throw refuse('thread rollback requires a persisted rollout path');
    if (current) throw refuse('Cannot rollback while a turn is in progress.');
    if (stored) return;
    throw refuse(
      `failed to load rollout \`${header.path}\` for rollback replay: No such file or directory (os error 2)`,
    );
  }

  function checkOpen(): void {
    if (closing) {
      throw new CodexError(
        'invalidRequest',
        `thread ${header.id} is closing; retry thread/resume after the thread is closed`,
      );
    }
    if (rollingBack) throw new CodexError('invalidRequest', 'rollback already in progress for this thread');
  }
}

function checkInput(input: UserInput[]): void {
  checkSize(input);
  if (!input.length) throw new CodexError('invalidRequest', 'input must not be empty');
}

function checkSize(input: UserInput[]): void {
  let chars = 0;
  for (const item of input) if (item.type === 'text') chars += countChars(item.text);
  if (chars <= MAX_INPUT_CHARS) return;
  throw new CodexError('invalidParams', `Input exceeds the maximum length of ${MAX_INPUT_CHARS} characters.`, {
    data: { input_error_code: 'input_too_large', max_chars: MAX_INPUT_CHARS, actual_chars: chars },
  });
}

/** Characters as a reader counts them: a surrogate pair is one. */
function countChars(text: string): number {
  if (text.length * 2 < MAX_INPUT_CHARS) return text.length;
  let n = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) n += 1;
  return n;
}

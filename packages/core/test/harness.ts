import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodeFiles } from '@codex/apply-patch';
import { nullLogger, systemClock, systemIds } from '@codex/base';
import { type Config, loadConfig, roleChanges } from '@codex/config';
import { type MockModel, type Step, startMockModel } from '@codex/mock-model';
import { createMcp } from '@codex/mcp-client';
import { createModels } from '@codex/models';
import type { Turn, UserInput } from '@codex/protocol';
import { readRollout } from '@codex/rollout';
import { createRunner } from '@codex/sandbox';
import { emptyThreadState, type Question, reduceThread, type Stamped, type ThreadEvent } from '@codex/timeline';
import { expect, onTestFinished } from 'vitest';
import { type CoreDeps, createThreads, type StartOptions, type Thread, type Threads } from '../src/index.ts';
import type { TurnOptions } from '../src/thread-types.ts';

export const CLIENT = { originator: 'test', userAgent: 'test/1', name: null };
const PATIENCE_MS = 30_000;

type EventType = ThreadEvent['type'];
type Found<T extends EventType> = Stamped<Extract<ThreadEvent, { type: T }>>;

/** One thread with everything it has said. */
export interface Talk {
  thread: Thread;
  events: readonly Stamped[];
  /** Types of all events, deltas and context left out. */
  shape: () => string[];
  all: <T extends EventType>(type: T) => Found<T>['event'][];
  /** The first event of a type that fits, past or to come. */
  until: <T extends EventType>(
    type: T,
    fits?: (event: Found<T>['event'], stamped: Stamped) => boolean,
  ) => Promise<Found<T>['event']>;
  question: (n?: number) => Promise<Question>;
  /** Starts a turn and returns its id at once. */
  begin: (input: string | UserInput[], options?: Omit<TurnOptions, 'input'>) => string;
  /** Runs a turn to its end. */
  turn: (
    input: string | UserInput[],
    options?: Omit<TurnOptions, 'input'>,
  ) => Promise<Found<'turn.ended'>['event'] & { id: string }>;
  ended: (turnId: string) => Promise<Found<'turn.ended'>['event']>;
}

export interface Rig {
  model: MockModel;
  threads: Threads;
  home: string;
  cwd: string;
  deps: CoreDeps;
  /** `settings` are dotted keys of config.toml. */
  config: (settings?: Record<string, unknown>) => Promise<Config>;
  start: (settings?: Record<string, unknown>, options?: Partial<StartOptions>) => Promise<Talk>;
  resume: (file: string, settings?: Record<string, unknown>) => Promise<Talk>;
}

export interface RigOptions {
  deps?: Partial<CoreDeps>;
  /** Keys of the model provider's table. */
  provider?: Record<string, unknown>;
}

/**
 * Threads over a scripted model, real files and real processes. When the test is over everything is closed, and every
 * thread's turns, read back from its file, have to be the ones that were seen live.
 */
export async function rig(steps: Step[] = [], options: RigOptions = {}): Promise<Rig> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'codex-core-')));
  const home = path.join(root, 'home');
  const cwd = path.join(root, 'project');
  const files = nodeFiles();
  await files.mkdir(home);
  await files.mkdir(cwd);
  const model = await startMockModel({ steps });
  const clock = systemClock;
  const ids = systemIds(clock);
  const log = nullLogger;
  const env = { PATH: process.env['PATH'], HOME: home };
  const runner = createRunner({ clock, log });
  const deps: CoreDeps = {
    ...{ clock, ids, log, version: '0.115.0', home, env, runner, files },
    shell: { path: '/bin/bash', name: 'bash', kind: 'bash' },
    timezone: () => 'UTC',
    modelsFor(config, provider, client) {
      const found = config.modelProviders[provider];
      if (!found) throw new Error(`no provider ${provider}`);
      return createModels({
        ...{ provider: found, env, clock, ids, log },
        credentials: {
          get: async () => ({ kind: 'none' }),
          onUnauthorized: async () => ({ kind: 'gaveUp', message: null }),
        },
        userAgent: () => client.userAgent,
        originator: () => client.originator,
        catalogPath: config.modelCatalogJson,
      });
    },
    gitFacts: async () => null,
    roleChanges: (config, file) => roleChanges(config, file, env),
    mcp: {
      open: (servers) => createMcp(servers, { clock, log, version: '0.115.0', env, token: async () => null }),
    },
    skills: { at: async () => ({ skills: [], errors: [] }), read: () => Promise.reject(new Error('no skills')) },
    ...options.deps,
  };
  const threads = createThreads(deps);
  /** The newest thread of each file. */
  const opened = new Map<string, Thread>();
  threads.onOpened((thread) => {
    opened.set(thread.header.path ?? thread.id, thread);
    watch(thread);
  });

  onTestFinished(async () => {
    await threads.close();
    await runner.close();
    await model.close();
    for (const thread of opened.values()) await expectStored(thread);
    await rm(root, { recursive: true, force: true });
  });

  const provider = {
    ...{ name: 'mock', base_url: `${model.url}/v1`, request_max_retries: 0, stream_max_retries: 0 },
    ...options.provider,
  };
  const config = async (settings: Record<string, unknown> = {}): Promise<Config> => {
    const loaded = await loadConfig({
      ...{ home, cwd, env, systemDir: path.join(root, 'none') },
      requestConfig: {
        model: 'gpt-5.2-codex',
        model_provider: 'mock',
        'model_providers.mock': provider,
        approval_policy: 'never',
        sandbox_mode: 'danger-full-access',
        project_root_markers: [],
        ...settings,
      },
    });
    if (!loaded.ok) throw new Error(loaded.error.message);
    return loaded.config;
  };
  return {
    ...{ model, threads, home, cwd, deps, config },
    start: async (settings, extra) =>
      talkWith(await threads.start({ config: await config(settings), source: 'appServer', client: CLIENT, ...extra })),
    resume: async (file, settings) =>
      shown(await threads.resume({ config: await config(settings), source: 'appServer', client: CLIENT, path: file })),
  };
}

const seen = new WeakMap<Thread, { turns: Turn[]; ready: Promise<void> }>();

/** Keeps what a client would: the turns the thread had when it was loaded, and what happens from then on. */
function watch(thread: Thread): void {
  if (seen.has(thread)) return;
  const state = emptyThreadState();
  thread.subscribe((stamped) => reduceThread(state, stamped));
  const ready = thread.history().then((history) => {
    const known = new Set(state.turns.map(({ id }) => id));
    state.turns.unshift(
      ...history
        .take()
        .all()
        .filter(({ id }) => !known.has(id)),
    );
  });
  seen.set(thread, { turns: state.turns, ready });
}

/** All turns of a thread as its events tell them, long gone ones included. */
export function turnsOf(thread: Thread): Turn[] {
  return seen.get(thread)?.turns ?? [];
}

/** A thread with a past, when `turnsOf` knows of it. */
export async function shown(thread: Thread): Promise<Talk> {
  await seen.get(thread)?.ready;
  return talkWith(thread);
}

export function talkWith(thread: Thread): Talk {
  const events: Stamped[] = [];
  const waiters = new Set<() => void>();
  thread.subscribe((stamped) => {
    events.push(stamped);
    for (const check of [...waiters]) check();
  });
  const until = <T extends EventType>(
    type: T,
    fits: (event: Found<T>['event'], stamped: Stamped) => boolean = () => true,
  ): Promise<Found<T>['event']> =>
    new Promise((resolve, reject) => {
      let next = 0;
      const check = () => {
        for (; next < events.length; next++) {
          const stamped = events[next] as Found<T>;
          if (stamped.event.type !== type || !fits(stamped.event, stamped)) continue;
          clearTimeout(timer);
          waiters.delete(check);
          resolve(stamped.event);
          return;
        }
      };
      const timer = setTimeout(() => {
        waiters.delete(check);
        reject(new Error(`no ${type} came; there were ${events.map(({ event }) => event.type).join(', ')}`));
      }, PATIENCE_MS);
      waiters.add(check);
      check();
    });
  const ended = (turnId: string) => until('turn.ended', (_, stamped) => stamped.turnId === turnId);
  const begin: Talk['begin'] = (input, options = {}) => {
    const { turn, run } = thread.prepareTurn({ input: typeof input === 'string' ? text(input) : input, ...options });
    run();
    return turn.id;
  };
  return {
    ...{ thread, events, until, ended, begin },
    shape: () =>
      events
        .map(({ event }) =>
          event.type.startsWith('item.') && 'item' in event ? `${event.type} ${event.item.type}` : event.type,
        )
        .filter((type) => type !== 'item.delta' && !type.startsWith('context.')),
    all: (type) => events.flatMap(({ event }) => (event.type === type ? [event as Found<typeof type>['event']] : [])),
    question: async (n = 1) => {
      let seen = 0;
      const known = new Set<number>();
      const { question } = await until('question.opened', (event) => {
        if (!known.has(event.question.id)) seen += 1;
        known.add(event.question.id);
        return seen === n;
      });
      return question;
    },
    async turn(input, options) {
      const id = begin(input, options);
      return { ...(await ended(id)), id };
    },
  };
}

export function text(...texts: string[]): UserInput[] {
  return texts.map((words) => ({ type: 'text', text: words, text_elements: [] }));
}

/** What was seen live is what the file tells, ids included. */
export async function expectStored(thread: Thread): Promise<void> {
  const { path: file } = thread.header;
  await thread.flush();
  if (file === null) return;
  if (!existsSync(file)) {
    expect(turnsOf(thread)).toEqual([]);
    return;
  }
  const stored = await readRollout(file);
  expect(stored.skippedLines).toBe(0);
  expect(stored.turns.all()).toEqual(turnsOf(thread));
}

/** True while a process with this id runs; one that waits to be reaped does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return !existsSync('/proc/self');
  }
}

import { resolve } from 'node:path';
import { CodexError, isCodexError, toMessage } from '@codex/base';
import type { Config, Notice, TypedSettings } from '@codex/config';
import type { ClientIdentity, Thread } from '@codex/core';
import type { ParamsOf, ResultOf } from '@codex/protocol';
import { isUserTurn } from '@codex/timeline';
import { AtReply, WithTurns } from '../at-reply.ts';
import type { Handlers, RequestContext } from '../context.ts';
import { checkDynamicTools } from '../dynamic-tools.ts';
import { threadLane } from '../lane-of.ts';
import { fileTrouble } from '../os-error.ts';
import type { ThreadConfig } from '../services/config-service.ts';
import { noRollout, requireRollout } from '../stored-thread.ts';
import { parseThreadId, readUuid } from '../thread-id.ts';

type StartParams = ParamsOf<'thread/start'>;
type ResumeParams = ParamsOf<'thread/resume'>;
type ForkParams = ParamsOf<'thread/fork'>;
type OpenParams = StartParams | ResumeParams | ForkParams;

export const threadOpenHandlers = {
  async 'thread/start'(params, ctx) {
    checkDynamicTools(params.dynamicTools ?? []);
    const { config, deprecations } = await configFor(ctx, params, params.cwd);
    const threads = await ctx.server.threads();
    const starting = threads.start({
      config,
      source: ctx.server.sessionSource,
      client: identityOf(ctx),
      ephemeral: params.ephemeral ?? false,
      dynamicTools: params.dynamicTools ?? [],
    });
    const thread = await orInternal('creating', starting);
    if (params.experimentalRawEvents) ctx.server.feed.enableRaw(thread.id);
    ctx.afterReply(() => {
      ctx.server.subscriptions.subscribe(thread.id, ctx.connection);
      thread.announce('new');
      tellDeprecations(ctx, thread, deprecations);
    });
    return describeThread(thread);
  },

  /** From a given history, else from a file, else from the file of the thread with this id (§14.1). */
  async 'thread/resume'(params, ctx) {
    if (params.history?.length === 0) throw new CodexError('invalidRequest', 'history must not be empty');
    const named = ctx.server.loadedThread(readUuid(params.threadId) ?? '');
    if (named) return rejoin(ctx, params, named);
    if (params.history) return beginWithHistory(ctx, params);
    if (typeof params.path !== 'string') {
      const id = parseThreadId(params.threadId);
      const path = await ctx.server.services.store.find(id);
      if (path === null) throw noRollout(id);
      return load(ctx, params, path);
    }
    const path = resolve(ctx.server.cwd, params.path);
    const id = await threadIdOf(ctx, path, params.path);
    if (id === null) return load(ctx, params, path);
    // Only now it is known which thread this is about.
    return ctx.server.lanes.run(threadLane(id), async () => {
      const loaded = ctx.server.loadedThread(id);
      return loaded ? rejoin(ctx, params, loaded) : load(ctx, params, path);
    });
  },

  /** From a file, else from that of the thread with this id; the source may be running (§9.1). */
  async 'thread/fork'(params, ctx) {
    if (typeof params.path !== 'string')
      return fork(ctx, params, await requireRollout(ctx, parseThreadId(params.threadId)));
    const path = resolve(ctx.server.cwd, params.path);
    const id = await threadIdOf(ctx, path, params.path);
    if (id === null) return fork(ctx, params, path);
    return ctx.server.lanes.run(threadLane(id), async () => {
      await ctx.server.loadedThread(id)?.flush();
      return fork(ctx, params, path);
    });
  },
} satisfies Partial<Handlers>;

type Opened = ResultOf<'thread/resume'>;
type Shown = AtReply<WithTurns<Opened>>;

/** A loaded thread with whatever it is doing now: the settings of the request do not apply (§14.2). */
function rejoin(ctx: RequestContext, params: ResumeParams, thread: Thread): Promise<Shown> {
  if (thread.closing) {
    const message = `thread ${thread.id} is closing; retry thread/resume after the thread is closed`;
    throw new CodexError('invalidRequest', message);
  }
  if (params.history) {
    const message = `cannot resume thread ${thread.id} with history while it is already running`;
    throw new CodexError('invalidRequest', message);
  }
  const active = thread.header.path;
  if (typeof params.path === 'string' && resolve(ctx.server.cwd, params.path) !== active) {
    const message = `cannot resume running thread ${thread.id} with mismatched path: requested \`${params.path}\`, active \`${active}\``;
    throw new CodexError('invalidRequest', message);
  }
  const ignored = Object.entries(params).filter(([key, value]) => isOverride(key) && value !== null && value !== false);
  if (ignored.length > 0) {
    ctx.log.warn({ ignored: ignored.map(([key]) => key) }, 'the thread is loaded: settings of the request are ignored');
  }
  ctx.afterReply(() => tellAbout(ctx, thread));
  return follow(ctx, thread);
}

function isOverride(key: string): boolean {
  return key !== 'threadId' && key !== 'path' && key !== 'history';
}

async function load(ctx: RequestContext, params: ResumeParams, path: string): Promise<Shown> {
  const summary = await ctx.server.services.store.summary(path);
  const { config } = await configFor(ctx, params, params.cwd ?? summary?.cwd);
  const threads = await ctx.server.threads();
  const resuming = threads.resume({ config, source: ctx.server.sessionSource, client: identityOf(ctx), path });
  const thread = await orInternal('resuming', orLoadFailure(path, resuming));
  tellStatus(ctx, thread);
  return follow(ctx, thread);
}

async function fork(ctx: RequestContext, params: ForkParams, path: string): Promise<Shown> {
  const summary = await ctx.server.services.store.summary(path);
  const { config } = await configFor(ctx, params, params.cwd ?? summary?.cwd);
  const threads = await ctx.server.threads();
  const { ephemeral = false } = params;
  const { sessionSource: source } = ctx.server;
  const forking = threads.fork({ config, source, client: identityOf(ctx), path, ephemeral });
  const thread = await orInternal('forking', orLoadFailure(path, forking));
  const history = await thread.history();
  return new AtReply(() => {
    const turns = history.take();
    ctx.afterReply(() => {
      ctx.server.subscriptions.subscribe(thread.id, ctx.connection);
      ctx.server.subscriptions.broadcast({ method: 'thread/started', params: { thread: thread.toWire() } }, turns);
    });
    return new WithTurns(describeThread(thread), turns);
  });
}

async function beginWithHistory(ctx: RequestContext, params: ResumeParams): Promise<Shown> {
  const { config } = await configFor(ctx, params, params.cwd);
  const threads = await ctx.server.threads();
  const starting = threads.start({
    config,
    source: ctx.server.sessionSource,
    client: identityOf(ctx),
    history: params.history ?? [],
  });
  const thread = await orInternal('resuming', starting);
  tellStatus(ctx, thread);
  return follow(ctx, thread, previewOf(params.history ?? []));
}

/** The first words of the user in a history that a client brings; until it has turns of its own the thread has no others. */
function previewOf(history: NonNullable<ResumeParams['history']>): string {
  const first = history.find(isUserTurn);
  if (first?.type !== 'message') return '';
  const texts = first.content.flatMap((part) => (part.type === 'input_image' ? [] : part.text));
  return texts.join('').trim();
}

/** Answer, open questions and subscription in one step: the client misses nothing and gets nothing twice (G6). */
async function follow(ctx: RequestContext, thread: Thread, preview = ''): Promise<Shown> {
  const { subscriptions, questions } = ctx.server;
  const history = await thread.history();
  ctx.afterReply(() => {
    if (subscriptions.of(thread.id).has(ctx.connection)) return;
    questions.replay(thread.id, ctx.connection);
    subscriptions.subscribe(thread.id, ctx.connection);
  });
  return new AtReply(() => new WithTurns(describeThread(thread, preview), history.take()));
}

/** Null for a file that no list would show; throws when there is no file. */
async function threadIdOf(ctx: RequestContext, path: string, given: string): Promise<string | null> {
  const summary = await ctx.server.services.store.summary(path);
  if (summary) return summary.id;
  const trouble = await fileTrouble(path);
  if (trouble === null) return null;
  throw new CodexError('rolloutNotFound', `failed to load rollout \`${given}\`: ${trouble}`);
}

/** The configuration of a thread to come. The client that opens it learns what of it is not followed. */
async function configFor(ctx: RequestContext, params: OpenParams, cwd: string | null | undefined) {
  const { config } = ctx.server.services;
  const loaded = await config.forThread({ cwd, config: params.config, settings: settingsOf(params) });
  if (ctx.server.requireRules) await refuseBrokenRules(ctx, loaded.config);
  ctx.afterReply(() => {
    for (const message of loaded.startupWarnings) ctx.server.onWarning(message);
    return tellUnheeded(ctx, loaded);
  });
  return loaded;
}

async function refuseBrokenRules({ server }: RequestContext, { rulesFolders }: Config): Promise<void> {
  const [broken] = await server.services.rules.of(rulesFolders);
  if (broken) throw new CodexError('config', [broken.summary, broken.details].filter(Boolean).join(' '));
}

/** The same for a client that joins later; when the configuration is broken by now, the thread does not care. */
async function tellAbout(ctx: RequestContext, thread: Thread): Promise<void> {
  const loaded = await ctx.server.services.config.layers(thread.settings().cwd);
  if (loaded.ok) await tellUnheeded(ctx, loaded);
}

/** Settings that are not followed, and files of rules that are not in force. */
async function tellUnheeded(
  { connection, server }: RequestContext,
  { config, unheeded }: Pick<ThreadConfig, 'config' | 'unheeded'>,
): Promise<void> {
  const ofRules = await server.services.rules.of(config.rulesFolders);
  for (const warning of [...unheeded, ...ofRules]) connection.warn(warning);
}

function settingsOf(params: OpenParams): TypedSettings {
  const { serviceTier } = params;
  return {
    model: params.model ?? null,
    modelProvider: params.modelProvider ?? null,
    approvalPolicy: params.approvalPolicy ?? null,
    approvalsReviewer: params.approvalsReviewer ?? null,
    sandbox: params.sandbox ?? null,
    baseInstructions: params.baseInstructions ?? null,
    developerInstructions: params.developerInstructions ?? null,
    personality: ('personality' in params ? params.personality : null) ?? null,
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

function describeThread(thread: Thread, preview = ''): Opened {
  const settings = thread.settings();
  const wire = thread.toWire();
  return {
    thread: { ...wire, preview: wire.preview || preview },
    model: settings.model,
    modelProvider: settings.modelProvider,
    serviceTier: settings.serviceTier,
    cwd: settings.cwd,
    approvalPolicy: settings.approvalPolicy,
    approvalsReviewer: settings.approvalsReviewer,
    sandbox: settings.sandboxPolicy,
    reasoningEffort: settings.effort,
  };
}

function identityOf(ctx: RequestContext): ClientIdentity {
  const { introduction } = ctx.connection;
  if (!introduction) throw new Error('a request was let through before initialize');
  return introduction.identity;
}

function tellStatus(ctx: RequestContext, thread: Thread): void {
  const { status } = thread.toWire();
  ctx.server.subscriptions.broadcast({ method: 'thread/status/changed', params: { threadId: thread.id, status } });
}

function tellDeprecations(ctx: RequestContext, thread: Thread, notices: readonly Notice[]): void {
  for (const { summary, details } of notices) {
    ctx.server.subscriptions.publish(thread.id, { method: 'deprecationNotice', params: { summary, details } });
  }
}

/** A file that is there and cannot be read is the caller's to know. */
async function orLoadFailure<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isCodexError(error) || error.code !== 'rolloutNotFound') throw error;
    throw new CodexError('invalidRequest', `failed to load rollout \`${path}\`: ${error.message}`, {
      cause: error,
      ...(error.data && { data: error.data }),
    });
  }
}

async function orInternal<T>(what: 'creating' | 'resuming' | 'forking', work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isCodexError(error) && error.code === 'config') {
      throw new CodexError('config', `failed to load configuration: ${error.message}`, { cause: error });
    }
    if (isCodexError(error) && error.code !== 'internal') throw error;
    throw new CodexError('internal', `error ${what} thread: ${toMessage(error)}`, { cause: error });
  }
}

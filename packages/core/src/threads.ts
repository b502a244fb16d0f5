import { CodexError } from '@codex/base';
import type { Config } from '@codex/config';
import { instructionsFor, type Models } from '@codex/models';
import { readRollout, readThreadGit, readThreadName, type StoredThread } from '@codex/rollout';
import { createTimeline, type ThreadHeader, type Timeline } from '@codex/timeline';
import { type AgentTree, createAgentPort, createAgentTree, type OpenExtras } from './agents.ts';
import { createGrants } from './approval/grants.ts';
import { createSessionApprovals } from './approval/remember.ts';
import { createThreadNetwork } from './approval/network.ts';
import { createRuleBook } from './approval/rule-book.ts';
import { readAgentsMd } from './context/agents-md.ts';
import { createThreadHooks, type StartSource } from './hooks/thread-hooks.ts';
import type { CoreDeps } from './ports.ts';
import { createPauseSwitch, type ThreadSession } from './session.ts';
import { initialSettings } from './settings.ts';
import { createThread } from './thread.ts';
import { newHeader, openThreadFile, storeFork } from './thread-file.ts';
import { createThreadMcp, requireServers, type ThreadMcp } from './thread-mcp.ts';
import type { ForkOptions, ResumeOptions, StartOptions, Thread, Threads, ThreadSettings } from './thread-types.ts';
import { createTerminalSessions } from './tools/terminal-sessions.ts';

/** Creates the keeper of all loaded threads. */
export function createThreads(deps: CoreDeps): Threads {
  const { clock, ids, log } = deps;
  const threads = new Map<string, Thread>();
  const ruleBook = createRuleBook({ home: deps.home, clock, log });
  const loading = new Map<string, Promise<Thread>>();
  const openedListeners = new Set<(thread: Thread, parentId: string | null) => void>();
  const closedListeners = new Set<(thread: Thread) => void>();
  let closing = false;

  interface Assembly {
    header: ThreadHeader;
    config: Config;
    mcp: ThreadMcp;
    models: Models;
    settings: ThreadSettings;
    timeline: Timeline;
    resumed: boolean;
    startSource: StartSource;
    preview: string;
    turns: StoredThread['turns'] | null;
    updatedAt: number;
    gitInfo: ThreadSession['gitInfo'];
    depth: number;
    parentId: string | null;
    tree: AgentTree;
    client: StartOptions['client'];
    hidden: boolean;
  }

  const checkOpen = (): void => {
    if (closing) throw new CodexError('invalidRequest', 'threads are being shut down');
  };

  const assemble = (a: Assembly): Thread => {
    const { header, config, timeline } = a;
    if (closing) void a.mcp.close();
    checkOpen();
    const threadLog = log.child({ threadId: header.id });
    const rules = ruleBook.open(config.rulesFolders, config.requirements.rules);
    const pauses = createPauseSwitch();
    const { network } = config;
    const session: ThreadSession = {
      header,
      home: deps.home,
      env: deps.env,
      clock,
      ids,
      log: threadLog,
      shell: deps.shell,
      timezone: () => deps.timezone(),
      runner: deps.runner,
      files: deps.files,
      skills: deps.skills,
      mcp: a.mcp,
      approvals: createSessionApprovals(),
      rules,
      network: network && createThreadNetwork(network, { clock, env: deps.env, log: threadLog, pauses, rules }),
      grants: createGrants(),
      terminals: createTerminalSessions({ ids, clock }),
      hooks: createThreadHooks({
        config,
        source: a.startSource,
        files: deps.files,
        warn(message) {
          threadLog.warn({ hooks: message }, 'hooks are left out');
          timeline.notice('warning', message);
        },
      }),
      pauses,
      agents: createAgentPort({
        tree: a.tree,
        parentId: header.id,
        depth: a.depth,
        client: a.client,
        deps,
        openThread,
        loadThread: load,
      }),
      gitInfo: a.gitInfo,
      refusedImages: new WeakSet(),
      toldFailures: new Set(),
      reasoningIncluded: false,
    };
    const thread = createThread({
      session,
      timeline,
      rollout: openThreadFile(deps, session, timeline, a.resumed),
      config,
      models: a.models,
      settings: a.settings,
      preview: a.preview,
      turns: a.turns,
      updatedAt: a.updatedAt,
      stored: a.resumed,
      userInstructions: () =>
        readAgentsMd({
          files: deps.files,
          home: deps.home,
          cwd: a.settings.cwd,
          rootMarkers: config.projectRootMarkers,
          fallbackNames: config.projectDocFallbackFilenames,
          maxBytes: config.projectDocMaxBytes,
          nested: config.features.child_agents_md,
        }),
      onClosed() {
        if (!threads.delete(header.id)) return;
        for (const listener of closedListeners) listener(thread);
      },
    });
    if (a.hidden) return thread;
    threads.set(header.id, thread);
    for (const listener of openedListeners) listener(thread, a.parentId);
    return thread;
  };

  /** The thread's servers; started already where one of them is required. */
  const openMcp = async (config: Config): Promise<ThreadMcp> => {
    const mcp = createThreadMcp(deps.mcp);
    await requireServers(mcp, config);
    return mcp;
  };

  const openThread = async (options: StartOptions & OpenExtras): Promise<Thread> => {
    const { config } = options;
    const models = deps.modelsFor(config, config.modelProvider, options.client);
    const { slug, record } = await models.resolve(config.model);
    const personality = config.features.personality ? config.personality : null;
    const usable = config.features.personality ? record : { ...record, modelMessages: null };
    const header = newHeader(deps, options, {
      forkedFromId: null,
      agentNickname: options.nickname ?? null,
      agentRole: options.role ?? null,
      baseInstructions: config.baseInstructions ?? instructionsFor(usable, personality),
      dynamicTools: options.dynamicTools ?? [],
    });
    const mcp = await openMcp(config);
    const timeline = createTimeline({
      threadId: header.id,
      clock,
      onListenerError: (err) => log.error({ err }, 'a listener failed'),
    });
    const thread = assemble({
      header,
      config,
      mcp,
      models,
      settings: initialSettings(config, slug),
      timeline,
      resumed: false,
      startSource: 'startup',
      preview: '',
      turns: null,
      updatedAt: header.createdAt,
      gitInfo: null,
      depth: options.depth ?? 0,
      parentId: options.parentId ?? null,
      tree: options.tree ?? createAgentTree(),
      client: options.client,
      hidden: options.hidden ?? false,
    });
    // Not before its file listens.
    if (options.history?.length) timeline.seed(options.history);
    return thread;
  };

  const load = async (options: ResumeOptions & OpenExtras): Promise<Thread> => {
    const stored = await readRollout(options.path);
    const known = threads.get(stored.header.id);
    if (known) return known;
    const { id } = stored.header;
    const [name, git] = await Promise.all([readThreadName(deps.home, id), readThreadGit(deps.home, id)]);
    stored.state.name = name;
    if (git !== undefined) stored.gitInfo = git;
    return goOn(stored, options, { ...stored.header, path: options.path }, 'resume');
  };

  /** A loaded thread with the history of a stored one. */
  const goOn = async (
    stored: StoredThread,
    options: ResumeOptions & OpenExtras,
    header: ThreadHeader,
    startSource: StartSource,
  ): Promise<Thread> => {
    const { config } = options;
    const models = deps.modelsFor(config, config.modelProvider, options.client);
    const { slug, record } = await models.resolve(config.model);
    const mcp = await openMcp(config);
    // Somebody else may have loaded it meanwhile, by another name of the same file.
    const known = threads.get(header.id);
    if (known) {
      void mcp.close();
      return known;
    }
    const baseInstructions =
      config.baseInstructions ?? (stored.header.baseInstructions || instructionsFor(record, config.personality));
    const timeline = createTimeline({
      threadId: header.id,
      clock,
      state: stored.state,
      context: stored.context,
      onListenerError: (err) => log.error({ err }, 'a listener failed'),
    });
    if (stored.skippedLines) log.warn({ path: options.path, lines: stored.skippedLines }, 'rollout lines were skipped');
    const thread = assemble({
      header: { ...header, baseInstructions },
      config,
      mcp,
      models,
      settings: initialSettings(config, slug),
      timeline,
      resumed: true,
      startSource,
      preview: stored.preview,
      // Nobody is shown the turns of an agent that is loaded for its parent's model.
      turns: header.path === null || options.parentId ? null : stored.turns,
      updatedAt: stored.updatedAt,
      gitInfo: stored.gitInfo,
      depth: options.depth ?? 0,
      parentId: options.parentId ?? null,
      tree: options.tree ?? createAgentTree(),
      client: options.client,
      hidden: options.hidden ?? false,
    });
    const before = stored.context.reference?.model;
    if (startSource === 'resume' && !options.parentId && before !== undefined && before !== slug) {
      timeline.notice('warning', otherModel(before, slug));
    }
    return thread;
  };

  const fork = async (options: ForkOptions): Promise<Thread> => {
    checkOpen();
    const { stored, header } = await storeFork(deps, options);
    return goOn(stored, options, header, 'startup');
  };

  return {
    start: (options) => openThread(options),
    resume(options) {
      const loadedAlready = [...threads.values()].find((thread) => thread.header.path === options.path);
      if (loadedAlready) return Promise.resolve(loadedAlready);
      // Two clients that ask together get one thread.
      const known = loading.get(options.path);
      if (known) return known;
      const loaded = load(options).finally(() => loading.delete(options.path));
      loading.set(options.path, loaded);
      return loaded;
    },
    fork,
    get: (id) => threads.get(id),
    list: () => [...threads.values()],
    onOpened(listener) {
      openedListeners.add(listener);
      return () => openedListeners.delete(listener);
    },
    onClosed(listener) {
      closedListeners.add(listener);
      return () => closedListeners.delete(listener);
    },
    async close() {
      closing = true;
      await Promise.allSettled([...threads.values()].map((thread) => thread.close()));
    },
  };
}

function otherModel(before: string, now: string): string {
  return `This session ran with \`${before}\` so far and goes on with \`${now}\`, which may work less well with what is there.`;
}

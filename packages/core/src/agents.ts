import { abortReason, CodexError } from '@codex/base';
import type { Config } from '@codex/config';
import { findRollout } from '@codex/rollout';
import type { CollabAgentState, ResponseItem, UserInput } from '@codex/protocol';
import type { CoreDeps } from './ports.ts';
import { nextNickname } from './nicknames.ts';
import { REVIEW_RUBRIC } from './review/rubric.ts';
import type {
  ClientIdentity,
  ResumeOptions,
  SettingsOverrides,
  StartOptions,
  Thread,
  ThreadSettings,
} from './thread-types.ts';

/** Where an agent stands, in the form the model is told (core specification §13.4). */
export type AgentStatus =
  | 'pending_init'
  | 'running'
  | 'interrupted'
  | 'shutdown'
  | 'not_found'
  | { completed: string | null }
  | { errored: string };

export function isFinal(status: AgentStatus): boolean {
  return status !== 'pending_init' && status !== 'running';
}

/** The same for clients. */
export function agentState(status: AgentStatus): CollabAgentState {
  if (typeof status === 'object') {
    return 'completed' in status
      ? { status: 'completed', message: status.completed }
      : { status: 'errored', message: status.errored };
  }
  const names = {
    pending_init: 'pendingInit',
    running: 'running',
    interrupted: 'interrupted',
    shutdown: 'shutdown',
    not_found: 'notFound',
  } as const;
  return { status: names[status], message: null };
}

/** A thread that another thread's model opened. */
export interface Agent {
  readonly id: string;
  readonly nickname: string;
  readonly status: AgentStatus;
  /** Starts a turn, or joins the running one; returns the turn's id. */
  send(input: UserInput[]): string;
  interrupt(): Promise<void>;
  close(): Promise<void>;
  /** Calls back at every change of status until the returned function is called. */
  watch(listener: () => void): () => void;
}

export interface SpawnOptions {
  input: UserInput[];
  role: string | null;
  /** Of the parent's turn. */
  settings: Readonly<ThreadSettings>;
  /** What the model wants to be different, as far as the role lets it. */
  chosen: Pick<SettingsOverrides, 'model' | 'effort'>;
  /** The child begins with what its parent's model sees. */
  history: readonly ResponseItem[];
  config: Config;
}

/** A thread's way to its agents. */
export interface AgentPort {
  /** 0 for a thread a user opened, 1 for its agents, and so on. */
  readonly depth: number;
  spawn(options: SpawnOptions): Promise<Agent>;
  find(id: string): Agent | undefined;
  /** Those this thread opened and nobody closed. */
  open(): { id: string; nickname: string }[];
  /**
   * A thread for one review, under the settings of a turn: without approvals, agents, hooks, MCP servers and the web.
   * It is on no list, nobody hears of it, and whoever opened it closes it.
   */
  openReviewer(config: Config, settings: Readonly<ThreadSettings>): Promise<Thread>;
  /** An agent that was closed is loaded again; null when nothing is stored under that id. */
  reopen(id: string, config: Config): Promise<Agent | null>;
  /** What the model has not been told yet about agents that came to an end. */
  drainNotices(): ResponseItem[];
  /** Closes the agents this thread has opened: nobody is left to use them. */
  close(): Promise<void>;
}

/** All agents that descend from one user's thread. */
export interface AgentTree {
  readonly agents: Map<string, Agent>;
  /** Being opened and not among `agents` yet. */
  opening: number;
}

export function createAgentTree(): AgentTree {
  return { agents: new Map(), opening: 0 };
}

/** What only threads of agents have. */
export interface OpenExtras {
  depth?: number;
  parentId?: string | null;
  nickname?: string | null;
  role?: string | null;
  tree?: AgentTree;
  /** On no list and not told of. */
  hidden?: boolean;
}

export interface AgentPortDeps {
  tree: AgentTree;
  parentId: string;
  depth: number;
  client: ClientIdentity;
  deps: CoreDeps;
  openThread(options: StartOptions & OpenExtras): Promise<Thread>;
  loadThread(options: ResumeOptions & OpenExtras): Promise<Thread>;
}

export function createAgentPort(port: AgentPortDeps): AgentPort {
  const { tree, parentId, client } = port;
  const notices: ResponseItem[] = [];
  const own = new Set<string>();
  const nicknames = () => new Set([...tree.agents.values()].map((agent) => agent.nickname));
  const extras = (nickname: string, role: string | null): OpenExtras => ({
    depth: port.depth + 1,
    parentId,
    nickname,
    role,
    tree,
  });
  const source = (nickname: string, role: string | null) => ({
    subAgent: {
      thread_spawn: { parent_thread_id: parentId, depth: port.depth + 1, agent_nickname: nickname, agent_role: role },
    },
  });

  const adopt = (thread: Thread, nickname: string): Agent => {
    const agent = createAgent(thread, nickname, (status) => {
      const body = JSON.stringify({ agent_id: thread.id, status });
      const text = `<subagent_notification>\n${body}\n</subagent_notification>`;
      notices.push({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
    });
    tree.agents.set(thread.id, agent);
    own.add(thread.id);
    return agent;
  };

  const reserve = (config: Config): void => {
    const open = [...tree.agents.values()].filter((agent) => agent.status !== 'shutdown').length + tree.opening;
    const max = config.agents.maxThreads;
    if (open >= max) {
      throw new CodexError('invalidRequest', `collab spawn failed: agent thread limit reached (max ${max})`);
    }
    tree.opening += 1;
  };

  return {
    depth: port.depth,
    async spawn({ input, role, settings, chosen, history, config }) {
      reserve(config);
      try {
        const kind = role === null ? undefined : config.agents.roles[role];
        const file = kind?.configFile ?? null;
        const changes = file === null ? {} : port.deps.roleChanges(config, file);
        const overrides = settingsOfRole({ ...settings, ...chosen }, changes);
        const nickname = nextNickname(nicknames(), kind?.nicknameCandidates ?? []);
        const thread = await port.openThread({
          config: { ...config, ...changes, cwd: settings.cwd, model: overrides.model ?? settings.model },
          source: source(nickname, role),
          client,
          history: [...history],
          ...extras(nickname, role),
        });
        try {
          const { run } = thread.prepareTurn({ input, overrides });
          const agent = adopt(thread, nickname);
          run();
          return agent;
        } catch (error) {
          await thread.close();
          throw error;
        }
      } finally {
        tree.opening -= 1;
      }
    },
    find: (id) => tree.agents.get(id),
    open: () =>
      [...own].flatMap((id) => {
        const agent = tree.agents.get(id);
        return agent && agent.status !== 'shutdown' ? [{ id, nickname: agent.nickname }] : [];
      }),
    async reopen(id, config) {
      const known = tree.agents.get(id);
      if (known && known.status !== 'shutdown') return known;
      const path = await findRollout(port.deps.home, id);
      if (path === null) return null;
      reserve(config);
      try {
        const nickname = known?.nickname ?? nextNickname(nicknames(), []);
        const role = null;
        const thread = await port.loadThread({
          config,
          source: source(nickname, role),
          client,
          path,
          ...extras(nickname, role),
        });
        return adopt(thread, nickname);
      } finally {
        tree.opening -= 1;
      }
    },
    async openReviewer(config, settings) {
      const model = config.reviewModel ?? settings.model;
      return port.openThread({
        config: {
          ...config,
          model,
          baseInstructions: REVIEW_RUBRIC,
          cwd: settings.cwd,
          sandboxPolicy: settings.sandboxPolicy,
          approvalPolicy: 'never',
          modelReasoningEffort: config.reviewModel === null ? settings.effort : config.modelReasoningEffort,
          mcpServers: {},
          webSearch: { ...config.webSearch, mode: 'disabled' },
          features: { ...config.features, multi_agent: false, codex_hooks: false },
        },
        source: { subAgent: 'review' },
        client,
        ephemeral: true,
        depth: port.depth + 1,
        parentId,
        tree,
        hidden: true,
      });
    },
    drainNotices: () => notices.splice(0),
    async close() {
      await Promise.all([...own].map(async (id) => tree.agents.get(id)?.close()));
    },
  };
}

function createAgent(thread: Thread, nickname: string, onFinal: (status: AgentStatus) => void): Agent {
  const watchers = new Set<() => void>();
  let status: AgentStatus = 'pending_init';
  let lastMessage: string | null = null;
  const change = (next: AgentStatus): void => {
    status = next;
    if (typeof next === 'object') onFinal(next);
    for (const watcher of [...watchers]) watcher();
  };
  thread.subscribe(({ event }) => {
    if (event.type === 'turn.started') {
      lastMessage = null;
      change('running');
    } else if (event.type === 'item.completed' && event.item.type === 'agentMessage') lastMessage = event.item.text;
    else if (event.type === 'turn.ended') {
      if (event.status === 'completed') change({ completed: lastMessage });
      else if (event.status === 'failed') change({ errored: event.error?.message ?? 'the turn failed' });
      else change('interrupted');
    } else if (event.type === 'thread.closed') change('shutdown');
  });
  return {
    id: thread.id,
    nickname,
    get status() {
      return status;
    },
    send(input) {
      const { turn, run } = thread.prepareTurn({ input });
      run();
      return turn.id;
    },
    async interrupt() {
      if (thread.state.active) await thread.interrupt();
    },
    close: () => thread.close(),
    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
  };
}

/** Resolves when one of the agents is at an end or the time is up; rejects with the abort reason. */
export async function waitForAny(
  agents: readonly Agent[],
  ms: number,
  clock: CoreDeps['clock'],
  signal: AbortSignal,
): Promise<{ timedOut: boolean }> {
  if (agents.some((agent) => isFinal(agent.status))) return { timedOut: false };
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      for (const stop of stops) stop();
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    const onAbort = () => settle(() => reject(abortReason(signal)));
    const stops = agents.map((agent) =>
      agent.watch(() => {
        if (isFinal(agent.status)) settle(() => resolve({ timedOut: false }));
      }),
    );
    stops.push(clock.timer(ms, () => settle(() => resolve({ timedOut: true }))));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

/** The parent's settings and wishes, as far as the role has none of its own; what is allowed is the parent's. */
function settingsOfRole(settings: Readonly<ThreadSettings>, role: Partial<Config>): SettingsOverrides {
  const effort = role.modelReasoningEffort ?? settings.effort;
  const summary = role.modelReasoningSummary ?? settings.summary;
  const personality = role.personality ?? settings.personality;
  return {
    model: role.model ?? settings.model,
    approvalPolicy: settings.approvalPolicy,
    sandboxPolicy: settings.sandboxPolicy,
    serviceTier: role.serviceTier === undefined ? settings.serviceTier : role.serviceTier,
    ...(effort === null ? {} : { effort }),
    ...(summary === null ? {} : { summary }),
    ...(personality === null ? {} : { personality }),
  };
}

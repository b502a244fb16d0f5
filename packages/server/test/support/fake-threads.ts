import { countingIds, manualClock } from '@codex/base';
import type { PreparedTurn, Thread, Threads } from '@codex/core';
import { freezeTurns } from '@codex/rollout';
import { createTimeline, threadStatus, type Timeline, type TurnScope } from '@codex/timeline';

/** A loaded thread whose turns do what the test says. */
export interface FakeThread extends Thread {
  readonly timeline: Timeline;
  /** The running turn. */
  scope(): TurnScope;
  readonly pauses: () => number;
}

export interface FakeThreads {
  threads: Threads;
  all: FakeThread[];
  open(parentId?: string | null): FakeThread;
  /** Runs whenever a client asks for terminals to be cleaned: a stand-in for slow work. */
  onClean: (thread: FakeThread) => Promise<void>;
}

/** The engine without a model: threads with a real timeline and nothing behind it. */
export function fakeThreads(): FakeThreads {
  const ids = countingIds();
  const clock = manualClock(1_700_000_000_000);
  const loaded = new Map<string, FakeThread>();
  const opened = new Set<(thread: Thread, parentId: string | null) => void>();
  const closed = new Set<(thread: Thread) => void>();
  const fake: FakeThreads = {
    all: [],
    onClean: () => Promise.resolve(),
    open(parentId = null) {
      const thread = make();
      loaded.set(thread.id, thread);
      fake.all.push(thread);
      opened.forEach((hear) => hear(thread, parentId));
      return thread;
    },
    threads: {
      start: () => Promise.resolve(fake.open()),
      resume: () => Promise.reject(new Error('nothing is stored')),
      fork: () => Promise.reject(new Error('nothing is stored')),
      get: (id) => loaded.get(id),
      list: () => [...loaded.values()],
      onOpened: (hear) => {
        opened.add(hear);
        return () => opened.delete(hear);
      },
      onClosed: (hear) => {
        closed.add(hear);
        return () => closed.delete(hear);
      },
      close: async () => {
        for (const thread of [...loaded.values()]) await thread.close();
      },
    },
  };

  function make(): FakeThread {
    const id = ids.uuid();
    const timeline = createTimeline({ threadId: id, clock });
    let scope: TurnScope | null = null;
    let pauses = 0;
    const header: Thread['header'] = {
      ...{ id, createdAt: clock.now(), cwd: '/work', source: 'vscode', originator: 'test', cliVersion: '1' },
      ...{ modelProvider: 'mock', ephemeral: false, path: `/nowhere/${id}.jsonl`, forkedFromId: null },
      ...{ agentNickname: null, agentRole: null, baseInstructions: '', dynamicTools: [] },
    };
    const toWire: Thread['toWire'] = () => ({
      ...{ id, preview: '', ephemeral: false, modelProvider: 'mock', createdAt: 1, updatedAt: 1 },
      ...{ status: threadStatus(timeline.state), path: header.path, cwd: '/work', cliVersion: '1', source: 'vscode' },
      ...{ agentNickname: null, agentRole: null, gitInfo: null, name: timeline.state.name },
      turns: [],
    });
    const thread: FakeThread = {
      id,
      header,
      timeline,
      state: timeline.state,
      get begun() {
        return timeline.state.turns.length > 0;
      },
      closing: false,
      toWire,
      history: () => Promise.resolve({ take: () => freezeTurns(timeline.state.turns) }),
      pauses: () => pauses,
      scope: () => {
        if (!scope) throw new Error('no turn runs');
        return scope;
      },
      reconfigure: () => {},
      renewMcpServers: () => {},
      prepareReview: () => {
        throw new Error('not used');
      },
      settings: () => ({
        ...{ cwd: '/work', model: 'm', modelProvider: 'mock', effort: null, summary: null, approvalPolicy: 'never' },
        ...{ approvalsReviewer: 'user', sandboxPolicy: { type: 'dangerFullAccess' }, personality: null },
        ...{ serviceTier: null, collaborationMode: null, developerInstructions: null },
      }),
      announce: (origin) => timeline.opened(toWire(), origin),
      prepareTurn(): PreparedTurn {
        const turnId = ids.uuid();
        return {
          turn: { id: turnId, items: [], status: 'inProgress', error: null },
          run: () => {
            scope = timeline.beginTurn({ id: turnId, modelContextWindow: null, mode: 'default' });
          },
        };
      },
      prepareCompaction: () => thread.prepareTurn({ input: [] }),
      rollBack: (turns) => Promise.resolve(timeline.rolledBack(turns)),
      steer: (_input, turnId) => turnId,
      interrupt: () => {
        thread.scope().end('interrupted');
        return Promise.resolve();
      },
      answer: (questionId, answer) => timeline.answer(questionId, answer),
      questions: () => [...timeline.state.questions.values()],
      subscribe: (hear) => timeline.subscribe(hear),
      rename: (name) => timeline.renamed(name),
      setGitInfo: () => {},
      pauseClocks: (change) => (pauses += change),
      cleanBackgroundTerminals: () => fake.onClean(thread),
      flush: () => Promise.resolve(),
      close: () => {
        if (!loaded.delete(id)) return Promise.resolve();
        timeline.closed();
        closed.forEach((hear) => hear(thread));
        return Promise.resolve();
      },
    };
    return thread;
  }

  return fake;
}

import { AbortedError, toMessage } from '@codex/base';
import type { ManagedNetwork } from '@codex/config';
import type { HostRequest, OpenNetwork } from '@codex/network-proxy';
import type { ThreadSession } from '../session.ts';
import { askAboutHost, hostKey, mayAsk } from './network-question.ts';
import type { AskingTurn, ThreadNetwork } from './thread-network.ts';

interface Visitor {
  turn: AskingTurn;
  /** In words for the model, each once. */
  refused: Set<string>;
  /** How many of them were told. */
  told: number;
  cancel: AbortController;
}

interface Pending {
  answer: Promise<boolean>;
  waiting: number;
  giveUp: AbortController;
}

type Surroundings = Pick<ThreadSession, 'clock' | 'env' | 'log' | 'pauses' | 'rules'>;

/** Loads nothing and starts nothing before the first command. */
export function createThreadNetwork(settings: ManagedNetwork, session: Surroundings): ThreadNetwork {
  const visitors = new Set<Visitor>();
  const allowed = new Set<string>();
  const denied = new Set<string>();
  const pending = new Map<string, Pending>();
  /** Why users refused hosts, for the model. */
  const said = new Map<string, string>();
  let latest: AskingTurn | null = null;
  let opening: Promise<OpenNetwork> | null = null;

  /** The command a connection belongs to, which is known only when one runs alone. */
  const only = (): Visitor | null => (visitors.size === 1 ? ([...visitors][0] ?? null) : null);

  const ask = (request: HostRequest, key: string): Pending => {
    const giveUp = new AbortController();
    const turn = latest;
    const entry: Pending = { answer: Promise.resolve(false), waiting: 0, giveUp };
    said.delete(key);
    if (!turn || turn.scope.ended || !mayAsk(turn.settings)) return entry;
    pending.set(key, entry);
    entry.answer = askAboutHost({ ...turn, session }, request, giveUp.signal)
      .then((answer) => {
        if (answer.kind === 'yes') {
          if (answer.forSession) allowed.add(key);
          return true;
        }
        if (answer.forSession) denied.add(key);
        said.set(key, answer.reason);
        if (answer.stopTurn) for (const visitor of visitors) if (visitor.turn === turn) visitor.cancel.abort();
        return false;
      })
      .catch((error: unknown) => {
        if (!turn.signal.aborted && !turn.scope.ended && !giveUp.signal.aborted) {
          session.log.error({ host: request.host, err: toMessage(error) }, 'a question about a host failed');
        }
        return false;
      })
      .finally(() => pending.delete(key));
    return entry;
  };

  const decide = async (request: HostRequest, signal: AbortSignal): Promise<boolean> => {
    const key = hostKey(request);
    if (denied.has(key) || settings.managedOnly) return false;
    if (allowed.has(key)) return true;
    const entry = pending.get(key) ?? ask(request, key);
    entry.waiting += 1;
    const leave = () => {
      if (--entry.waiting === 0) entry.giveUp.abort(new AbortedError('nobody waits for the host any more'));
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    try {
      return await entry.answer;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  };

  const open = async (): Promise<OpenNetwork> => {
    const { openNetwork } = await import('@codex/network-proxy');
    return openNetwork(settings, {
      clock: session.clock,
      log: session.log,
      env: session.env,
      rules: async () => (await session.rules.current()).network,
      decide,
      onBlocked(blocked, text) {
        const reason = blocked.source === 'decider' ? said.get(hostKey(blocked)) : undefined;
        const own = `Network access to "${blocked.host}" was blocked: ${reason}.`;
        only()?.refused.add(reason === undefined ? text : own);
      },
    });
  };

  return {
    async enter(turn) {
      opening ??= open().catch((error: unknown) => {
        opening = null;
        throw error;
      });
      const opened = await opening;
      await opened.refresh();
      latest = turn;
      const visitor: Visitor = { turn, refused: new Set(), told: 0, cancel: new AbortController() };
      visitors.add(visitor);
      return {
        env: opened.env,
        network: opened.network,
        cancelled: visitor.cancel.signal,
        get wasBlocked() {
          return visitor.refused.size > 0;
        },
        blocked() {
          const news = [...visitor.refused].slice(visitor.told);
          visitor.told += news.length;
          return news.join('\n');
        },
        leave: () => void visitors.delete(visitor),
      };
    },
    async close() {
      const opened = await opening?.catch(() => null);
      for (const { giveUp } of pending.values()) giveUp.abort();
      await opened?.close();
    },
  };
}

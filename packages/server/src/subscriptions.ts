import { type Clock, systemClock } from '@codex/base';
import type { ServerNotification, ServerNotificationMethod } from '@codex/protocol';
import type { FrozenTurns } from '@codex/rollout';
import type { Connection } from './connection.ts';
import { inForms } from './later/messages.ts';

/** Notifications every initialized connection gets; all others go to the subscribers of their thread (§7). */
const GLOBAL = new Set<string>([
  'thread/started',
  'thread/status/changed',
  'thread/archived',
  'thread/unarchived',
  'thread/closed',
  'thread/name/updated',
  'account/updated',
  'account/login/completed',
  'mcpServer/oauthLogin/completed',
  'app/list/updated',
  'fuzzyFileSearch/sessionUpdated',
  'fuzzyFileSearch/sessionCompleted',
] satisfies ServerNotificationMethod[]);

/** Who hears what: the only record of connections and of which threads they follow. */
export interface Subscriptions {
  /** The connection takes part in broadcasts as soon as it is ready. */
  add(connection: Connection): void;
  /** Forgets the connection and all its subscriptions. */
  remove(connection: Connection): void;
  /** Does nothing for a connection that has gone while its request was served. */
  subscribe(threadId: string, connection: Connection): void;
  /** False when it was not subscribed. */
  unsubscribe(threadId: string, connection: Connection): boolean;
  of(threadId: string): ReadonlySet<Connection>;
  /** Forgets the thread. */
  drop(threadId: string): void;
  /** To everybody, or to the subscribers of `threadId`, as the method demands; not before `after`. Written as JSON once. */
  publish(threadId: string, notification: ServerNotification, after?: Promise<void>): void;
  /** `turns` are those of the notification's thread. */
  broadcast(notification: ServerNotification, turns?: FrozenTurns): void;
  readonly connections: ReadonlySet<Connection>;
}

const NOBODY: ReadonlySet<Connection> = new Set();

/** `onChange` hears of a thread when somebody begins or ceases to follow it. */
export function createSubscriptions(
  onChange: (threadId: string) => void = () => {},
  clock: Clock = systemClock,
): Subscriptions {
  const connections = new Set<Connection>();
  const byThread = new Map<string, Set<Connection>>();

  const unsubscribe = (threadId: string, connection: Connection): boolean => {
    const followers = byThread.get(threadId);
    if (!followers?.delete(connection)) return false;
    if (followers.size === 0) byThread.delete(threadId);
    onChange(threadId);
    return true;
  };

  const broadcast = (notification: ServerNotification, turns?: FrozenTurns) => {
    const form = inForms(notification, { turns, now: clock.now() });
    for (const connection of connections) connection.hear(form(connection), notification.method);
  };

  return {
    connections,
    add: (connection) => connections.add(connection),
    remove(connection) {
      connections.delete(connection);
      for (const threadId of [...byThread.keys()]) unsubscribe(threadId, connection);
    },
    subscribe(threadId, connection) {
      if (!connection.listening) return;
      const followers = byThread.get(threadId);
      if (followers) followers.add(connection);
      else byThread.set(threadId, new Set([connection]));
      onChange(threadId);
    },
    unsubscribe,
    of: (threadId) => byThread.get(threadId) ?? NOBODY,
    drop: (threadId) => byThread.delete(threadId),
    publish(threadId, notification, after) {
      if (GLOBAL.has(notification.method)) {
        broadcast(notification);
        return;
      }
      const followers = byThread.get(threadId);
      if (!followers) return;
      const form = inForms(notification, { after, now: clock.now() });
      for (const connection of followers) connection.tell(form(connection), notification.method);
    },
    broadcast,
  };
}

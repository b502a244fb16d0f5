import type { Session } from '@codex/sandbox';
import type { OpenItem } from '@codex/timeline';
import type { Clock, Ids } from '@codex/base';
import type { CommandItem } from './command-item.ts';

/** A process that a model may come back to. */
export interface Terminal {
  id: number;
  tty: boolean;
  item: CommandItem;
  open: OpenItem;
  session: Session;
  usedAt: number;
  /** Ended by us and not by itself. */
  killed: boolean;
  /** What the network refused to it since the last call, in words for the model. */
  blocked(): string;
  /** Settles after the item was completed. */
  completed: Promise<void>;
}

/** The processes of one thread that outlived the call which started them (core specification §18.2). */
export interface TerminalSessions {
  readonly count: number;
  reserveId(): number;
  add(terminal: Terminal): void;
  get(id: number): Terminal | undefined;
  remove(id: number): void;
  /** Ends every process and resolves when their items are completed. */
  clean(): Promise<void>;
}

/** So many processes of a thread are kept. */
export const MAX_TERMINALS = 64;
const PROTECTED = 8;

export function createTerminalSessions(deps: { ids: Ids; clock: Pick<Clock, 'now'> }): TerminalSessions {
  const terminals = new Map<number, Terminal>();
  const reserved = new Set<number>();

  /** Makes room: an exited process first, else the least recently used one outside the protected few. */
  const prune = () => {
    if (terminals.size < MAX_TERMINALS) return;
    const byUse = [...terminals.values()].sort((a, b) => a.usedAt - b.usedAt);
    const victim = byUse.find((t) => !t.session.running) ?? byUse.slice(0, -PROTECTED)[0];
    if (!victim) return;
    terminals.delete(victim.id);
    victim.killed = true;
    void victim.session.kill();
  };

  return {
    get count() {
      return terminals.size;
    },
    reserveId() {
      for (;;) {
        const id = deps.ids.integer(1000, 99_999);
        if (terminals.has(id) || reserved.has(id)) continue;
        reserved.add(id);
        return id;
      }
    },
    add(terminal) {
      prune();
      reserved.delete(terminal.id);
      terminals.set(terminal.id, terminal);
    },
    get(id) {
      const terminal = terminals.get(id);
      if (terminal) terminal.usedAt = deps.clock.now();
      return terminal;
    },
    remove(id) {
      terminals.delete(id);
      reserved.delete(id);
    },
    async clean() {
      const all = [...terminals.values()];
      terminals.clear();
      for (const terminal of all) terminal.killed = true;
      await Promise.all(all.map((t) => t.session.kill().then(() => t.completed)));
    },
  };
}

import type { Config } from '@codex/config';
import type { OpenNetwork } from '@codex/network-proxy';
import type { TurnScope } from '@codex/timeline';
import type { ThreadSettings } from '../thread-types.ts';

/** What of a turn it takes to ask about a host. */
export interface AskingTurn {
  readonly scope: TurnScope;
  readonly signal: AbortSignal;
  readonly settings: Readonly<Pick<ThreadSettings, 'approvalPolicy' | 'sandboxPolicy'>>;
  readonly config: Pick<Config, 'approvalTimeout'>;
}

/** The managed network of a thread: its proxy, and what users have said about hosts (core specification §17). */
export interface ThreadNetwork {
  /** To be called for every command before it starts; the first one starts the proxy. Rejects with CodexError. */
  enter(turn: AskingTurn): Promise<NetworkVisit>;
  close(): Promise<void>;
}

/** A command's stay in the network. */
export interface NetworkVisit {
  /** Variables that lead programs to the proxy. */
  readonly env: OpenNetwork['env'];
  /** The way to the proxy for commands in the sandbox. */
  readonly network: OpenNetwork['network'];
  /** Aborts when the user answers a question about it with "cancel". */
  readonly cancelled: AbortSignal;
  /** Anything was refused to it. */
  readonly wasBlocked: boolean;
  /** What was refused since the last call, in words for the model; empty when nothing was. */
  blocked(): string;
  /** To be called when the command has ended. */
  leave(): void;
}

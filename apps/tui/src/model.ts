import type {
  AskForApproval,
  ClientMethod,
  ModeKind,
  RateLimitSnapshot,
  ReasoningEffort,
  RequestId,
  ResultOf,
  SandboxPolicy,
  ServerNotification,
  ServerRequestMethod,
  ThreadItem,
  ThreadTokenUsage,
} from '@codex/protocol';
import type { Cell } from './cells/cell.ts';
import type { Draft, Message } from './composer/draft.ts';
import type { History } from './composer/history.ts';
import type { Popup } from './composer/popup.ts';
import type { Input } from './keys.ts';
import type { Overlay } from './overlays/overlay.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export type OpenedThread = ResultOf<'thread/start'>;

/** What does not change while the program runs. */
export interface Place {
  readonly version: string;
  /** The folder worked in, unless the thread names another. */
  readonly cwd: string;
  /** Whether that folder was asked for: else a stored thread goes on in its own. */
  readonly isFolderChosen: boolean;
  /** The person's home, for `~`; undefined when there is none. */
  readonly userHome: string | undefined;
  /** Profile of config.toml in use; what is kept as a setting goes there. */
  readonly profile: string | undefined;
  /** Runs the person's own commands. */
  readonly shell: string;
  readonly showReasoning: boolean;
  readonly showRawReasoning: boolean;
  /** What `thread/start`, `thread/resume` and `thread/fork` are asked for. */
  readonly thread: ThreadSettings;
}

export interface ThreadSettings {
  readonly cwd: string;
  readonly model: string | null;
  readonly modelProvider: string | null;
  readonly approvalPolicy: AskForApproval | null;
  readonly sandbox: 'read-only' | 'workspace-write' | 'danger-full-access' | null;
  readonly config: Record<string, unknown> | null;
}

/** The thread talked to, with the settings in force. */
export interface Session {
  readonly threadId: string;
  readonly name: string | null;
  readonly path: string | null;
  readonly model: string;
  readonly provider: string;
  readonly effort: ReasoningEffort | null;
  readonly cwd: string;
  readonly approvalPolicy: AskForApproval;
  readonly sandbox: SandboxPolicy;
  readonly mode: ModeKind;
  /** Settings that the next turn has to tell. */
  readonly untold: ReadonlySet<'model' | 'permissions' | 'mode'>;
}

export interface Turn {
  /** Null until the server tells it. */
  readonly id: string | null;
  readonly startedAt: number;
  /** What the model says right now, not yet in blocks that are done. */
  readonly stream: Stream | null;
  /** The newest heading of the model's reasoning, and the text it stands in. */
  readonly thought: string;
  /** Why it takes longer, such as a connection that is made anew. */
  readonly trouble: string | null;
  readonly isInterrupting: boolean;
  /** The model has proposed a plan. */
  readonly hasPlan: boolean;
  /** Steered into the running turn, not yet taken up. */
  readonly steered: readonly Message[];
}

export interface Stream {
  readonly itemId: string;
  /** All of it so far. */
  readonly received: string;
  /** What is not in blocks that are done. */
  readonly rest: string;
  /** Whether a block of it is in the transcript already. */
  readonly hasBegun: boolean;
}

/** Work that has begun: shown live while its turn runs; a terminal that is left running outlives it. */
export interface OpenItem {
  readonly item: ThreadItem;
  readonly turnId: string;
  /** The end of the output so far. */
  readonly output: string;
}

export interface State {
  readonly size: Size;
  readonly place: Place;
  readonly now: number;
  readonly session: Session | null;
  /** Settled: cells never change, and are printed once. */
  readonly transcript: readonly Cell[];
  /** Counts threads shown; a new one begins a transcript of its own. */
  readonly epoch: number;
  readonly turn: Turn | null;
  readonly open: readonly OpenItem[];
  readonly queue: readonly Message[];
  readonly draft: Draft;
  readonly killed: string;
  readonly history: History;
  readonly popup: Popup | null;
  /** The first is shown. */
  readonly dialogs: readonly Dialog[];
  readonly overlay: Overlay | null;
  readonly usage: ThreadTokenUsage | null;
  readonly rateLimits: RateLimitSnapshot | null;
  /** A remark under the composer that goes with the next key. */
  readonly hint: string | null;
  /** Until when another ctrl+c ends the program. */
  readonly quitUntil: number;
  readonly escapedAt: number;
  /** When something was last written in the composer. */
  readonly typedAt: number;
  readonly isFocused: boolean;
  /** A command of the user's own that runs. */
  readonly shell: { readonly processId: string; readonly command: string } | null;
  /** What the user's own commands printed since the last message, for the model. */
  readonly shellNotes: readonly string[];
  /** Sent as soon as there is a thread. */
  readonly waiting: readonly Message[];
  readonly hasEnded: boolean;
}

/** A question to the person, in place of the composer. */
export type Dialog = Select | Prompt;

export interface Choice {
  readonly label: string;
  readonly detail?: string;
  /** A key that chooses it at once. */
  readonly key?: string;
  /** For a dialog of several answers. */
  readonly isChecked?: boolean;
  choose(state: State): Step;
}

interface Common {
  /** The server's question; the dialog goes when that is withdrawn. */
  readonly question?: RequestId;
  /** The login that is waited for; it goes on by itself. */
  readonly login?: { readonly id: string; readonly next: (state: State) => Step };
  readonly title: string;
  /** Lines under the title; `code` is shown as it is. */
  readonly body?: readonly { text: string; look?: 'code' | 'dim' | 'warn' }[];
  /** The patch that is asked about: its changes are drawn as far as there is room. */
  readonly patchId?: string;
  readonly hint?: string;
  cancel(state: State): Step;
}

export interface Select extends Common {
  readonly kind: 'select';
  readonly choices: readonly Choice[];
  readonly selected: number;
  /** What is typed narrows the choices; absent where it does not. */
  readonly search?: string;
  /** With several answers: space marks, enter ends. */
  finish?(state: State, chosen: readonly Choice[]): Step;
}

export interface Prompt extends Common {
  readonly kind: 'prompt';
  readonly draft: Draft;
  readonly isSecret?: boolean;
  submit(state: State, text: string): Step;
}

/** Everything that may change the state. */
export type Msg =
  | { type: 'input'; input: Input }
  | { type: 'resized'; size: Size }
  | { type: 'tick' }
  | { type: 'opened'; opened: OpenedThread; how: 'new' | 'resumed' | 'forked' }
  | { type: 'notification'; notification: ServerNotification }
  | { type: 'question'; id: RequestId; method: ServerRequestMethod; params: unknown }
  | { type: 'notice'; level: 'info' | 'warning' | 'error' | 'good'; text: string; detail?: string }
  | { type: 'history'; entries: readonly string[] }
  | { type: 'pasted'; text: string; image: string | null }
  | { type: 'edited'; text: string }
  | { type: 'disconnected'; reason: string | null }
  /** The answer to a request, made into a change where it was asked. */
  | { type: 'change'; make: (state: State) => Step };

/** What a change asks of the world outside. */
export type Effect =
  | Call
  | { type: 'answer'; id: RequestId; result: unknown }
  | { type: 'refuse'; id: RequestId; message: string }
  /** Appends to the history file. */
  | { type: 'remember'; text: string }
  /** Looks whether a pasted text is the path of an image. */
  | { type: 'inspectPaste'; text: string }
  | { type: 'editOutside'; text: string }
  | { type: 'notify'; text: string }
  | { type: 'wake'; ms: number }
  | { type: 'suspend' }
  | { type: 'redraw' }
  | { type: 'quit'; code: number };

interface Call {
  type: 'call';
  method: ClientMethod;
  params: unknown;
  done(result: unknown): Msg | null;
  failed(message: string): Msg | null;
}

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

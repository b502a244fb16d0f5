import type {
  ApprovalsReviewer,
  AskForApproval,
  CollaborationMode,
  DynamicToolSpec,
  GitInfo,
  Personality,
  ReasoningEffort,
  ReasoningSummary,
  ResponseItem,
  SandboxPolicy,
  ServiceTier,
  SessionSource,
  Thread as WireThread,
  Turn,
  UserInput,
} from '@codex/protocol';
import type { Config } from '@codex/config';
import type { FrozenTurns } from '@codex/rollout';
import type { Answer, Listener, Question, ThreadHeader, ThreadState } from '@codex/timeline';

/** Who asked for a thread; names the client towards the model's provider and the notify hook. */
export interface ClientIdentity {
  /** Value of the `originator` header. */
  originator: string;
  userAgent: string;
  /** `clientInfo.name`; null when nobody introduced himself. */
  name: string | null;
}

/** What is in force for the next turn. A turn may change any of it, and the change stays. */
export interface ThreadSettings {
  cwd: string;
  model: string;
  modelProvider: string;
  /** Null leaves the choice to the model's default. */
  effort: ReasoningEffort | null;
  summary: ReasoningSummary | null;
  approvalPolicy: AskForApproval;
  approvalsReviewer: ApprovalsReviewer;
  sandboxPolicy: SandboxPolicy;
  personality: Personality | null;
  serviceTier: ServiceTier | null;
  collaborationMode: CollaborationMode | null;
  developerInstructions: string | null;
}

/** Changes to settings: absent keeps, for `serviceTier` null clears. */
export interface SettingsOverrides {
  cwd?: string;
  model?: string;
  effort?: ReasoningEffort;
  summary?: ReasoningSummary;
  approvalPolicy?: AskForApproval;
  approvalsReviewer?: ApprovalsReviewer;
  sandboxPolicy?: SandboxPolicy;
  personality?: Personality;
  serviceTier?: ServiceTier | null;
  collaborationMode?: CollaborationMode;
}

export interface StartOptions {
  /** Already resolved for the thread's folder, overrides of the request included. */
  config: Config;
  source: SessionSource;
  client: ClientIdentity;
  ephemeral?: boolean;
  dynamicTools?: DynamicToolSpec[];
  /** A history to begin with: becomes the model's context of a new thread and shows no turns. */
  history?: ResponseItem[];
}

export interface ResumeOptions {
  config: Config;
  source: SessionSource;
  client: ClientIdentity;
  /** The rollout file, already found. */
  path: string;
}

/** `path` is the source's file; the source may be loaded and running, and stays as it is. */
export interface ForkOptions extends ResumeOptions {
  /** The fork leaves no file. */
  ephemeral?: boolean;
}

export interface TurnOptions {
  input: UserInput[];
  overrides?: SettingsOverrides;
  /** JSON Schema of the last message, for this turn only. */
  outputSchema?: unknown;
  clientName?: string | null;
}

/** A turn whose id is reserved; nothing is emitted before `run`. */
/** What a review is asked to look at. */
export interface ReviewRequest {
  /** For the reviewer. */
  readonly prompt: string;
  /** For the user, in a few words. */
  readonly hint: string;
}

export interface PreparedTurn {
  turn: Turn;
  run: () => void;
}

/** All turns of a thread; see `Thread.history`. */
export interface ThreadHistory {
  /** The turns as they are now, the running one included. To be called once, in the tick in which they are shown. */
  take(): FrozenTurns;
}

/** A loaded thread. Calls go down, events come up through `subscribe`. */
export interface Thread {
  readonly id: string;
  readonly header: ThreadHeader;
  /** Its turns are those that run and those that are on their way to the file; `history` has all. */
  readonly state: Readonly<ThreadState>;
  /** A turn has begun, now or in another process: the thread can be loaded again, unless it is ephemeral. */
  readonly begun: boolean;
  /** It is being closed and takes no more calls. */
  readonly closing: boolean;
  /** The wire form, without turns. */
  toWire(): WireThread;
  /** Reads the file; rejects with CodexError when that fails. */
  history(): Promise<ThreadHistory>;
  settings(): Readonly<ThreadSettings>;
  /**
   * Follows a configuration that changed, from the next turn on, as far as loaded threads do (app-server specification
   * §17.2): in which skills are switched off. Everything else stays as it was when the thread was loaded.
   */
  reconfigure(config: Config): void;
  /** Emits `thread.opened`. */
  announce(origin: 'new' | 'resumed' | 'forked'): void;
  /**
   * Reserves a turn, or joins the input to the running one; then the returned turn's id never appears (app-server
   * specification §9.3). Throws CodexError for input that cannot be served.
   */
  prepareTurn(options: TurnOptions): PreparedTurn;
  /** Reserves a turn that replaces the model's history by a summary. Throws CodexError while a turn runs. */
  prepareCompaction(): PreparedTurn;
  /**
   * Reserves a turn in which a reviewer looks at code and this thread tells what it found (core specification §19.1).
   * Throws CodexError while a turn runs.
   */
  prepareReview(request: ReviewRequest): PreparedTurn;
  /**
   * Drops the last turns, all when there are fewer; files stay as they are. Rejects with CodexError for a number below
   * 1, while a turn runs, and for a thread without a file. Resolves when it is written down.
   */
  rollBack(turns: number): Promise<void>;
  /** Adds input to the running turn and returns its id; throws CodexError when there is none or it is another. */
  steer(input: UserInput[], expectedTurnId: string): string;
  /** Resolves when the turn has ended; throws CodexError when none runs. */
  interrupt(): Promise<void>;
  /** False when the question is settled already. */
  answer(questionId: number, answer: Answer): boolean;
  questions(): Question[];
  subscribe(listener: Listener): { seq: number; stop(): void };
  rename(name: string): void;
  setGitInfo(gitInfo: GitInfo | null): void;
  /** Stops the clocks of running tools; the returned number is the count of open pauses. */
  /** The next turn starts these MCP servers afresh, with the logins there are by then. */
  renewMcpServers(servers: Config['mcpServers']): void;
  pauseClocks(change: 1 | -1): number;
  /** Ends the terminal sessions that outlived their turn. */
  cleanBackgroundTerminals(): Promise<void>;
  /** Everything emitted so far is in the rollout file when this resolves. */
  flush(): Promise<void>;
  /** Interrupts a running turn, ends processes, flushes and closes the file. Safe to call twice. */
  close(): Promise<void>;
}

export interface Threads {
  start(options: StartOptions): Promise<Thread>;
  /** Loads a stored thread; the same thread when it is loaded already. */
  resume(options: ResumeOptions): Promise<Thread>;
  /** A new thread that begins with the history of a stored one; rejects with CodexError `rolloutNotFound`. */
  fork(options: ForkOptions): Promise<Thread>;
  get(id: string): Thread | undefined;
  list(): readonly Thread[];
  /** Hears of every thread that is loaded, also of those that agents spawn; `parentId` names the spawner. */
  onOpened(listener: (thread: Thread, parentId: string | null) => void): () => void;
  onClosed(listener: (thread: Thread) => void): () => void;
  close(): Promise<void>;
}

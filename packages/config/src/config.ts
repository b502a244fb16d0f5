import type {
  ApprovalsReviewer,
  AskForApproval,
  ForcedLoginMethod,
  Personality,
  Provider,
  ReasoningEffort,
  ReasoningSummary,
  SandboxPolicy,
  ServiceTier,
  Verbosity,
  WebSearchMode,
} from '@codex/protocol';
import type { AppsConfig } from './apps.ts';
import type { FeatureFlags, FeatureKey, FeatureSource } from './features.ts';
import type { ManagedNetwork } from './network.ts';
import type { Requirements } from './requirements.ts';
import type { McpServerToml, WebSearchOptions } from './schema.ts';
import type { TomlTable } from './toml.ts';

export type TrustLevel = 'trusted' | 'untrusted';

/**
 * The resolved configuration of a thread: a frozen value. Names follow the keys of config.toml (spec core §22.2);
 * null means that nothing is configured and the model or the caller decides. Paths are absolute.
 */
export interface Config {
  readonly home: string;
  readonly cwd: string;
  /** The profile in force. */
  readonly profile: string | null;
  /** What an administrator prescribes; everything below agrees with it. */
  readonly requirements: Requirements;
  /** Trust of the project around `cwd`; null when nobody decided yet. */
  readonly projectTrust: TrustLevel | null;

  readonly model: string | null;
  readonly reviewModel: string | null;
  readonly modelProvider: string;
  /** Built-in providers and the user's own. */
  readonly modelProviders: Readonly<Record<string, Provider>>;
  readonly modelContextWindow: number | null;
  readonly modelAutoCompactTokenLimit: number | null;
  readonly modelReasoningEffort: ReasoningEffort | null;
  readonly planModeReasoningEffort: ReasoningEffort | null;
  readonly modelReasoningSummary: ReasoningSummary | null;
  readonly modelVerbosity: Verbosity | null;
  readonly modelSupportsReasoningSummaries: boolean | null;
  readonly modelCatalogJson: string | null;
  readonly toolOutputTokenLimit: number | null;
  readonly personality: Personality | null;
  readonly serviceTier: ServiceTier | null;

  /** Text of `model_instructions_file`: replaces the model's own instructions. */
  readonly baseInstructions: string | null;
  readonly developerInstructions: string | null;
  readonly compactPrompt: string | null;
  /** The trailer of commits; null: built in, empty: none. */
  readonly commitAttribution: string | null;

  readonly approvalPolicy: AskForApproval;
  readonly approvalsReviewer: ApprovalsReviewer;
  /** How long a question to the user stays open and what then counts as the answer; null: for ever. */
  readonly approvalTimeout: { readonly ms: number; readonly action: 'decline' | 'cancel' } | null;
  /** The folders of `*.rules` files about commands, lowest precedence first; of projects only trusted ones. */
  readonly rulesFolders: readonly string[];
  /** The `hooks.json` files, there or not, lowest precedence first; of projects only trusted ones. */
  readonly hookFiles: readonly string[];
  readonly sandboxPolicy: SandboxPolicy;
  /** The permission profile in force. */
  readonly defaultPermissions: string | null;
  /** Of that profile and of an administrator; null where commands have the network that their policy says. */
  readonly network: ManagedNetwork | null;

  readonly shellEnvironmentPolicy: ShellEnvironmentPolicy;
  readonly allowLoginShell: boolean;
  readonly zshPath: string | null;
  /** Milliseconds, at least 5000. */
  readonly backgroundTerminalMaxTimeout: number;
  readonly notify: readonly string[] | null;

  /** Bytes; 0 switches project documents off. */
  readonly projectDocMaxBytes: number;
  readonly projectDocFallbackFilenames: readonly string[];
  readonly projectRootMarkers: readonly string[];

  readonly webSearch: WebSearchConfig;
  readonly viewImage: boolean;
  readonly mcpServers: Readonly<Record<string, McpServerToml>>;
  readonly mcpOauth: McpOauthConfig;
  readonly agents: AgentsConfig;
  readonly skills: SkillsConfig;
  /** `[plugins]`; of projects it does not count. */
  readonly plugins: Readonly<Record<string, { readonly enabled: boolean }>>;
  /** Empty here: whoever knows the installed plugins fills it in, and adds their servers to `mcpServers`. */
  readonly activePlugins: readonly ActivePlugin[];
  readonly apps: AppsConfig;

  readonly features: FeatureFlags;
  /** Those of the experimental stage that are on. */
  readonly featuresOnTrial: readonly FeatureKey[];
  readonly featureSources: Readonly<Record<FeatureKey, FeatureSource>>;

  readonly history: { readonly persistence: 'save-all' | 'none'; readonly maxBytes: number | null };
  readonly sqliteHome: string;
  readonly logDir: string;

  readonly ossProvider: string | null;
  readonly chatgptBaseUrl: string;
  readonly openaiBaseUrl: string | null;
  readonly forcedLoginMethod: ForcedLoginMethod | null;
  readonly forcedChatgptWorkspaceId: string | null;
  readonly cliAuthCredentialsStore: 'file' | 'keyring' | 'auto' | 'ephemeral';
  readonly feedbackEnabled: boolean;
  /** Null: the front end's default. */
  readonly analyticsEnabled: boolean | null;

  readonly hideAgentReasoning: boolean;
  readonly showRawAgentReasoning: boolean;
  readonly fileOpener: 'vscode' | 'vscode-insiders' | 'windsurf' | 'cursor' | 'none';
  readonly checkForUpdateOnStartup: boolean;
  readonly disablePasteBurst: boolean;

  /** The merged table everything above was read from, for keys that only one front end knows. */
  readonly toml: TomlTable;
}

/** Which variables a command sees (spec core §18.3). */
export interface ShellEnvironmentPolicy {
  readonly inherit: 'all' | 'core' | 'none';
  readonly ignoreDefaultExcludes: boolean;
  readonly exclude: readonly string[];
  readonly set: Readonly<Record<string, string>>;
  readonly includeOnly: readonly string[];
  readonly experimentalUseProfile: boolean;
}

export interface WebSearchConfig {
  readonly mode: WebSearchMode;
  /** False when `mode` is only the default, which a session may then change to `live`. */
  readonly explicit: boolean;
  readonly options: WebSearchOptions | null;
}

export interface McpOauthConfig {
  readonly credentialsStore: 'auto' | 'file' | 'keyring';
  readonly callbackPort: number | null;
  readonly callbackUrl: string | null;
}

export interface AgentsConfig {
  readonly maxThreads: number;
  readonly maxDepth: number;
  readonly jobMaxRuntimeSeconds: number | null;
  readonly roles: Readonly<Record<string, AgentRole>>;
}

export interface AgentRole {
  readonly description: string | null;
  readonly configFile: string | null;
  readonly nicknameCandidates: readonly string[] | null;
}

/** An installed plugin that is switched on. */
export interface ActivePlugin {
  /** `<plugin>@<marketplace>`. */
  readonly key: string;
  readonly name: string;
  readonly description: string | null;
  readonly skillFolders: readonly string[];
  /** Names of MCP servers; of equal ones the first plugin's runs. */
  readonly servers: readonly string[];
  /** Ids of apps. */
  readonly apps: readonly string[];
}

export interface SkillsConfig {
  readonly bundledEnabled: boolean;
  readonly config: readonly { readonly path: string; readonly enabled: boolean }[];
}

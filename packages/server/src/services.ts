import type { Config } from '@codex/config';
import type { ClientIdentity, CoreDeps, Threads } from '@codex/core';
import type { Models } from '@codex/models';
import type { RateLimitSnapshot, ServerNotification } from '@codex/protocol';
import type { Runner } from '@codex/sandbox';
import { readGitFacts } from './git-facts.ts';
import type { Questions } from './questions.ts';
import { type AccountService, createAccountService } from './services/account-service.ts';
import { type ConfigService, createConfigService } from './services/config-service.ts';
import { type CommandExec, createCommandExec } from './services/command-exec/command-exec.ts';
import { createFileSearch, type FileSearch } from './services/fuzzy-search/file-search.ts';
import { createFeedback, type Feedback } from './services/feedback.ts';
import { createChatgptBackend } from './services/chatgpt-backend.ts';
import { type AppsService, createAppsService } from './services/apps-service.ts';
import { createPluginsService, type PluginsService } from './services/plugins-service.ts';
import { createMcpService, type McpService } from './services/mcp-service.ts';
import { createModelsService } from './services/models-service.ts';
import { createRemoteSkills, type RemoteSkills } from './services/remote-skills.ts';
import { createRulesWarnings, type RulesWarnings } from './services/rules-warnings.ts';
import { lazyHttp } from './services/lazy-http.ts';
import { pacedRunner } from './services/paced-runner.ts';
import type { ServiceOptions } from './services/service-options.ts';
import { createLazyState, type LazyState } from './services/state/lazy-state.ts';
import { createThreadCatalog } from './services/state/thread-catalog.ts';
import { localTimezone } from './timezone.ts';
import { createSkillsService, type SkillsService } from './services/skills-service.ts';
import { createStoreService, type StoreService } from './services/store-service.ts';
import { originatorOf, userAgentOf } from './user-agent.ts';

/** The packages below, each loaded when somebody first needs it. */
export interface Services {
  readonly config: ConfigService;
  readonly account: AccountService;
  /** Of the ChatGPT account, the ordinary one first. Rejects with CodexErrors for the client. */
  accountLimits(): Promise<[RateLimitSnapshot, ...RateLimitSnapshot[]]>;
  readonly store: StoreService;
  readonly state: LazyState;
  readonly feedback: Feedback;
  readonly commands: CommandExec;
  readonly rules: RulesWarnings;
  readonly files: FileSearch;
  readonly skills: SkillsService;
  readonly mcp: McpService;
  readonly plugins: PluginsService;
  readonly apps: AppsService;
  readonly remoteSkills: RemoteSkills;
  /** The models of the provider in force. */
  models(client: ClientIdentity | null): Promise<Models>;
  /** The engine; `make` stands in for core's own. */
  createThreads(make?: (deps: CoreDeps) => Threads): Promise<Threads>;
  close(): Promise<void>;
}

export interface ServiceDeps {
  questions: Questions;
  broadcast: (notification: ServerNotification) => void;
  /** A promise while messages wait for a client that reads slowly. */
  backlog: () => Promise<unknown> | undefined;
  /** Passes on what waits before it is written to the store of the log. */
  flushLog: () => Promise<void>;
}

export function createServices(options: ServiceOptions, deps: ServiceDeps): Services {
  const { home, env, version, clock, ids, log } = options;
  const config = createConfigService(options, {
    complete: async (current) => apps.complete(await plugins.complete(current)),
  });
  const http = lazyHttp(options);
  const account = createAccountService(options, {
    ...{ config, questions: deps.questions, broadcast: deps.broadcast, http },
    identity: () => anonymous(options),
  });
  const models = createModelsService(options, account.credentials);
  let made: Promise<Runner> | undefined;
  const runner = () =>
    (made ??= import('@codex/sandbox').then(({ createRunner, defaultIsolation }) =>
      createRunner({
        clock,
        log,
        isolation: defaultIsolation({ env, clock, log }),
        onRefusal: options.onSandboxRefusal,
      }),
    ));
  const { broadcast } = deps;
  const state = createLazyState({ folder: async () => (await config.current()).sqliteHome, clock, ids, log });
  const openFiles = async () => (await import('@codex/rollout')).threadFiles(home);
  const catalog = createThreadCatalog({ state, openFiles, clock, log });
  const skills = createSkillsService(options, {
    config,
    onChange: () => broadcast({ method: 'skills/changed', params: {} }),
  });
  const backend = createChatgptBackend(options, { account, config, http, identity: anonymous(options) });
  const mcp = createMcpService(options, { config, broadcast, appsToken: (server) => apps.token(server) });
  const apps = createAppsService(options, { config, account, backend, mcp, broadcast });
  const plugins = createPluginsService(options, { config, apps, backend, onChange: () => skills.forget() });
  const files = createFileSearch({ cwd: options.cwd, env, clock, log, broadcast });

  return {
    config,
    account,
    accountLimits: async () =>
      (await import('./services/account-limits.ts')).readAccountLimits({ account, backend, config }),
    store: createStoreService(options, { config, catalog }),
    state,
    feedback: createFeedback({ ...options, state, flushLog: deps.flushLog }),
    commands: createCommandExec({
      cwd: options.cwd,
      env,
      clock,
      log,
      config: () => config.current(),
      refusal: (sandboxPolicy) => config.refusal({ sandboxPolicy }),
      runner,
    }),
    rules: createRulesWarnings(),
    files,
    skills,
    mcp,
    plugins,
    apps,
    remoteSkills: createRemoteSkills(backend),
    async models(client) {
      const current: Config = await config.current();
      await models.prepare();
      return models.get(current, current.modelProvider, client ?? anonymous(options));
    },
    async createThreads(make) {
      const [core, { roleChanges }, sandbox, { nodeFiles }] = await Promise.all([
        import('@codex/core'),
        import('@codex/config'),
        import('@codex/sandbox'),
        import('@codex/apply-patch'),
        models.prepare(),
      ]);
      return (make ?? core.createThreads)({
        clock,
        ids,
        log,
        version,
        home,
        env,
        runner: pacedRunner(await runner(), deps.backlog, clock),
        files: nodeFiles(),
        skills,
        mcp: await mcp.source(),
        shell: sandbox.detectShell(env),
        timezone: () => localTimezone(env),
        modelsFor: (forConfig, provider, client) => models.get(forConfig, provider, client),
        gitFacts: (cwd) => readGitFacts(cwd, env),
        roleChanges: (current, file) => roleChanges(current, file, env),
      });
    },
    async close() {
      files.close();
      skills.close();
      apps.close();
      mcp.close();
      account.close();
      http.close();
      await Promise.all([made?.then((each) => each.close()), models.close(), catalog.close()]);
    },
  };
}

/** For calls no client stands behind. */
function anonymous({ env, version }: ServiceOptions): ClientIdentity {
  const originator = originatorOf(env, null);
  return { originator, userAgent: userAgentOf({ originator, version, env, client: null }), name: null };
}

import {
  canonicalJson,
  CodexError,
  createDeadline,
  isAbort,
  linkedController,
  raceAbort,
  toMessage,
} from '@codex/base';
import type { Config, McpServerToml } from '@codex/config';
import type { ConnectedApp } from '@codex/plugins';
import type { AppInfo, AppSummary, ServerNotification } from '@codex/protocol';
import type { AccountService } from './account-service.ts';
import { appsServerUrl, type ChatgptBackend, type ChatgptLogin } from './chatgpt-backend.ts';
import type { ConfigService } from './config-service.ts';
import type { McpService } from './mcp-service.ts';
import type { ServiceOptions } from './service-options.ts';

/** The apps that a user can connect and has connected in ChatGPT (§9.8). Without such a login there are none. */
export interface AppsService {
  /** The configuration with the MCP server of connected apps, where there is one. Does not reject. */
  complete(config: Config): Promise<Config>;
  /** The login for that server; null for any that `complete` did not put there. */
  token(server: Pick<McpServerToml, 'url'>): Promise<string | null>;
  /** Everything, connected apps first; tells everybody on the way what is known by then. Throws CodexError. */
  list(config: Config, options: { force: boolean }): Promise<AppInfo[]>;
  /** What the directory says of apps, by name; their ids when it says nothing. */
  summaries(ids: readonly string[]): Promise<AppSummary[]>;
  /** Those of them that the user has not connected yet. Empty where apps are off, or nobody knows. */
  notConnected(ids: readonly string[]): Promise<AppSummary[]>;
  close(): void;
}

export interface AppsServiceDeps {
  config: ConfigService;
  account: AccountService;
  backend: ChatgptBackend;
  mcp: Pick<McpService, 'connectedApps'>;
  broadcast: (notification: ServerNotification) => void;
}

const LIST_LIMIT_MS = 90_000;
const KEPT_MS = 3_600_000;
const STARTUP_SECONDS = 30;
/** Plans whose accounts are workspaces. */
const WORKSPACE_PLANS: readonly string[] = ['team', 'business', 'enterprise', 'edu'];

interface Kept<T> {
  /** Whose it is. */
  readonly key: string;
  readonly until: number;
  readonly value: T;
}

export function createAppsService(options: ServiceOptions, deps: AppsServiceDeps): AppsService {
  const { clock, log } = options;
  const { config, account, backend, mcp, broadcast } = deps;
  const { controller: stopping } = linkedController();
  const ownUrls = new Set<string>();
  let keptDirectory: Kept<AppInfo[]> | null = null;
  let keptConnected: Kept<ConnectedApp[]> | null = null;

  const valid = <T>(kept: Kept<T> | null, key: string): T | null =>
    kept !== null && kept.key === key && clock.now() < kept.until ? kept.value : null;
  const keep = <T>(key: string, value: T): Kept<T> => ({ key, until: clock.now() + KEPT_MS, value });
  const keyOf = ({ chatgptBaseUrl }: Config, { accountId }: ChatgptLogin) => canonicalJson([chatgptBaseUrl, accountId]);

  /** Null where apps are off or nobody is signed in with ChatGPT. */
  const loginFor = async (current: Config): Promise<ChatgptLogin | null> =>
    current.features.apps ? backend.login() : null;

  const readDirectory = async (key: string, force: boolean, signal: AbortSignal): Promise<AppInfo[]> => {
    const known = force ? null : valid(keptDirectory, key);
    if (known) return known;
    const plugins = await import('@codex/plugins');
    // A login that does not say whose it is has no workspace either.
    const owner = await (await account.auth()).account().catch(() => null);
    const workspace = owner?.type === 'chatgpt' && WORKSPACE_PLANS.includes(owner.planType);
    keptDirectory = keep(key, await plugins.readDirectory(backend, { workspace, log, signal }));
    return keptDirectory.value;
  };

  /** Nothing when the server does not answer: the directory is worth showing without it. */
  const readConnected = async (current: Config, key: string, force: boolean, signal: AbortSignal) => {
    const known = force ? null : valid(keptConnected, key);
    if (known) return known;
    try {
      keptConnected = keep(key, await mcp.connectedApps(current, signal));
      return keptConnected.value;
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ problem: toMessage(error) }, 'connected apps are not known');
      return [];
    }
  };

  const complete = async (current: Config): Promise<Config> => {
    // Nothing is loaded for those who have neither apps nor servers.
    if (!current.features.apps && Object.keys(current.mcpServers).length === 0) return current;
    const { APPS_SERVER } = await import('@codex/mcp-client');
    const { [APPS_SERVER]: taken, ...servers } = current.mcpServers;
    const login = await loginFor(current);
    if (!login) {
      if (taken) log.warn({ server: APPS_SERVER }, 'an MCP server is left out: its name is that of connected apps');
      return taken ? { ...current, mcpServers: servers } : current;
    }
    const url = appsServerUrl(current.chatgptBaseUrl);
    ownUrls.add(url);
    const server = {
      url,
      ...(login.accountId === null ? {} : { http_headers: { 'chatgpt-account-id': login.accountId } }),
      startup_timeout_sec: STARTUP_SECONDS,
    };
    return { ...current, mcpServers: { ...servers, [APPS_SERVER]: server } };
  };

  const list = async (current: Config, login: ChatgptLogin, force: boolean): Promise<AppInfo[]> => {
    const [{ mergeApps }, { isHiddenApp }] = await Promise.all([import('@codex/plugins'), import('@codex/mcp-client')]);
    const key = keyOf(current, login);
    const { byId, others } = current.apps;
    let directory = valid(keptDirectory, key);
    let connected = valid(keptConnected, key);
    let told = '';
    const merged = () =>
      mergeApps({
        ...{ directory, connected, plugins: current.activePlugins },
        isHidden: isHiddenApp,
        isEnabled: (id) => (byId[id] ?? others).enabled,
      });
    const tell = () => {
      if (!(directory && connected) && !connected?.length) return;
      const data = merged();
      const text = canonicalJson(data);
      if (text !== told) broadcast({ method: 'app/list/updated', params: { data } });
      told = text;
    };
    tell();
    const limit = createDeadline(LIST_LIMIT_MS, clock);
    const { controller, unlink } = linkedController(stopping.signal, limit.signal);
    const { signal } = controller;
    try {
      const reading = Promise.all([
        readConnected(current, key, force, signal).then((apps) => {
          connected = apps;
          tell();
        }),
        readDirectory(key, force, signal).then((apps) => {
          directory = apps;
          tell();
        }),
      ]);
      await raceAbort(reading, signal);
      return merged();
    } catch (error) {
      if (limit.expired) throw new CodexError('internal', TIMED_OUT, { cause: error });
      if (isAbort(error)) throw error;
      throw new CodexError('internal', `failed to list apps: ${toMessage(error)}`, { cause: error });
    } finally {
      // What still runs is of no use to anybody.
      controller.abort();
      limit.clear();
      unlink();
    }
  };

  /** Null where there are no apps; empty when nobody knows. */
  const lookUp = async (ids: readonly string[], options: { connected: boolean }) => {
    const current = await complete(await config.current());
    const login = ids.length === 0 ? null : await loginFor(current);
    if (!login) return null;
    const key = keyOf(current, login);
    const limit = createDeadline(LIST_LIMIT_MS, clock);
    const { controller, unlink } = linkedController(stopping.signal, limit.signal);
    const { signal } = controller;
    try {
      const [directory, connected] = await Promise.all([
        readDirectory(key, options.connected, signal),
        options.connected ? readConnected(current, key, true, signal) : [],
      ]);
      return { directory, connected };
    } catch (error) {
      log.warn({ problem: toMessage(error) }, 'apps of a plugin are shown by their ids');
      return { directory: [], connected: [] };
    } finally {
      limit.clear();
      unlink();
    }
  };

  const describe = async (ids: readonly string[], known: readonly AppInfo[]): Promise<AppSummary[]> => {
    const { bareApp, byName, summaryOf } = await import('@codex/plugins');
    const apps = ids.map((id) => known.find((app) => app.id === id) ?? bareApp(id));
    return apps.sort(byName).map(summaryOf);
  };

  return {
    complete,
    token: async ({ url = '' }) => (ownUrls.has(url) ? ((await backend.login())?.accessToken ?? null) : null),
    async list(current, { force }) {
      const login = await loginFor(current);
      return login ? list(current, login, force) : [];
    },
    summaries: async (ids) => describe(ids, (await lookUp(ids, { connected: false }))?.directory ?? []),
    async notConnected(ids) {
      const known = await lookUp(ids, { connected: true });
      if (!known) return [];
      const connected = new Set(known.connected.map(({ id }) => id));
      const missing = ids.filter((id) => !connected.has(id));
      return describe(missing, known.directory);
    },
    close: () => stopping.abort(),
  };
}

const TIMED_OUT = `timed out waiting for app lists after ${LIST_LIMIT_MS / 1000} seconds`;

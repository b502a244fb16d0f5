import { CodexError } from '@codex/base';
import type { GitInfo, ParamsOf, SessionSource, Thread as WireThread, ThreadSummary } from '@codex/protocol';
import type { FrozenTurns } from '@codex/rollout';
import type { ThreadQuery } from '@codex/state';
import type { ConfigService } from './config-service.ts';
import type { ServiceOptions } from './service-options.ts';
import type { ThreadCatalog } from './state/thread-catalog.ts';

/** Threads as their files tell them. Paths are those of rollout files; nothing here loads a thread. */
export interface StoreService {
  /** The file of a thread that is not archived; null when there is none. */
  find(id: string): Promise<string | null>;
  findArchived(id: string): Promise<string | null>;
  /** The head of a file; null when there is nothing to show. */
  summary(path: string): Promise<ThreadSummary | null>;
  /** The wire form with status `notLoaded`; null when there is nothing to show. */
  wire(path: string): Promise<WireThread | null>;
  turns(path: string): Promise<FrozenTurns>;
  /** From the index once it is filled, else from the files. `loaded` are the files of loaded threads. */
  list(
    params: ParamsOf<'thread/list'>,
    loaded: readonly string[],
  ): Promise<{ data: WireThread[]; nextCursor: string | null }>;
  nameOf(id: string): Promise<string | null>;
  saveName(id: string, name: string): Promise<void>;
  /** Stands in for what the thread's file says about git. */
  saveGit(id: string, git: GitInfo | null): Promise<void>;
  /** The new path. */
  archive(path: string): Promise<string>;
  /** The new path. */
  unarchive(path: string): Promise<string>;
}

type FileQuery = ThreadQuery & { filter(summary: ThreadSummary): boolean };

const DEFAULT_LIMIT = 25;
/** Heads of files that are read before the index is asked. */
const SHALLOW = 128;
type SourceKind = NonNullable<ParamsOf<'thread/list'>['sourceKinds']>[number];
const INTERACTIVE: readonly SourceKind[] = ['cli', 'vscode'];

export function createStoreService(
  { home, clock }: ServiceOptions,
  { config, catalog }: { config: ConfigService; catalog: ThreadCatalog },
): StoreService {
  const rollout = () => import('@codex/rollout');
  const provider = async () => (await config.current()).modelProvider;

  /** A page that the newest files fill, until the index is open: opening it takes longer than reading them. */
  const shallow = async (query: FileQuery) => {
    if (catalog.isOpen || query.sortKey === 'updated_at' || query.searchTerm) return null;
    const page = await (await rollout()).listNewest({ ...query, home }, SHALLOW);
    if (page) catalog.prepare();
    return page;
  };
  const deep = async (query: FileQuery) => {
    const page = await (await rollout()).listRollouts({ ...query, home });
    catalog.fill();
    return page;
  };

  return {
    find: async (id) => (await rollout()).findRollout(home, id),
    findArchived: async (id) => (await rollout()).findArchived(home, id),
    summary: async (path) => (await rollout()).readHeader(path),
    async wire(path) {
      const { readHeader, readThreadGit, readThreadName } = await rollout();
      const summary = await readHeader(path);
      if (!summary) return null;
      const [name, git] = await Promise.all([readThreadName(home, summary.id), readThreadGit(home, summary.id)]);
      return toWire(git === undefined ? summary : { ...summary, gitInfo: git }, await provider(), name);
    },
    turns: async (path) => (await rollout()).readTurns(path),
    async list(params, loaded) {
      const { readThreadGits, readThreadNames } = await rollout();
      const [current, names, gits] = await Promise.all([provider(), readThreadNames(home), readThreadGits(home)]);
      const query = queryOf(params, current, names);
      const { data, nextCursor } = (await shallow(query)) ?? (await catalog.list(query, loaded)) ?? (await deep(query));
      const wires = data.map((summary) => {
        const git = gits.get(summary.id);
        const shown = git === undefined ? summary : { ...summary, gitInfo: git };
        return toWire(shown, current, names.get(summary.id) ?? null);
      });
      return { data: wires, nextCursor };
    },
    nameOf: async (id) => (await rollout()).readThreadName(home, id),
    async saveName(id, name) {
      await (await rollout()).appendThreadName(home, id, name, clock);
    },
    async saveGit(id, git) {
      await (await rollout()).saveThreadGit(home, id, git, clock);
    },
    archive: async (path) => orInternal('archive', (await rollout()).archiveRollout(home, path)),
    unarchive: async (path) => orInternal('unarchive', (await rollout()).unarchiveRollout(home, path)),
  };
}

function toWire(summary: ThreadSummary, provider: string, name: string | null): WireThread {
  return {
    id: summary.id,
    preview: summary.preview,
    ephemeral: false,
    modelProvider: summary.modelProvider ?? provider,
    createdAt: Math.floor(summary.createdAt / 1000),
    updatedAt: Math.floor(summary.updatedAt / 1000),
    status: { type: 'notLoaded' },
    path: summary.path,
    cwd: summary.cwd,
    cliVersion: summary.cliVersion,
    source: summary.source,
    agentNickname: summary.agentNickname,
    agentRole: summary.agentRole,
    gitInfo: summary.gitInfo,
    name,
    turns: [],
  };
}

/** The filters of `thread/list` (§9.2): `filter` decides alone, the members beside it let the index spare rows. */
function queryOf(params: ParamsOf<'thread/list'>, provider: string, names: ReadonlyMap<string, string>): FileQuery {
  const { cwd, searchTerm } = params;
  const providers = params.modelProviders ?? [provider];
  const kinds = params.sourceKinds?.length ? params.sourceKinds : INTERACTIVE;
  const titled = new Set<string>();
  if (searchTerm) for (const [id, name] of names) if (name.includes(searchTerm)) titled.add(id);
  return {
    archived: params.archived ?? false,
    sortKey: params.sortKey ?? 'created_at',
    cursor: params.cursor ?? null,
    limit: params.limit ?? DEFAULT_LIMIT,
    ...(typeof cwd === 'string' ? { cwd } : {}),
    // A file that names no provider counts as the current one's.
    ...(providers.length > 0 ? { providers: providers.includes(provider) ? [...providers, null] : providers } : {}),
    sources: [...new Set(kinds.map((kind) => (kind.startsWith('subAgent') ? 'subAgent' : kind)))],
    ...(searchTerm ? { searchTerm, titled: [...titled] } : {}),
    filter: (summary) =>
      (providers.length === 0 || providers.includes(summary.modelProvider ?? provider)) &&
      kinds.some((kind) => isOfKind(summary.source, kind)) &&
      (typeof cwd !== 'string' || summary.cwd === cwd) &&
      (!searchTerm || summary.preview.includes(searchTerm) || titled.has(summary.id)),
  };
}

function isOfKind(source: SessionSource, kind: SourceKind): boolean {
  if (typeof source === 'string') return source === kind;
  const { subAgent } = source;
  switch (kind) {
    case 'subAgent':
      return true;
    case 'subAgentReview':
      return subAgent === 'review';
    case 'subAgentCompact':
      return subAgent === 'compact';
    case 'subAgentThreadSpawn':
      return typeof subAgent === 'object' && 'thread_spawn' in subAgent;
    case 'subAgentOther':
      return subAgent === 'memory_consolidation' || (typeof subAgent === 'object' && 'other' in subAgent);
    default:
      return false;
  }
}

async function orInternal<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof CodexError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CodexError('internal', `failed to ${what} thread: ${reason}`, { cause: error });
  }
}

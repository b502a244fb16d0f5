import { toMessage } from '@codex/base';
import {
  forkRollout,
  nullRollout,
  openRollout,
  readRollout,
  rolloutPath,
  type RolloutWriter,
  type StoredThread,
} from '@codex/rollout';
import type { ThreadHeader, Timeline } from '@codex/timeline';
import type { CoreDeps, GitFacts } from './ports.ts';
import type { ThreadSession } from './session.ts';
import type { ForkOptions } from './thread-types.ts';

const WAITS =
  'It is kept in memory and written when that works again; what is not written then is lost with the program.';

/** The writer of a thread; one of a new thread also finds out what git says about its folder. */
export function openThreadFile(
  deps: CoreDeps,
  session: ThreadSession,
  timeline: Timeline,
  resumed: boolean,
): RolloutWriter {
  const { header, log } = session;
  if (header.path === null) return nullRollout();
  // Asked for now, so that it is there when the first turn creates the file and clients may see it.
  const git = resumed ? Promise.resolve(null) : deps.gitFacts(header.cwd).catch(() => null);
  void git.then((facts) => {
    session.gitInfo ??= facts && { sha: facts.commitHash, branch: facts.branch, originUrl: facts.repositoryUrl };
  });
  return openRollout({
    header,
    path: header.path,
    resumed,
    clock: deps.clock,
    log,
    onTrouble(error) {
      if (timeline.state.closed) return;
      if (error === null) timeline.notice('fault', 'This conversation is stored again, with all that was waiting.');
      else timeline.notice('fault', `This conversation cannot be stored: ${toMessage(error)}. ${WAITS}`);
    },
    gitInfo: async () => {
      const facts = await git;
      return facts && rolloutGit(facts);
    },
  });
}

/** The header of a thread that begins now; `origin` is what tells it from others. */
export function newHeader(
  { ids, clock, home, version }: CoreDeps,
  { config, source, client, ephemeral = false }: Omit<ForkOptions, 'path'>,
  origin: Pick<ThreadHeader, 'forkedFromId' | 'agentNickname' | 'agentRole' | 'baseInstructions' | 'dynamicTools'>,
): ThreadHeader {
  const id = ids.uuid();
  const createdAt = clock.now();
  return {
    id,
    createdAt,
    cwd: config.cwd,
    source,
    originator: client.originator,
    cliVersion: version,
    modelProvider: config.modelProvider,
    ephemeral,
    path: ephemeral ? null : rolloutPath(home, id, createdAt),
    ...origin,
  };
}

/** A fork: the new thread's header and its history, read from its own file: what was written is what goes on. */
export async function storeFork(
  deps: CoreDeps,
  options: ForkOptions,
): Promise<{ stored: StoredThread; header: ThreadHeader }> {
  const { clock, log } = deps;
  const { config, path: from } = options;
  const source = await readRollout(from);
  const header = newHeader(deps, options, {
    forkedFromId: source.header.id,
    agentNickname: null,
    agentRole: null,
    baseInstructions: config.baseInstructions ?? source.header.baseInstructions,
    dynamicTools: source.header.dynamicTools,
  });
  const { path } = header;
  if (path === null) {
    const gitInfo = source.header.cwd === config.cwd ? source.gitInfo : null;
    const state = { ...source.state, turns: source.turns.all() };
    return { header, stored: { ...source, state, gitInfo, updatedAt: header.createdAt } };
  }
  const gitInfo = async () => {
    const facts = await deps.gitFacts(config.cwd);
    return facts && rolloutGit(facts);
  };
  await forkRollout({ from, header, path, gitInfo, log, clock });
  return { header, stored: await readRollout(path) };
}

function rolloutGit(facts: GitFacts): { commit_hash?: string; branch?: string; repository_url?: string } {
  return {
    ...(facts.commitHash === null ? {} : { commit_hash: facts.commitHash }),
    ...(facts.branch === null ? {} : { branch: facts.branch }),
    ...(facts.repositoryUrl === null ? {} : { repository_url: facts.repositoryUrl }),
  };
}

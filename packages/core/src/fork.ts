import { forkRollout, readRollout, rolloutPath, type StoredThread } from '@codex/rollout';
import type { ThreadHeader } from '@codex/timeline';
import type { CoreDeps, GitFacts } from './ports.ts';
import type { ForkOptions } from './thread-types.ts';

/** The new thread's header and its history, read from its own file: what was written is what goes on. */
export async function storeFork(
  deps: CoreDeps,
  options: ForkOptions,
): Promise<{ stored: StoredThread; header: ThreadHeader }> {
  const { clock, log } = deps;
  const { config, path: from, ephemeral = false } = options;
  const source = await readRollout(from);
  const id = deps.ids.uuid();
  const createdAt = clock.now();
  const path = rolloutPath(deps.home, id, createdAt);
  const header: ThreadHeader = {
    id,
    createdAt,
    cwd: config.cwd,
    source: options.source,
    originator: options.client.originator,
    cliVersion: deps.version,
    modelProvider: config.modelProvider,
    ephemeral,
    path: ephemeral ? null : path,
    forkedFromId: source.header.id,
    agentNickname: null,
    agentRole: null,
    baseInstructions: options.baseInstructions ?? config.baseInstructions ?? source.header.baseInstructions,
    dynamicTools: source.header.dynamicTools,
  };
  if (ephemeral) {
    const gitInfo = source.header.cwd === config.cwd ? source.gitInfo : null;
    return { header, stored: { ...source, gitInfo, updatedAt: createdAt } };
  }
  const gitInfo = async () => {
    const facts = await deps.gitFacts(config.cwd);
    return facts && rolloutGit(facts);
  };
  await forkRollout({ from, header, path, gitInfo, log, clock });
  return { header, stored: await readRollout(path) };
}

export function rolloutGit(facts: GitFacts): { commit_hash?: string; branch?: string; repository_url?: string } {
  return {
    ...(facts.commitHash === null ? {} : { commit_hash: facts.commitHash }),
    ...(facts.branch === null ? {} : { branch: facts.branch }),
    ...(facts.repositoryUrl === null ? {} : { repository_url: facts.repositoryUrl }),
  };
}

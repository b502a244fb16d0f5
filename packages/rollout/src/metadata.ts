import { type Clock, isObject, systemClock } from '@codex/base';
import type { GitInfo } from '@codex/protocol';
import { appendEntry, readEntries } from './index-file.ts';
import { type Fields, text } from './line.ts';

/** Beside the files, because lists read only their heads and 0.115 keeps these facts elsewhere, too. */
const INDEX = 'session_metadata.jsonl';

/** What was set in place of the git facts of a thread's file; undefined when nothing was. */
export async function readThreadGit(home: string, id: string): Promise<GitInfo | null | undefined> {
  const entry = (await readEntries(home, INDEX)).findLast((each) => each.id === id);
  return entry && gitOf(entry);
}

/** The same of every thread for which something was set, by id. */
export async function readThreadGits(home: string): Promise<Map<string, GitInfo | null>> {
  return new Map((await readEntries(home, INDEX)).map((entry) => [entry.id, gitOf(entry)]));
}

/** Sets all three facts at once; null clears them. */
export async function saveThreadGit(
  home: string,
  id: string,
  git: GitInfo | null,
  clock: Pick<Clock, 'now'> = systemClock,
): Promise<void> {
  const git_info = git && { sha: git.sha, branch: git.branch, origin_url: git.originUrl };
  await appendEntry(home, INDEX, { id, git_info }, clock);
}

function gitOf({ git_info }: Fields): GitInfo | null {
  if (!isObject(git_info)) return null;
  return { sha: text(git_info['sha']), branch: text(git_info['branch']), originUrl: text(git_info['origin_url']) };
}

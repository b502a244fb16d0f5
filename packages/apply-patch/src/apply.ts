import { dirname } from 'node:path';
import { abortReason, toMessage } from '@codex/base';
import { encodeText, osErrorText, type PatchFiles } from './files.ts';
import type { PlannedChange } from './plan.ts';

export interface ApplyReport {
  readonly ok: boolean;
  /** `Success. Updated the following files:` and the files, or `No files were modified.`; empty on failure. Ends with a newline. */
  readonly stdout: string;
  /** What failed and which changes were made before that; empty on success. */
  readonly stderr: string;
  /** The changes that are on disk, in order. After a failure the rest was not touched. */
  readonly applied: readonly PlannedChange[];
}

/**
 * Makes planned changes, in order, each file in one step. Stops at the first failure or when aborted and reports what was done; never rejects.
 * A move that wrote its destination but could not remove its source is reported as failed, with both files in place.
 */
export async function applyChanges(
  changes: readonly PlannedChange[],
  files: PatchFiles,
  signal?: AbortSignal,
): Promise<ApplyReport> {
  const applied: PlannedChange[] = [];
  for (const change of changes) {
    if (signal?.aborted) return failure(toMessage(abortReason(signal)), applied);
    const problem = await applyChange(change, files);
    if (problem) return failure(problem, applied);
    applied.push(change);
  }
  if (applied.length === 0) return { ok: true, stdout: 'No files were modified.\n', stderr: '', applied };
  return { ok: true, stdout: `Success. Updated the following files:\n${listing(applied)}`, stderr: '', applied };
}

/** Null when done, else the reason. */
async function applyChange(change: PlannedChange, files: PatchFiles): Promise<string | null> {
  if (change.kind === 'delete') return attempt(`Failed to delete file ${change.path}`, () => files.remove(change.path));
  const target = (change.kind === 'update' ? change.moveTo : null) ?? change.path;
  const problem = await attempt(`Failed to write file ${target}`, async () => {
    await files.mkdir(dirname(target));
    await files.write(target, encodeText(change.newContent));
  });
  if (problem || target === change.path) return problem;
  return attempt(`Wrote ${target} but failed to remove the original ${change.path}`, () => files.remove(change.path));
}

async function attempt(what: string, run: () => Promise<void>): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return `${what}: ${osErrorText(error)}`;
  }
}

function failure(reason: string, applied: readonly PlannedChange[]): ApplyReport {
  const done = applied.length
    ? `These changes were made before the failure and remain:\n${listing(applied)}`
    : 'No files were modified.\n';
  return { ok: false, stdout: '', stderr: `${reason}\n${done}`, applied };
}

const GROUPS = [
  ['A', 'add'],
  ['M', 'update'],
  ['D', 'delete'],
] as const;

function listing(changes: readonly PlannedChange[]): string {
  return GROUPS.flatMap(([letter, kind]) =>
    changes.filter((change) => change.kind === kind).map((change) => `${letter} ${change.label}\n`),
  ).join('');
}

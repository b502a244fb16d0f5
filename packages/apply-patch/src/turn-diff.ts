import { createHash } from 'node:crypto';
import { isAbsolute, relative, sep } from 'node:path';
import { abortReason } from '@codex/base';
import { decodeText, type PatchFiles } from './files.ts';
import type { PlannedChange } from './plan.ts';
import { unifiedHunks } from './unified.ts';

/** What a turn's patches did to the disk, told as one git-style diff (core spec 19.5). */
export interface TurnDiff {
  /** To be awaited before the changes are applied: keeps the content of each file they touch for the first time. */
  remember(changes: readonly PlannedChange[]): Promise<void>;
  /** Everything that differs from the remembered contents now, sorted by path; empty when nothing does. */
  render(signal?: AbortSignal): Promise<string>;
}

interface Blob {
  readonly bytes: Uint8Array;
  readonly mode: '100644' | '100755';
}

const NO_BLOB = '0'.repeat(40);
const CONTEXT = 3;

/** `root` is the repository's root, or the working directory outside of one; paths in the diff are relative to it. */
export function createTurnDiff(files: Pick<PatchFiles, 'read' | 'stat'>, root: string): TurnDiff {
  const baseline = new Map<string, Blob | null>();
  /** Destination of a move to the path the file had when the turn began. */
  const origins = new Map<string, string>();

  const keep = async (path: string) => {
    if (!baseline.has(path)) baseline.set(path, await readBlob(files, path));
  };

  return {
    async remember(changes) {
      for (const change of changes) {
        await keep(change.path);
        if (change.kind !== 'update' || change.moveTo === null || change.moveTo === change.path) continue;
        await keep(change.moveTo);
        origins.set(change.moveTo, origins.get(change.path) ?? change.path);
      }
    },
    async render(signal) {
      const now = new Map<string, Blob | null>();
      for (const path of baseline.keys()) {
        if (signal?.aborted) throw abortReason(signal);
        now.set(path, await readBlob(files, path));
      }
      // A planned move counts only when it happened: the source is gone and the destination there.
      const moves = [...origins].filter(([to, from]) => baseline.get(from) && !now.get(from) && now.get(to));
      const moved = new Map(moves);
      const sources = new Set(moved.values());
      let text = '';
      for (const path of [...baseline.keys()].sort()) {
        const from = moved.get(path);
        if (from === undefined && sources.has(path)) continue;
        const before = baseline.get(from ?? path) ?? null;
        text += await fileDiff(display(from ?? path), display(path), before, now.get(path) ?? null);
      }
      return text;
    },
  };

  function display(path: string): string {
    const inside = relative(root, path);
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return path;
    return inside.split(sep).join('/');
  }
}

async function fileDiff(from: string, to: string, before: Blob | null, after: Blob | null): Promise<string> {
  const same = blobId(before) === blobId(after);
  if (same && from === to && before?.mode === after?.mode) return '';
  const lines = [`diff --git a/${from} b/${to}`];
  if (!before && after) lines.push(`new file mode ${after.mode}`);
  else if (before && !after) lines.push(`deleted file mode ${before.mode}`);
  else if (before && after && before.mode !== after.mode)
    lines.push(`old mode ${before.mode}`, `new mode ${after.mode}`);
  if (same) {
    if (from !== to) lines.push('similarity index 100%', `rename from ${from}`, `rename to ${to}`);
    return `${lines.join('\n')}\n`;
  }
  lines.push(`index ${blobId(before)}..${blobId(after)}`);
  const names = [`--- ${before ? `a/${from}` : '/dev/null'}`, `+++ ${after ? `b/${to}` : '/dev/null'}`];
  const oldText = before ? decodeText(before.bytes) : '';
  const newText = after ? decodeText(after.bytes) : '';
  if (oldText === null || newText === null) return `${[...lines, ...names, 'Binary files differ'].join('\n')}\n`;
  const hunks = await unifiedHunks(oldText, newText, CONTEXT);
  if (hunks !== '') lines.push(...names);
  return `${lines.join('\n')}\n${hunks}`;
}

/** The id git gives the content. */
function blobId(blob: Blob | null): string {
  if (!blob) return NO_BLOB;
  return createHash('sha1').update(`blob ${blob.bytes.byteLength}\0`).update(blob.bytes).digest('hex');
}

/** Null for whatever is not a readable file. */
async function readBlob(files: Pick<PatchFiles, 'read' | 'stat'>, path: string): Promise<Blob | null> {
  try {
    const info = await files.stat(path);
    if (info?.kind !== 'file') return null;
    return { bytes: await files.read(path), mode: info.executable ? '100755' : '100644' };
  } catch {
    return null;
  }
}

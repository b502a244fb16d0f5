import { dirname, resolve } from 'node:path';
import { abortReason } from '@codex/base';
import { decodeText, osErrorText, type PatchFiles } from './files.ts';
import { applyChunks } from './locate.ts';
import type { Hunk, Patch, PatchError } from './patch.ts';
import { unifiedHunks } from './unified.ts';

interface PlannedBase {
  /** Absolute, normalised. */
  readonly path: string;
  /** The path as the patch writes it (of a move the destination); what the success text lists. */
  readonly label: string;
}

/**
 * One verified step of a patch, in the order of the patch. A step's old content is what the steps before it leave behind.
 * An added file's `oldContent` is what it overwrites: null for nothing, and for a file that is not text.
 */
export type PlannedChange =
  | (PlannedBase & { readonly kind: 'add'; readonly oldContent: string | null; readonly newContent: string })
  | (PlannedBase & { readonly kind: 'delete'; readonly oldContent: string })
  | (PlannedBase & {
      readonly kind: 'update';
      readonly oldContent: string;
      readonly newContent: string;
      /** Absolute destination when the file moves. */
      readonly moveTo: string | null;
      /** Unified hunks with one line of context, without file headers. */
      readonly diff: string;
    });

type Content = { state: 'text'; text: string } | { state: 'binary' } | { state: 'unreadable'; reason: string };

/**
 * Verifies every hunk against the disk and says what each would do; nothing is written (core spec 12.3, 12.4).
 * Hunks see the effect of the hunks before them. Rejects only with the abort reason.
 */
export async function planPatch(
  patch: Patch,
  cwd: string,
  files: Pick<PatchFiles, 'read' | 'stat'>,
  signal?: AbortSignal,
): Promise<{ ok: true; changes: PlannedChange[] } | { ok: false; error: PatchError }> {
  const view = overlay(files);
  const changes: PlannedChange[] = [];
  for (const hunk of patch.hunks) {
    if (signal?.aborted) throw abortReason(signal);
    const planned = await planHunk(hunk, cwd, view);
    if (!planned.ok) return planned;
    changes.push(planned.change);
  }
  return { ok: true, changes };
}

type Planned = { ok: true; change: PlannedChange } | { ok: false; error: PatchError };

async function planHunk(hunk: Hunk, cwd: string, view: Overlay): Promise<Planned> {
  const path = resolve(cwd, hunk.path);
  const label = hunk.path;
  const current = await view.read(path);
  switch (hunk.kind) {
    case 'add': {
      const refused = await view.whyNotWritable(path);
      if (refused) return failed(`Failed to write file ${path}: ${refused}`);
      view.set(path, hunk.content);
      const oldContent = current.state === 'text' ? current.text : null;
      return { ok: true, change: { kind: 'add', path, label, oldContent, newContent: hunk.content } };
    }
    case 'delete': {
      if (current.state !== 'text') return failed(`Failed to read ${path}: ${whyNotText(current)}`);
      view.remove(path);
      return { ok: true, change: { kind: 'delete', path, label, oldContent: current.text } };
    }
    case 'update': {
      if (current.state !== 'text') return failed(`Failed to read file to update ${path}: ${whyNotText(current)}`);
      const applied = applyChunks(current.text, hunk.chunks);
      if (!applied.ok) {
        const { missing, text } = applied.miss;
        const message =
          missing === 'context'
            ? `Failed to find context '${text}' in ${path}`
            : `Failed to find expected lines in ${path}:\n${text}`;
        return { ok: false, error: { kind: 'mismatch', message } };
      }
      const moveTo = hunk.moveTo === null ? null : resolve(cwd, hunk.moveTo);
      const refused = moveTo === null ? null : await view.whyNotWritable(moveTo);
      if (refused) return failed(`Failed to write file ${moveTo}: ${refused}`);
      if (moveTo !== null) view.remove(path);
      view.set(moveTo ?? path, applied.content);
      const diff = await unifiedHunks(current.text, applied.content, 1);
      const change = {
        kind: 'update',
        path,
        oldContent: current.text,
        newContent: applied.content,
        moveTo,
        diff,
      } as const;
      return { ok: true, change: { ...change, label: hunk.moveTo ?? label } };
    }
  }
}

function failed(message: string): { ok: false; error: PatchError } {
  return { ok: false, error: { kind: 'file', message } };
}

function whyNotText(content: Exclude<Content, { state: 'text' }>): string {
  return content.state === 'binary' ? 'stream did not contain valid UTF-8' : content.reason;
}

const NOT_A_FOLDER = 'Not a directory (os error 20)';

type Overlay = ReturnType<typeof overlay>;

/** The disk as it will look after the steps planned so far. */
function overlay(files: Pick<PatchFiles, 'read' | 'stat'>) {
  const planned = new Map<string, Content>();
  return {
    set: (path: string, text: string): void => void planned.set(path, { state: 'text', text }),
    remove: (path: string): void =>
      void planned.set(path, { state: 'unreadable', reason: 'No such file or directory (os error 2)' }),
    read: async (path: string): Promise<Content> => planned.get(path) ?? readContent(files, path),
    /** Null when a file may be put at `path`. */
    async whyNotWritable(path: string): Promise<string | null> {
      try {
        if (!planned.has(path) && (await files.stat(path))?.kind === 'directory') return 'Is a directory (os error 21)';
        for (let above = dirname(path); above !== dirname(above); above = dirname(above)) {
          const known = planned.get(above);
          if (known?.state === 'text') return NOT_A_FOLDER;
          const info = known ? null : await files.stat(above);
          if (info) return info.kind === 'directory' ? null : NOT_A_FOLDER;
        }
        return null;
      } catch (error) {
        return osErrorText(error);
      }
    },
  };
}

async function readContent(files: Pick<PatchFiles, 'read' | 'stat'>, path: string): Promise<Content> {
  try {
    const info = await files.stat(path);
    // Reading a pipe or a device may never end.
    if (info?.kind === 'other') return { state: 'unreadable', reason: 'not a regular file' };
    const text = decodeText(await files.read(path));
    return text === null ? { state: 'binary' } : { state: 'text', text };
  } catch (error) {
    return { state: 'unreadable', reason: osErrorText(error) };
  }
}

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { type Patch, type PlannedChange, parsePatch, planPatch, nodeFiles } from '../src/index.ts';

const made: string[] = [];
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

export interface Workspace {
  readonly dir: string;
  write: (name: string, content: string | Uint8Array) => void;
  read: (name: string) => string | null;
  path: (name: string) => string;
}

export function workspace(files: Record<string, string | Uint8Array> = {}): Workspace {
  const dir = mkdtempSync(join(tmpdir(), 'apply-patch-'));
  made.push(dir);
  const ws: Workspace = {
    dir,
    write(name, content) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), content);
    },
    read: (name) => (existsSync(join(dir, name)) ? readFileSync(join(dir, name), 'utf8') : null),
    path: (name) => join(dir, name),
  };
  for (const [name, content] of Object.entries(files)) ws.write(name, content);
  return ws;
}

export const body = (...lines: string[]) => ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');

export function parsed(text: string): Patch {
  const result = parsePatch(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.patch;
}

export async function planned(ws: Workspace, text: string): Promise<PlannedChange[]> {
  const result = await planPatch(parsed(text), ws.dir, nodeFiles());
  if (!result.ok) throw new Error(result.error.message);
  return result.changes;
}

/** The refusal's text with the workspace written as `.`. */
export async function refusal(ws: Workspace, text: string): Promise<string> {
  const result = await planPatch(parsed(text), ws.dir, nodeFiles());
  return result.ok ? 'no refusal' : result.error.message.replaceAll(ws.dir, '.');
}

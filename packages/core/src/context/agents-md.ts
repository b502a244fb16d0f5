import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { PatchFiles } from '@codex/apply-patch';

export interface AgentsMdOptions {
  files: PatchFiles;
  home: string;
  cwd: string;
  /** Names whose presence marks a project's root. */
  rootMarkers: readonly string[];
  fallbackNames: readonly string[];
  /** Bytes for all project documents together; 0 leaves them out. */
  maxBytes: number;
  /** The model is told that deeper folders may have more. */
  nested: boolean;
}

const NAMES = ['AGENTS.override.md', 'AGENTS.md'];
const NESTED = `AGENTS.md files may lie in any folder. Each is about the folder it lies in and all below it. Before you change a file, look for those in the folders around it; where two disagree the deeper one counts, and what system, developer or user say in the conversation counts more than any of them.`;
const SEPARATOR = '\n\n--- project-doc ---\n\n';

/** The user's and the project's standing instructions, joined; null when there are none (core specification §7.4). */
export async function readAgentsMd(options: AgentsMdOptions): Promise<string | null> {
  const [own, project] = await Promise.all([readGlobal(options), readProject(options)]);
  const texts = own && project ? own + SEPARATOR + project : own || project;
  if (options.nested) return texts ? `${texts}\n\n${NESTED}` : NESTED;
  return texts || null;
}

async function readGlobal({ home, files }: AgentsMdOptions): Promise<string> {
  for (const name of NAMES) {
    const found = (await readBytes(files, path.join(home, name)))?.toString('utf8').trim();
    if (found) return found;
  }
  return '';
}

async function readProject(options: AgentsMdOptions): Promise<string> {
  let left = options.maxBytes;
  if (left <= 0) return '';
  const docs: string[] = [];
  const names = [...NAMES, ...options.fallbackNames];
  for (const folder of await foldersToCwd(options)) {
    if (left <= 0) break;
    const file = await firstFile(options.files, folder, names);
    const bytes = file === null ? null : await readBytes(options.files, file);
    if (!bytes) continue;
    // A character that the budget cuts in two is left out.
    const text = new StringDecoder('utf8').write(bytes.subarray(0, left));
    if (!text.trim()) continue;
    docs.push(text);
    left -= Math.min(bytes.length, left);
  }
  return docs.join('\n\n');
}

/** From the project's root down to `cwd`; only `cwd` when no root is found. */
async function foldersToCwd({ cwd, rootMarkers, files }: AgentsMdOptions): Promise<string[]> {
  const folders: string[] = [];
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    folders.unshift(folder);
    for (const marker of rootMarkers) if (await files.stat(path.join(folder, marker))) return folders;
    if (path.dirname(folder) === folder) return [path.resolve(cwd)];
  }
}

async function firstFile(files: PatchFiles, folder: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const file = path.join(folder, name);
    if ((await files.stat(file))?.kind === 'file') return file;
  }
  return null;
}

/** Null for a file that is not there or cannot be read: instructions are optional. */
async function readBytes(files: PatchFiles, file: string): Promise<Buffer | null> {
  try {
    return Buffer.from(await files.read(file));
  } catch {
    return null;
  }
}

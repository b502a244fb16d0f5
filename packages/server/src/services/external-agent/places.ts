import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileExists } from './files.ts';

/** One home or project: what the other agent keeps where, and where it belongs here (app-server specification §9.12). */
export interface Place {
  /** Null for the home. */
  readonly cwd: string | null;
  readonly settings: { readonly from: string; readonly to: string };
  readonly skills: { readonly from: string; readonly to: string };
  /** The first of `from` with a text in it counts. */
  readonly document: { readonly from: readonly string[]; readonly to: string };
}

export function homePlace(userHome: string, home: string): Place {
  return {
    cwd: null,
    settings: { from: join(userHome, '.claude/settings.json'), to: join(home, 'config.toml') },
    skills: { from: join(userHome, '.claude/skills'), to: join(dirname(home), '.agents/skills') },
    document: { from: [join(userHome, '.claude/CLAUDE.md')], to: join(home, 'AGENTS.md') },
  };
}

/** The repository around a folder, or the folder itself outside of any; null when it does not exist. */
export async function projectPlace(folder: string): Promise<Place | null> {
  const exists = await stat(folder).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!exists) return null;
  const root = await repositoryAround(resolve(folder));
  return {
    cwd: root,
    settings: { from: join(root, '.claude/settings.json'), to: join(root, '.codex/config.toml') },
    skills: { from: join(root, '.claude/skills'), to: join(root, '.agents/skills') },
    document: { from: [join(root, 'CLAUDE.md'), join(root, '.claude/CLAUDE.md')], to: join(root, 'AGENTS.md') },
  };
}

async function repositoryAround(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if (await fileExists(join(at, '.git'))) return at;
    if (dirname(at) === at) return folder;
  }
}

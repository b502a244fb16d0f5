import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Logger, systemCode } from '@codex/base';

/** Says which skills lie in the folder. The official program writes its own there, as 16 hexadecimal digits alone. */
const MARKER = '.codex-system-skills.marker';
const OURS = 'codex-ts-';
/** Changes with the files; a test tells to what. */
export const BUNDLED_FINGERPRINT = `${OURS}407e7587e386428c`;

export function systemSkillsFolder(home: string): string {
  return path.join(home, 'skills/.system');
}

/**
 * Puts the skills that come with this program where system skills are, all of them or none. An older set of ours is
 * replaced; what another program or the user has put there stays. Looks at one small file when there is nothing to do.
 * True when they are there; does not reject.
 */
export async function installBundledSkills(home: string, log: Logger): Promise<boolean> {
  const folder = systemSkillsFolder(home);
  try {
    const marker = await markerOf(folder);
    if (marker === BUNDLED_FINGERPRINT) return true;
    if (marker !== null && !marker.startsWith(OURS)) return false;
    await mkdir(path.dirname(folder), { recursive: true });
    const staging = await mkdtemp(`${folder}-`);
    try {
      await writeSkills(path.join(staging, 'new'));
      if (marker !== null) await rename(folder, path.join(staging, 'old'));
      await rename(path.join(staging, 'new'), folder);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    return true;
  } catch (error) {
    // Another process may have been faster, a home may be read-only.
    log.info({ folder, err: error }, 'the bundled skills were not written');
    return (await markerOf(folder).catch(() => null)) === BUNDLED_FINGERPRINT;
  }
}

/** Null when there is no folder, or an empty one; the empty text when somebody else has filled it. */
async function markerOf(folder: string): Promise<string | null> {
  try {
    return (await readFile(path.join(folder, MARKER), 'utf8')).trim();
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return (await readdir(folder).catch(() => [])).length === 0 ? null : '';
  }
}

async function writeSkills(folder: string): Promise<void> {
  const { bundledFiles } = await import('./files.ts');
  const write = async ([name, text]: readonly [string, string]) => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  await Promise.all([...bundledFiles(), [MARKER, `${BUNDLED_FINGERPRINT}\n`] as const].map(write));
}

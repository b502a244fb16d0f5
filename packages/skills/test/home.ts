import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { manualClock, nullLogger } from '@codex/base';
import { onTestFinished } from 'vitest';
import { createSkillLibrary, type SkillLibrary, type SkillPlace } from '../src/index.ts';

export async function tempFolder(): Promise<string> {
  return realpath(await mkdtemp(path.join(tmpdir(), 'skills-')));
}

/** Writes files below a folder, by relative path. */
export async function put(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}

export function skillText(name: string, description = `Does ${name}.`): string {
  return `---\nname: ${name}\ndescription: ${description}\n---\n# ${name}\n`;
}

export interface World {
  readonly folder: string;
  readonly place: SkillPlace;
  readonly library: SkillLibrary;
  readonly clock: ReturnType<typeof manualClock>;
  /** Resolves at the next change told. */
  readonly nextChange: () => Promise<void>;
  readonly changes: () => number;
}

/** A project in `work`, a home in `home`, a user folder in `user`, with these files. */
export async function world(files: Record<string, string>, given: Partial<SkillPlace> = {}): Promise<World> {
  const folder = await tempFolder();
  await put(folder, { 'work/.keep': '', 'home/.keep': '', 'user/.keep': '', ...files });
  const clock = manualClock();
  let changes = 0;
  const waiting: (() => void)[] = [];
  const library = createSkillLibrary({
    clock,
    log: nullLogger,
    onChange: () => {
      changes++;
      for (const resolve of waiting.splice(0)) resolve();
    },
  });
  onTestFinished(() => library.close());
  const place: SkillPlace = {
    cwd: path.join(folder, 'work'),
    home: path.join(folder, 'home'),
    userHome: path.join(folder, 'user'),
    projectRoot: path.join(folder, 'work'),
    system: false,
    disabled: [],
    ...given,
  };
  return {
    folder,
    place,
    library,
    clock,
    nextChange: () => new Promise((resolve) => waiting.push(resolve)),
    changes: () => changes,
  };
}

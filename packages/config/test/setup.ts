import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Config, type LoadedConfig, loadConfig, type LoadOptions, readOverrides } from '../src/index.ts';

export interface World {
  root: string;
  home: string;
  cwd: string;
  systemDir: string;
  /** Paths are relative to `root`; `$CWD` and `$HOME` in texts are replaced. */
  write(path: string, text: string): string;
  load(options?: Partial<LoadOptions>): ReturnType<typeof loadConfig>;
  /** The configuration; fails the test when there is none. */
  config(options?: Partial<LoadOptions>): Promise<Config>;
  loaded(options?: Partial<LoadOptions>): Promise<LoadedConfig>;
  /** The error's text with `$HOME` and `$CWD`. */
  error(options?: Partial<LoadOptions>): Promise<string>;
  hide: (text: string) => string;
}

/** A folder with a home, a git project `cwd` and an own system folder; `user` is the text of config.toml. */
export function world(user?: string, files: Record<string, string> = {}): World {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'config-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = join(root, 'home');
  const cwd = join(root, 'project');
  const systemDir = join(root, 'etc');
  for (const folder of [home, join(cwd, '.git'), systemDir]) mkdirSync(folder, { recursive: true });
  const fill = (text: string) => text.replaceAll('$CWD', cwd).replaceAll('$HOME', home);
  const write = (path: string, text: string) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, fill(text));
    return file;
  };
  if (user !== undefined) write('home/config.toml', user);
  for (const [path, text] of Object.entries(files)) write(path, text);
  const load = (options: Partial<LoadOptions> = {}) =>
    loadConfig({ home, cwd, env: { HOME: home }, systemDir, overrides: [], ...options });
  const hide = (text: string) => text.replaceAll(cwd, '$CWD').replaceAll(home, '$HOME');
  const loaded = async (options: Partial<LoadOptions> = {}) => {
    const result = await load(options);
    if (!result.ok) throw new Error(`configuration refused: ${result.error.message}`);
    return result;
  };
  return {
    root,
    home,
    cwd,
    systemDir,
    write,
    load,
    loaded,
    hide,
    config: async (options) => (await loaded(options)).config,
    error: async (options) => {
      const result = await load(options);
      if (result.ok) throw new Error('the configuration was accepted');
      return hide(result.error.message);
    },
  };
}

export function flags(...texts: string[]) {
  return readOverrides(texts.map((text) => ({ option: 'config', text })));
}

export const TRUSTED = '[projects."$CWD"]\ntrust_level = "trusted"\n';
export const UNTRUSTED = '[projects."$CWD"]\ntrust_level = "untrusted"\n';

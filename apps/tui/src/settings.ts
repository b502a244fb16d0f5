import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { isObject, toMessage } from '@codex/base';
import {
  type Config,
  loadConfig,
  type Override,
  readOverrides,
  repositoryRoot,
  resolveHome,
  threadSettings,
} from '@codex/config';
import type { RunArguments } from './arguments.ts';
import { type AppIo, Refused } from './io.ts';
import type { ThreadSettings } from './model.ts';

/** What the interface is configured with. */
export interface Settings {
  home: string;
  cwd: string;
  config: Config;
  overrides: Override[];
  thread: ThreadSettings;
  /** The folder to ask about; null when it is known whether to trust it. */
  untrusted: string | null;
  useAlternateScreen: boolean;
  attention: 'bell' | 'osc9' | 'none';
}

/** Reads the configuration with what the command line says about it. Throws Refused or CodexError `config`. */
export async function readSettings(args: RunArguments, io: AppIo): Promise<Settings> {
  const cwd = folderOf(args, io.cwd);
  const overrides = readOverrides(args.settings);
  const home = resolveHome(io.env, homedir());
  const { profile } = args;
  const loaded = await loadConfig({ home, cwd, env: io.env, overrides, ...(profile === undefined ? {} : { profile }) });
  if (!loaded.ok) throw new Refused(loaded.error.message);
  const { config } = loaded;
  const tui = isObject(config.toml['tui']) ? config.toml['tui'] : {};
  return {
    home,
    cwd,
    config,
    overrides,
    thread: { ...threadSettings(args, config, cwd), approvalPolicy: args.approval ?? null },
    untrusted: config.projectTrust === null ? (repositoryRoot(cwd) ?? cwd) : null,
    useAlternateScreen: args.alternateScreen && tui['alternate_screen'] !== 'never',
    attention: attentionOf(tui, io.env),
  };
}

/** `tui.notifications` switches them off; some terminals show a message, the others ring. */
function attentionOf(tui: Record<string, unknown>, env: NodeJS.ProcessEnv): Settings['attention'] {
  if (tui['notifications'] === false) return 'none';
  const method = tui['notification_method'];
  if (method === 'bel') return 'bell';
  if (method === 'osc9') return 'osc9';
  const program = env['TERM_PROGRAM'] ?? '';
  return ['iTerm.app', 'WezTerm', 'ghostty'].includes(program) || env['KITTY_WINDOW_ID'] ? 'osc9' : 'bell';
}

function folderOf({ cwd }: RunArguments, from: string): string {
  const folder = resolve(from, cwd ?? '.');
  let isFolder: boolean;
  try {
    isFolder = statSync(folder).isDirectory();
  } catch (cause) {
    throw new Refused(`cannot work in ${folder}: ${toMessage(cause)}`, { cause });
  }
  if (!isFolder) throw new Refused(`cannot work in ${folder}: it is no folder`);
  return folder;
}

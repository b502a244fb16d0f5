import { readFileSync } from 'node:fs';
import { release } from 'node:os';

export type Env = Readonly<Record<string, string | undefined>>;

/** Without `initialize`, and for requests no client stands behind. */
export const DEFAULT_ORIGINATOR = 'codex_cli_rs';

/** Name sent to the model's provider; the environment decides before the client. */
export function originatorOf(env: Env, clientName: string | null): string {
  const forced = env['CODEX_INTERNAL_ORIGINATOR_OVERRIDE']?.trim();
  return printable(forced || clientName || DEFAULT_ORIGINATOR);
}

/** `<originator>/<version> (<OS> <OS version>; <arch>) <terminal> (<client>; <client version>)`. */
export function userAgentOf(options: {
  originator: string;
  version: string;
  env: Env;
  client: { name: string; version: string } | null;
}): string {
  const { originator, version, env, client } = options;
  const suffix = client ? ` (${client.name}; ${client.version})` : '';
  return printable(`${originator}/${version} (${osName()}; ${archName()}) ${terminalOf(env)}${suffix}`);
}

/** True for a text that a header can carry. */
export function isHeaderValue(text: string): boolean {
  // biome-ignore lint: control characters are the point
  return !/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text);
}

/** Characters a header should not have become `_`. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, '_');
}

export function platformFamily(): string {
  return process.platform === 'win32' ? 'windows' : 'unix';
}

export function platformOs(): string {
  const names: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macos', win32: 'windows' };
  return names[process.platform] ?? process.platform;
}

function archName(): string {
  const names: Record<string, string> = { x64: 'x86_64', ia32: 'i686' };
  if (process.arch === 'arm64') return process.platform === 'darwin' ? 'arm64' : 'aarch64';
  return names[process.arch] ?? process.arch;
}

function osName(): string {
  if (process.platform === 'darwin') return `Mac OS ${macVersion() ?? 'unknown'}`;
  if (process.platform === 'win32') return `Windows ${release()}`;
  return linuxName() ?? `Linux ${threeParts(release())}`;
}

function linuxName(): string | null {
  const text = readText('/etc/os-release') ?? readText('/usr/lib/os-release');
  if (text === null) return null;
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  const name = /^[A-Za-z]+/.exec(field('NAME'))?.[0];
  return name ? `${name} ${threeParts(field('VERSION_ID'))}` : null;
}

function macVersion(): string | null {
  const text = readText('/System/Library/CoreServices/SystemVersion.plist');
  return (text && /<key>ProductVersion<\/key>\s*<string>([^<]*)</.exec(text)?.[1]) ?? null;
}

/** `12` → `12.0.0`, `22.04` → `22.4.0`. */
function threeParts(version: string): string {
  const parts = /^\d+(\.\d+)*/.exec(version)?.[0].split('.').map(Number);
  return parts ? [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0].join('.') : 'unknown';
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** The terminal the server was started from, as far as its environment tells. */
function terminalOf(env: Env): string {
  const versioned = (name: string, version: string | undefined) => (version ? `${name}/${version}` : name);
  const program = env['TERM_PROGRAM']?.trim();
  if (program) return versioned(program, env['TERM_PROGRAM_VERSION']?.trim());
  if (env['WEZTERM_VERSION'] !== undefined) return versioned('WezTerm', env['WEZTERM_VERSION'].trim());
  if (env['KITTY_WINDOW_ID'] !== undefined || env['TERM']?.includes('kitty')) return 'kitty';
  if (env['ALACRITTY_SOCKET'] !== undefined || env['TERM'] === 'alacritty') return 'Alacritty';
  if (env['KONSOLE_VERSION'] !== undefined) return versioned('Konsole', env['KONSOLE_VERSION'].trim());
  if (env['GNOME_TERMINAL_SCREEN'] !== undefined) return 'gnome-terminal';
  if (env['VTE_VERSION'] !== undefined) return versioned('VTE', env['VTE_VERSION'].trim());
  if (env['WT_SESSION'] !== undefined) return 'WindowsTerminal';
  return env['TERM']?.trim() || 'unknown';
}

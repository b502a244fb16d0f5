import type { Isolation } from './isolation.ts';
import { noIsolation } from './isolation.ts';
import { linuxIsolation, type LinuxIsolationDeps } from './linux/isolation.ts';
import { seatbeltIsolation } from './macos/isolation.ts';

const ELSEWHERE: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  win32: 'there is no sandbox for Windows; run inside WSL2',
};

/** The isolation of this operating system. */
export function defaultIsolation(deps: LinuxIsolationDeps, platform: NodeJS.Platform = process.platform): Isolation {
  if (platform === 'linux') return linuxIsolation(deps);
  if (platform === 'darwin') return seatbeltIsolation();
  return noIsolation(ELSEWHERE[platform] ?? `there is no sandbox for ${platform}`);
}

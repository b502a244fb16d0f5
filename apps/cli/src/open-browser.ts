import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/** A help for people at a screen, which is where `output` leads; who has no browser here still has the address. */
export function openBrowser(address: string, output: Writable, env: NodeJS.ProcessEnv): void {
  if (!('isTTY' in output) || output.isTTY !== true) return;
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [address], { env, stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { readRegularFile } from '@codex/base';

/** A path as marketplaces and manifests write it, or which rule it breaks: `./name`, without a step upwards. */
export type InnerPath = { readonly path: string } | { readonly problem: 'prefix' | 'empty' | 'outside' };

export function innerPath(root: string, text: string): InnerPath {
  if (!text.startsWith('./')) return { problem: 'prefix' };
  const parts = text.slice(2).split('/');
  if (parts.includes('..')) return { problem: 'outside' };
  const steps = parts.filter((part) => part !== '' && part !== '.');
  return steps.length === 0 ? { problem: 'empty' } : { path: path.join(root, ...steps) };
}

/** The real path of something in a folder, wherever links lead; null when that is outside. Rejects when it is not there. */
export async function realInner(root: string, target: string): Promise<string | null> {
  const [realRoot, real] = await Promise.all([realpath(root), realpath(target)]);
  return real === realRoot || real.startsWith(`${realRoot}${path.sep}`) ? real : null;
}

/** The text of a file in a folder. Rejects with the system's error, or because the file is outside, special or too large. */
export async function readWithin(root: string, file: string, maxBytes: number): Promise<string> {
  if ((await realInner(root, file)) === null) throw new Error('it leads out of the folder');
  const read = await readRegularFile(file, maxBytes);
  if ('because' in read) throw new Error(read.because);
  return read.bytes.toString('utf8');
}

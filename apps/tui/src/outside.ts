import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The image that a pasted text is the path of; null when there is no such file. */
export async function imageAt(pasted: string, folder: string, home: string | undefined): Promise<string | null> {
  let path = pasted.trim().replace(/^(['"])(.*)\1$/s, '$2');
  try {
    if (path.startsWith('file://')) path = fileURLToPath(path);
    // Terminals escape what is dropped on them as a shell needs it.
    else if (path === pasted.trim()) path = path.replace(/\\(.)/g, '$1');
    if (path.startsWith('~/') && home !== undefined) path = join(home, path.slice(2));
    const absolute = isAbsolute(path) ? path : resolve(folder, path);
    return (await stat(absolute)).isFile() ? absolute : null;
  } catch {
    return null;
  }
}

/** Lets a person change a text in their editor, which gets the terminal; rejects when there is none or it fails. */
export async function editOutside(text: string, env: NodeJS.ProcessEnv): Promise<string> {
  const editor = env['VISUAL'] || env['EDITOR'];
  if (!editor) throw new Error('set $VISUAL or $EDITOR to write there');
  const folder = await mkdtemp(join(tmpdir(), 'codex-message-'));
  const file = join(folder, 'message.md');
  try {
    await writeFile(file, text, { mode: 0o600 });
    const code = await new Promise<number | null>((done, fail) => {
      // $EDITOR may have arguments, which a shell splits.
      const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit', env });
      child.once('error', fail);
      child.once('close', done);
    });
    if (code !== 0) throw new Error(`${editor} ended with ${code ?? 'a signal'}; the text stays as it was`);
    return (await readFile(file, 'utf8')).replace(/\n$/, '');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

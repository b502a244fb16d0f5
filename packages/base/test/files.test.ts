import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readRegularFile, replaceFile } from '../src/index.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'files-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('readRegularFile', () => {
  it('reads up to the limit and not beyond', async () => {
    const path = join(folder(), 'a');
    writeFileSync(path, 'x'.repeat(200_000));
    expect(await readRegularFile(path, 200_000)).toEqual({ bytes: readFileSync(path) });
    expect(await readRegularFile(path, 199_999)).toEqual({ because: '200000 bytes, 199999 are allowed' });
  });

  it('does not wait for a pipe, and reads no device', async () => {
    const pipe = join(folder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero']) {
      expect(await readRegularFile(path, 10)).toEqual({ because: 'not a regular file' });
    }
  });

  it('is not misled by a file that claims to be empty', async () => {
    const path = '/proc/self/status';
    // Only Linux has such files.
    if (!existsSync(path)) return;
    expect(statSync(path).size).toBe(0);
    expect(await readRegularFile(path, 10)).toEqual({ because: 'more than 10 bytes' });
    expect(await readRegularFile(path, 1e6)).toHaveProperty('bytes');
  });

  it('rejects with the error of the system', async () => {
    await expect(readRegularFile(join(folder(), 'none'), 10)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(readRegularFile(folder(), 1e6)).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

describe('replaceFile', () => {
  it('makes the file and its folder, for the owner alone', async () => {
    const path = join(folder(), 'sub', 'a');
    await replaceFile(path, 'one', 'm');
    expect(readFileSync(path, 'utf8')).toBe('one');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps the mode of a file unless told another, and the link to it', async () => {
    const at = folder();
    writeFileSync(join(at, 'real'), 'one', { mode: 0o644 });
    symlinkSync('real', join(at, 'link'));
    await replaceFile(join(at, 'link'), 'two', 'm');
    expect(readFileSync(join(at, 'real'), 'utf8')).toBe('two');
    expect(statSync(join(at, 'real')).mode & 0o777).toBe(0o644);
    await replaceFile(join(at, 'link'), 'three', 'm', 0o600);
    expect(statSync(join(at, 'real')).mode & 0o777).toBe(0o600);
    expect(readdirSync(at).sort()).toEqual(['link', 'real']);
  });

  it('leaves nothing behind when it fails', async () => {
    const at = folder();
    mkdirSync(join(at, 'taken'));
    await expect(replaceFile(join(at, 'taken'), 'x', 'm')).rejects.toThrow();
    expect(readdirSync(at)).toEqual(['taken']);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { nodeFiles } from '../src/index.ts';

it('reads regular files of a size that fits, and waits for nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'node-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const files = nodeFiles();
  writeFileSync(join(folder, 'a'), 'text');
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  expect(Buffer.from(await files.read(join(folder, 'a'), 4)).toString()).toBe('text');
  await expect(files.read(join(folder, 'a'), 3)).rejects.toThrow('4 bytes, 3 are allowed');
  await expect(files.read(join(folder, 'pipe'))).rejects.toThrow('not a regular file');
  await expect(files.read('/dev/zero')).rejects.toThrow('not a regular file');
});

import { chmodSync, linkSync, lstatSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applyChanges, nodeFiles, type PatchFiles } from '../src/index.ts';
import { body, planned, workspace } from './workspace.ts';

const files = nodeFiles();

describe('applyChanges', () => {
  it('makes all changes and lists them by group', async () => {
    const ws = workspace({ tail: 'a\n', m2: 'x\n', src: 's\n', dest: 'old\n' });
    const text = body(
      ...['*** Delete File: m2', '*** Update File: tail', '@@', '-a', '+b', '*** Add File: deep/er/g2', '+g'],
      ...['*** Update File: src', '*** Move to: dest', '@@', '-s', '+t'],
    );
    const changes = await planned(ws, text);
    expect(await applyChanges(changes, files)).toEqual({
      ok: true,
      stdout: 'Success. Updated the following files:\nA deep/er/g2\nM tail\nM dest\nD m2\n',
      stderr: '',
      applied: changes,
    });
    expect(['tail', 'm2', 'src', 'dest', 'deep/er/g2'].map(ws.read)).toEqual(['b\n', null, null, 't\n', 'g\n']);
    expect(readdirSync(ws.dir).sort()).toEqual(['deep', 'dest', 'tail']);
  });

  it('says so when there is nothing to do', async () => {
    expect(await applyChanges([], files)).toEqual({
      ok: true,
      stdout: 'No files were modified.\n',
      stderr: '',
      applied: [],
    });
  });

  it('moves a file onto itself without losing it', async () => {
    const ws = workspace({ f: 'a\n' });
    const changes = await planned(ws, body('*** Update File: f', '*** Move to: ./f', '@@', '-a', '+b'));
    expect((await applyChanges(changes, files)).ok).toBe(true);
    expect(ws.read('f')).toBe('b\n');
  });

  it('reports what was done before a failure and stops', async () => {
    const ws = workspace({ a: 'a\n', c: 'c\n' });
    const text = body('*** Add File: n', '+n', '*** Update File: a', '@@', '-a', '+b', '*** Delete File: c');
    const changes = await planned(ws, text);
    const broken: PatchFiles = {
      ...files,
      write: (path, content) =>
        path === ws.path('a')
          ? Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))
          : files.write(path, content),
    };
    expect(await applyChanges(changes, broken)).toEqual({
      ok: false,
      stdout: '',
      stderr:
        `Failed to write file ${ws.path('a')}: No space left on device (os error 28)\n` +
        'These changes were made before the failure and remain:\nA n\n',
      applied: changes.slice(0, 1),
    });
    expect([ws.read('a'), ws.read('c')]).toEqual(['a\n', 'c\n']);
  });

  it('keeps both files when the source of a move cannot be removed', async () => {
    const ws = workspace({ a: 'a\n' });
    const changes = await planned(ws, body('*** Update File: a', '*** Move to: b', '@@', '-a', '+b'));
    const broken: PatchFiles = {
      ...files,
      remove: () => Promise.reject(Object.assign(new Error('x'), { code: 'EACCES' })),
    };
    const report = await applyChanges(changes, broken);
    expect(report.stderr).toContain('failed to remove the original');
    expect([report.ok, ws.read('a'), ws.read('b')]).toEqual([false, 'a\n', 'b\n']);
  });

  it('does nothing once cancelled', async () => {
    const ws = workspace();
    const report = await applyChanges(await planned(ws, body('*** Add File: x', '+x')), files, AbortSignal.abort());
    expect([report.ok, report.applied, ws.read('x')]).toEqual([false, [], null]);
  });
});

describe('nodeFiles', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  it('keeps the mode and leaves no temporary file', async () => {
    const ws = workspace({ run: 'a' });
    chmodSync(ws.path('run'), 0o750);
    await files.write(ws.path('run'), bytes('b'));
    expect([ws.read('run'), statSync(ws.path('run')).mode & 0o777, readdirSync(ws.dir)]).toEqual(['b', 0o750, ['run']]);
    expect(await files.stat(ws.path('run'))).toEqual({ kind: 'file', executable: true, size: 1 });
  });

  it('writes through symbolic links, also dangling ones', async () => {
    const ws = workspace({ 'real/target': 'a' });
    symlinkSync('real/target', ws.path('link'));
    symlinkSync('real/absent', ws.path('dangling'));
    await files.write(ws.path('link'), bytes('b'));
    await files.write(ws.path('dangling'), bytes('c'));
    expect([ws.read('real/target'), ws.read('real/absent')]).toEqual(['b', 'c']);
    expect(lstatSync(ws.path('link')).isSymbolicLink() && lstatSync(ws.path('dangling')).isSymbolicLink()).toBe(true);
  });

  it('refuses a circle of links', async () => {
    const ws = workspace();
    symlinkSync('b', ws.path('a'));
    symlinkSync('a', ws.path('b'));
    await expect(files.write(ws.path('a'), bytes('x'))).rejects.toMatchObject({ code: 'ELOOP' });
  });

  it('keeps hard links together', async () => {
    const ws = workspace({ a: 'a' });
    linkSync(ws.path('a'), ws.path('b'));
    await files.write(ws.path('a'), bytes('c'));
    expect(ws.read('b')).toBe('c');
  });

  it('removes the link, not its target, and tells what is not there', async () => {
    const ws = workspace({ target: 'a' });
    symlinkSync('target', ws.path('link'));
    await files.remove(ws.path('link'));
    expect([ws.read('target'), await files.stat(ws.path('link')), await files.stat(ws.path('target/x'))]).toEqual([
      'a',
      null,
      null,
    ]);
  });

  it('cleans up when the rename fails', async () => {
    const ws = workspace({ 'd/x': 'x' });
    await expect(files.write(ws.path('d'), bytes('a'))).rejects.toMatchObject({ code: 'EISDIR' });
    expect(readdirSync(ws.dir)).toEqual(['d']);
  });
});

import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applyChanges, createTurnDiff, nodeFiles, type TurnDiff } from '../src/index.ts';
import { body, planned, type Workspace, workspace } from './workspace.ts';

const files = nodeFiles();

async function patch(ws: Workspace, diff: TurnDiff, ...lines: string[]): Promise<string> {
  const changes = await planned(ws, body(...lines));
  await diff.remember(changes);
  const report = await applyChanges(changes, files);
  if (!report.ok) throw new Error(report.stderr);
  return diff.render();
}

const NEW =
  'diff --git a/new.txt b/new.txt\nnew file mode 100644\n' +
  'index 0000000000000000000000000000000000000000..ce013625030ba8dba906f756967f9e9ca394464a\n' +
  '--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+hello\n';

describe('createTurnDiff', () => {
  it('sums up the patches of a turn', async () => {
    const ws = workspace({ 'old.txt': 'before\n', 'gone.txt': 'bye\n' });
    const diff = createTurnDiff(files, ws.dir);
    expect(await patch(ws, diff, '*** Add File: new.txt', '+hello')).toBe(NEW);
    const both = await patch(
      ws,
      diff,
      '*** Update File: old.txt',
      '@@',
      '-before',
      '+after',
      '*** Delete File: gone.txt',
    );
    expect(both).toBe(
      'diff --git a/gone.txt b/gone.txt\ndeleted file mode 100644\n' +
        'index b023018cabc396e7692c70bbf5784a93d3f738ab..0000000000000000000000000000000000000000\n' +
        '--- a/gone.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-bye\n' +
        NEW +
        'diff --git a/old.txt b/old.txt\n' +
        'index 90be1f3056c4f471f977a28497b8d4b392c55a02..294186e497a23bf3fbfde12aacc7f720f668fe9a\n' +
        '--- a/old.txt\n+++ b/old.txt\n@@ -1 +1 @@\n-before\n+after\n',
    );
    expect(
      await patch(ws, diff, '*** Update File: old.txt', '@@', '-after', '+before', '*** Add File: gone.txt', '+bye'),
    ).toBe(NEW);
  });

  it('shows a move as one change of the file, over several steps', async () => {
    const ws = workspace({ 'b.txt': 'bee' });
    const diff = createTurnDiff(files, ws.dir);
    const first = await patch(ws, diff, '*** Update File: b.txt', '*** Move to: sub/c.txt', '@@', '-bee', '+cee');
    expect(first).toBe(
      'diff --git a/b.txt b/sub/c.txt\n' +
        'index 84738b4acf638a1c2462c4edc96bb950cdae5f54..9fa64ae5c3c7c1eeb3711b53a3e6b6eda4a08511\n' +
        '--- a/b.txt\n+++ b/sub/c.txt\n@@ -1 +1 @@\n-bee\n\\ No newline at end of file\n+cee\n',
    );
    const second = await patch(ws, diff, '*** Update File: sub/c.txt', '*** Move to: d.txt', '@@', '+more');
    expect(second.split('\n')[0]).toBe('diff --git a/b.txt b/d.txt');
    expect(second.match(/^diff/gm)).toHaveLength(1);
  });

  it('shows nothing for a patch that was never applied', async () => {
    const ws = workspace({ a: 'a\n' });
    const diff = createTurnDiff(files, ws.dir);
    await diff.remember(await planned(ws, body('*** Update File: a', '*** Move to: b', '@@', '-a', '+b')));
    expect(await diff.render()).toBe('');
  });

  it('names binary files, executables, empty files and files outside the root', async () => {
    const ws = workspace({ 'repo/bin': new Uint8Array([255, 0]), 'repo/run': 'a\n', other: 'o\n' });
    chmodSync(ws.path('repo/run'), 0o755);
    const diff = createTurnDiff(files, ws.path('repo'));
    const text = await patch(
      ws,
      diff,
      ...[
        '*** Add File: repo/bin',
        '+text',
        '*** Delete File: repo/run',
        '*** Add File: repo/empty',
        '*** Delete File: other',
      ],
    );
    expect(text.replaceAll(ws.dir, '/W')).toBe(
      'diff --git a//W/other b//W/other\ndeleted file mode 100644\n' +
        `index ${id('o\n')}..0000000000000000000000000000000000000000\n` +
        '--- a//W/other\n+++ /dev/null\n@@ -1 +0,0 @@\n-o\n' +
        `diff --git a/bin b/bin\nindex ${id(new Uint8Array([255, 0]))}..${id('text\n')}\n--- a/bin\n+++ b/bin\nBinary files differ\n` +
        'diff --git a/empty b/empty\nnew file mode 100644\n' +
        'index 0000000000000000000000000000000000000000..e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n' +
        `diff --git a/run b/run\ndeleted file mode 100755\nindex ${id('a\n')}..0000000000000000000000000000000000000000\n` +
        '--- a/run\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n',
    );
  });

  it('is a diff that git applies', async () => {
    const ws = workspace({ a: 'one\ntwo\nthree', b: 'b\n', 'd/c': 'c\n' });
    const git = (args: string[], input?: string) =>
      execFileSync('git', args, { cwd: ws.dir, encoding: 'utf8', ...(input ? { input } : {}) });
    git(['init', '-q', '--template=']);
    git(['add', '-A']);
    const diff = createTurnDiff(files, ws.dir);
    await patch(ws, diff, '*** Update File: a', '@@', '-two', '+2', '*** Delete File: b', '*** Add File: n', '+n');
    const text = await patch(ws, diff, '*** Update File: d/c', '@@', '+more');
    git(['apply', '--reverse'], text);
    expect(['a', 'b', 'd/c', 'n'].map(ws.read)).toEqual(['one\ntwo\nthree', 'b\n', 'c\n', null]);
  });
});

function id(content: string | Uint8Array): string {
  return execFileSync('git', ['hash-object', '--stdin'], { input: content, encoding: 'utf8' }).trim();
}

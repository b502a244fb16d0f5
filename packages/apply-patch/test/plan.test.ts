import { describe, expect, it } from 'vitest';
import { applyChanges, nodeFiles, planPatch, toFileChanges } from '../src/index.ts';
import { body, parsed, planned, refusal, workspace } from './workspace.ts';

const numbered = `${Array.from({ length: 30 }, (_, i) => `l${i}`).join('\n')}\n`;

async function updated(content: string, ...lines: string[]): Promise<string> {
  const ws = workspace({ f: content });
  const [change] = await planned(ws, body('*** Update File: f', ...lines));
  return change?.kind === 'update' ? change.newContent : 'not an update';
}

describe('matching', () => {
  it.each<[string, string, string[], string]>([
    ['exact lines', 'a\nb\nc\n', ['@@', ' a', '-b', '+B'], 'a\nB\nc\n'],
    ['a missing final newline is added', 'no newline at end', ['@@', '-no newline at end', '+x', '+y'], 'x\ny\n'],
    ['pure addition goes to the end', 'a\n', ['@@', '+b'], 'a\nb\n'],
    ['pure addition before a final empty line', 'a\n\n', ['@@', '+b'], 'a\nb\n\n'],
    ['pure addition to an empty file', '', ['@@', '+b'], 'b\n'],
    ['trailing blanks ignored', 'a  \nb\n', ['@@', '-a', '+A'], 'A\nb\n'],
    ['both ends trimmed', '   a\t\nb\n', ['@@', '-a', '+A'], 'A\nb\n'],
    ['typographic punctuation', 'say “hi” — it’s\u00a0me\n', ['@@', '-say "hi" - it\'s me', '+x'], 'x\n'],
    ['an exact place wins over an earlier similar one', ' a\na\n', ['@@', '-a', '+A'], ' a\nA\n'],
    ['the context line moves the cursor', 'x\nf\nx\n', ['@@ f', '-x', '+X'], 'x\nf\nX\n'],
    ['end of file anchors', 'x\ny\nx\n', ['@@', '-x', '+X', '*** End of File'], 'x\ny\nX\n'],
    ['an empty last old line may be the end of the file', 'a\nb\n', ['@@', '-b', '+B', ''], 'a\nB\n'],
    ['several chunks', 'a\nb\nc\nd\n', ['@@', '-a', '@@', '-c', '+C', '+D'], 'b\nC\nD\nd\n'],
    ['additions at the end before a later chunk', 'a\nb\n', ['@@', '+z', '@@', '-a', '+A'], 'A\nb\nz\n'],
    ['all lines removed', 'a\n', ['@@', '-a'], ''],
  ])('%s', async (_name, content, lines, expected) => {
    expect(await updated(content, ...lines)).toBe(expected);
  });

  it.each<[string[], string]>([
    [['@@', '-nope', ' x'], 'Failed to find expected lines in ./f:\nnope\nx'],
    [['@@ nowhere', '-l5'], "Failed to find context 'nowhere' in ./f"],
    [['@@', '-l9', '@@', '-l4'], 'Failed to find expected lines in ./f:\nl4'],
    [['@@', '-l5', '*** End of File'], 'Failed to find expected lines in ./f:\nl5'],
    [['@@ l29', '-l29', '*** End of File'], 'Failed to find expected lines in ./f:\nl29'],
  ])('refuses %j', async (lines, message) => {
    expect(await refusal(workspace({ f: numbered }), body('*** Update File: f', ...lines))).toBe(message);
  });
});

describe('planPatch', () => {
  it('gives absolute paths, contents and diffs in the order of the patch', async () => {
    const ws = workspace({ old: 'a\nb\nc\nd\n', gone: 'bye\n', over: 'before\n' });
    const text = body(
      '*** Add File: sub/new',
      '+n',
      '*** Update File: ./old',
      '*** Move to: sub/../moved',
      '@@',
      '-c',
      '+C',
      '*** Delete File: gone',
      `*** Add File: ${ws.path('over')}`,
      '+after',
    );
    expect(await planned(ws, text)).toEqual([
      { kind: 'add', path: ws.path('sub/new'), label: 'sub/new', oldContent: null, newContent: 'n\n' },
      {
        kind: 'update',
        path: ws.path('old'),
        label: 'sub/../moved',
        oldContent: 'a\nb\nc\nd\n',
        newContent: 'a\nb\nC\nd\n',
        moveTo: ws.path('moved'),
        diff: '@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n',
      },
      { kind: 'delete', path: ws.path('gone'), label: 'gone', oldContent: 'bye\n' },
      { kind: 'add', path: ws.path('over'), label: ws.path('over'), oldContent: 'before\n', newContent: 'after\n' },
    ]);
    expect(ws.read('sub/new')).toBeNull();
  });

  it.each<[string[], string]>([
    [['*** Delete File: d'], 'Failed to read ./d: Is a directory (os error 21)'],
    [['*** Delete File: no'], 'Failed to read ./no: No such file or directory (os error 2)'],
    [['*** Update File: no', '@@', '-a'], 'Failed to read file to update ./no: No such file or directory (os error 2)'],
    [['*** Update File: d', '@@', '-a'], 'Failed to read file to update ./d: Is a directory (os error 21)'],
    [['*** Update File: f/x', '@@', '-a'], 'Failed to read file to update ./f/x: Not a directory (os error 20)'],
    [['*** Update File: bin', '@@', '-a'], 'Failed to read file to update ./bin: stream did not contain valid UTF-8'],
    [['*** Add File: f/x/y', '+x'], 'Failed to write file ./f/x/y: Not a directory (os error 20)'],
    [['*** Add File: n', '+x', '*** Add File: n/x', '+x'], 'Failed to write file ./n/x: Not a directory (os error 20)'],
    [['*** Add File: d', '+x'], 'Failed to write file ./d: Is a directory (os error 21)'],
    [['*** Update File: f', '*** Move to: d', '@@', '-a'], 'Failed to write file ./d: Is a directory (os error 21)'],
    [['*** Delete File: f', '*** Delete File: f'], 'Failed to read ./f: No such file or directory (os error 2)'],
    [
      ['*** Add File: created', '+x', '*** Update File: missing', '@@', '-a'],
      'Failed to read file to update ./missing: No such file or directory (os error 2)',
    ],
  ])('refuses %j', async (lines, message) => {
    const ws = workspace({ 'd/x': 'x\n', f: 'a\n', bin: new Uint8Array([0xff, 0xfe, 0]) });
    expect(await refusal(ws, body(...lines))).toBe(message);
  });

  it('lets hunks see what earlier hunks of the patch do', async () => {
    const ws = workspace({ a: 'one\ntwo\n', b: 'b\n' });
    const text = body(
      ...['*** Update File: a', '@@', '-two', '+TWO'],
      ...['*** Update File: a', '@@', '-TWO', '+2'],
      ...['*** Update File: b', '*** Move to: c', '@@', '-b', '+c'],
      ...['*** Update File: c', '@@', '-c', '+cc'],
      ...['*** Add File: n', '+n', '*** Update File: n', '@@', '+m'],
    );
    const changes = await planned(ws, text);
    expect(changes.map((change) => ('newContent' in change ? change.newContent : null))).toEqual([
      'one\nTWO\n',
      'one\n2\n',
      'c\n',
      'cc\n',
      'n\n',
      'n\nm\n',
    ]);
    expect(await toFileChanges(changes)).toEqual([
      { path: ws.path('a'), kind: { type: 'update', move_path: null }, diff: '@@ -1,2 +1,2 @@\n one\n-two\n+2\n' },
      {
        path: ws.path('b'),
        kind: { type: 'update', move_path: ws.path('c') },
        diff: `@@ -1 +1 @@\n-b\n+c\n\n\nMoved to: ${ws.path('c')}`,
      },
      { path: ws.path('c'), kind: { type: 'update', move_path: null }, diff: '@@ -1 +1 @@\n-c\n+cc\n' },
      { path: ws.path('n'), kind: { type: 'add' }, diff: 'n\nm\n' },
    ]);
  });

  it('lets a folder take the place of a file that goes', async () => {
    const ws = workspace({ a: 'a\n' });
    const changes = await planned(ws, body('*** Delete File: a', '*** Add File: a/b', '+b'));
    expect((await applyChanges(changes, nodeFiles())).ok).toBe(true);
    expect(ws.read('a/b')).toBe('b\n');
  });

  it('stops when cancelled', async () => {
    const ws = workspace({ a: 'a\n' });
    const patch = parsed(body('*** Delete File: a'));
    await expect(planPatch(patch, ws.dir, nodeFiles(), AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});

describe('toFileChanges', () => {
  it('shows whole texts and hunks, sorted by path', async () => {
    const ws = workspace({ 'old.txt': 'before\n', 'gone.txt': 'bye\n', 'nonl.txt': 'bee', 'big.txt': numbered });
    const text = body(
      ...['*** Update File: old.txt', '@@', '-before', '+after', '*** Delete File: gone.txt'],
      ...['*** Add File: new.txt', '+hello', '*** Update File: nonl.txt', '@@', '-bee', '+cee'],
      ...['*** Update File: big.txt', '@@ l3', ' l4', '-l5', '+L5', '@@ l20', '-l21', '+L21'],
    );
    expect(await toFileChanges(await planned(ws, text))).toEqual([
      {
        path: ws.path('big.txt'),
        kind: { type: 'update', move_path: null },
        diff: '@@ -5,3 +5,3 @@\n l4\n-l5\n+L5\n l6\n@@ -21,3 +21,3 @@\n l20\n-l21\n+L21\n l22\n',
      },
      { path: ws.path('gone.txt'), kind: { type: 'delete' }, diff: 'bye\n' },
      { path: ws.path('new.txt'), kind: { type: 'add' }, diff: 'hello\n' },
      {
        path: ws.path('nonl.txt'),
        kind: { type: 'update', move_path: null },
        diff: '@@ -1 +1 @@\n-bee\n\\ No newline at end of file\n+cee\n',
      },
      { path: ws.path('old.txt'), kind: { type: 'update', move_path: null }, diff: '@@ -1 +1 @@\n-before\n+after\n' },
    ]);
  });

  it('sums up steps on one file', async () => {
    const ws = workspace({ f: 'a\n' });
    const text = body('*** Delete File: f', '*** Add File: f', '+b', '*** Add File: t', '+t', '*** Delete File: t');
    expect(await toFileChanges(await planned(ws, text))).toEqual([
      { path: ws.path('f'), kind: { type: 'add' }, diff: 'b\n' },
      { path: ws.path('t'), kind: { type: 'delete' }, diff: 't\n' },
    ]);
  });

  it('shows a rewrite of everything as one replacement', async () => {
    const many = (mark: string) => Array.from({ length: 4000 }, (_, i) => `${mark}${i}`);
    const ws = workspace({ f: `${many('a').join('\n')}\n` });
    const lines = [...many('a').map((line) => `-${line}`), ...many('b').map((line) => `+${line}`)];
    const [change] = await toFileChanges(await planned(ws, body('*** Update File: f', '@@', ...lines)));
    expect(change?.diff).toBe(`@@ -1,4000 +1,4000 @@\n${lines.join('\n')}\n`);
  });
});

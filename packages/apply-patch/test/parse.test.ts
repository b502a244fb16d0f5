import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePatch, verificationFailure } from '../src/index.ts';
import { body, parsed } from './workspace.ts';

const headers = "Valid hunk headers: '*** Add File: {path}', '*** Delete File: {path}', '*** Update File: {path}'";

describe('parsePatch', () => {
  it('reads all kinds of hunks', () => {
    const text = body(
      '*** Add File: a b.txt',
      '+one',
      '+',
      '*** Delete File: gone',
      '*** Update File: x',
      '*** Move to: y',
      ' kept',
      '-old',
      '+new',
      '',
      '@@ fn main',
      '-last',
      '*** End of File',
    );
    expect(parsed(text).hunks).toEqual([
      { kind: 'add', path: 'a b.txt', content: 'one\n\n' },
      { kind: 'delete', path: 'gone' },
      {
        kind: 'update',
        path: 'x',
        moveTo: 'y',
        chunks: [
          { context: null, oldLines: ['kept', 'old', ''], newLines: ['kept', 'new', ''], atEndOfFile: false },
          { context: 'fn main', oldLines: ['last'], newLines: [], atEndOfFile: true },
        ],
      },
    ]);
  });

  it('reads an empty patch and a file without lines', () => {
    expect(parsed(body())).toEqual({ hunks: [] });
    expect(parsed(body('*** Add File: e')).hunks).toEqual([{ kind: 'add', path: 'e', content: '' }]);
  });

  it.each([
    ['padding', '  *** Begin Patch \n*** Add File: x\n+x\n  *** End Patch \n\n'],
    ['bare heredoc', `<<EOF\n${body('*** Add File: x', '+x')}\nEOF`],
    ['single-quoted heredoc', `<<'EOF'\n${body('*** Add File: x', '+x')}\nEOF\n`],
    ['double-quoted heredoc', `<<"EOF"\n${body('*** Add File: x', '+x')}\nEOF`],
    ['padded hunk header', body('  *** Add File: x  ', '+x')],
    ['windows line ends', body('*** Add File: x', '+x').replaceAll('\n', '\r\n')],
  ])('tolerates %s', (_name, text) => {
    expect(parsed(text).hunks).toEqual([{ kind: 'add', path: 'x', content: 'x\n' }]);
  });

  it.each([
    ['not a patch', "invalid patch: The first line of the patch must be '*** Begin Patch'"],
    ['', "invalid patch: The first line of the patch must be '*** Begin Patch'"],
    ['*** Begin Patch', "invalid patch: The last line of the patch must be '*** End Patch'"],
    ['*** Begin Patch\n*** Add File: x', "invalid patch: The last line of the patch must be '*** End Patch'"],
    [
      '<<\'EOF"\n*** Begin Patch\n*** End Patch\nEOF',
      "invalid patch: The first line of the patch must be '*** Begin Patch'",
    ],
    [body('*** Update File: x'), "invalid hunk at line 2, Update file hunk for path 'x' is empty"],
    [
      body('*** Frobnicate File: x'),
      `invalid hunk at line 2, '*** Frobnicate File: x' is not a valid hunk header. ${headers}`,
    ],
    [body('*** Add File: n', '+a', '', '+b'), `invalid hunk at line 4, '' is not a valid hunk header. ${headers}`],
    [body('*** Update File: x', '@@'), 'invalid hunk at line 4, Update hunk does not contain any lines'],
    [
      body('*** Update File: x', '@@', '=bad'),
      "invalid hunk at line 4, Unexpected line found in update hunk: '=bad'. Every line should start with ' ' (context line), '+' (added line), or '-' (removed line)",
    ],
    [
      body('*** Update File: x', '@@', '-a', 'b'),
      "invalid hunk at line 5, Expected update hunk to start with a @@ context marker, got: 'b'",
    ],
  ])('refuses %j', (text, message) => {
    expect(parsePatch(text)).toEqual({ ok: false, error: { kind: 'format', message } });
  });

  it('words the whole answer', () => {
    expect(verificationFailure({ kind: 'format', message: 'invalid patch: x' })).toBe(
      'apply_patch verification failed: invalid patch: x',
    );
  });

  it('never throws, whatever the text', () => {
    const line = fc.oneof(
      fc.constantFrom('*** Begin Patch', '*** End Patch', '*** Add File: a', '*** Update File: b', '*** Move to: c'),
      fc.constantFrom('*** Delete File: d', '@@', '@@ x', '*** End of File', '', '+a', '-b', ' c', '<<EOF', 'EOF'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(typeof parsePatch(lines.join('\n')).ok).toBe('boolean');
        expect(typeof parsePatch(body(...lines)).ok).toBe('boolean');
      }),
    );
  });
});

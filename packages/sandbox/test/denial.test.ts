import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { looksDenied } from '../src/index.ts';

const report = (exitCode: number, stderr = '', stdout = '', output = '') => ({ exitCode, stderr, stdout, output });

describe('looksDenied', () => {
  test.each<[string, ReturnType<typeof report>, boolean]>([
    ['a read-only file system', report(1, 'sh: x: Read-only file system'), true],
    ['whatever the case', report(1, 'OPERATION NOT PERMITTED'), true],
    ['on either stream', report(1, '', 'ls: Permission denied'), true],
    ['in the combined output', report(1, '', '', 'failed to write file'), true],
    ['words beat the code', report(127, 'bwrap: sandbox'), true],
    ['success is no denial', report(0, 'permission denied'), false],
    ['an ordinary failure', report(1, 'no such file'), false],
    ['a misuse', report(2), false],
    ['not found', report(127, 'not found'), false],
    ['a filtered call', report(159), true],
    ['another signal', report(137), false],
  ])('%s', (_name, given, expected) => {
    expect(looksDenied(given, true, 'linux')).toBe(expected);
  });

  test('the signal of a filter means something on Linux only', () => {
    expect([looksDenied(report(159), true, 'darwin'), looksDenied(report(159), true, 'linux')]).toEqual([false, true]);
  });

  test('nothing is denied without a sandbox', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.string(), (code, text) => {
        expect(looksDenied(report(code, `${text} permission denied`), false)).toBe(false);
        expect(looksDenied(report(0, `${text} permission denied`), true)).toBe(false);
      }),
    );
  });
});

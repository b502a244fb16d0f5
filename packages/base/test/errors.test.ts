import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CodexError, isCodexError, nullLogger, systemCode, toMessage, unreachable } from '../src/index.ts';

describe('CodexError', () => {
  it('carries code, message, data and cause', () => {
    const cause = new Error('below');
    const error = new CodexError('config', 'The key is unknown.', { cause, data: { key: 'modle' } });
    expect(error).toMatchObject({ name: 'CodexError', code: 'config', message: 'The key is unknown.', cause });
    expect(error.data).toEqual({ key: 'modle' });
    expect(isCodexError(error)).toBe(true);
    expect(isCodexError(cause)).toBe(false);
    expect(new CodexError('internal', 'x').data).toBeUndefined();
  });
});

it('toMessage finds a text for anything', () => {
  expect([toMessage(new Error('a')), toMessage('b'), toMessage(undefined)]).toEqual(['a', 'b', 'undefined']);
});

it('systemCode reads the code of system errors only', () => {
  let error: unknown;
  try {
    readFileSync('/does/not/exist');
  } catch (caught) {
    error = caught;
  }
  expect(systemCode(error)).toBe('ENOENT');
  expect(systemCode(new Error('plain'))).toBeUndefined();
  expect(systemCode({ code: 'ENOENT' })).toBeUndefined();
});

it('unreachable says what it met', () => {
  expect(() => unreachable('x' as never)).toThrow('unexpected value: "x"');
});

it('nullLogger takes everything, its children too', () => {
  const child = nullLogger.child({ thread: 1 });
  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const)
    expect(child[level]({}, 'text')).toBeUndefined();
});

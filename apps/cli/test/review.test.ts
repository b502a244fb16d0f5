import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { main } from '../src/index.ts';

it('codex review is exec review, options before it included', async () => {
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const run = (...argv: string[]) => main(argv, { ...io, env: {}, cwd: '/' });
  expect(await run('-c', 'a=1', '-s', 'read-only', 'review', '--title', 'T')).toBe(2);
  expect(String(io.stderr.read())).toContain('--commit <SHA>');
  expect(await run('review', '-s', 'read-only')).toBe(2);
  expect(String(io.stderr.read())).toContain("unexpected argument '-s' found");
});

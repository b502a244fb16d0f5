import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { build, isCurrent } from '../build.mjs';
import { makeCheckout, write } from './checkout.ts';

let checkout: ReturnType<typeof makeCheckout>;

beforeEach(() => {
  checkout = makeCheckout();
});
afterEach(() => checkout.remove());

const rebuild = () => build(checkout.repo, { warmUp: false });

describe('build', () => {
  it('is current until a source, a manifest or the lockfile changes', async () => {
    const { repo } = checkout;
    expect(isCurrent(repo)).toBe(false);
    const changes: [string, string][] = [
      ['apps/cli/src/chunk.ts', 'export const answer = (): string => "other";'],
      ['apps/cli/package.json', '{"name":"cli","type":"module","version":"2.0.0"}'],
      ['pnpm-lock.yaml', 'lockfileVersion: 10\n'],
      ['packages/base/src/new.ts', 'export {};'],
    ];
    for (const [file, text] of changes) {
      await rebuild();
      expect(isCurrent(repo)).toBe(true);
      write(repo, file, text);
      expect(isCurrent(repo)).toBe(false);
    }
    await rebuild();
    write(repo, 'apps/cli/test/some.test.ts', 'no input');
    expect(isCurrent(repo)).toBe(true);
  });

  it('keeps the folder of the build before, and gives equal content the same folder', async () => {
    const first = await rebuild();
    write(checkout.repo, 'apps/cli/src/chunk.ts', 'export const answer = (): string => "other";');
    const second = await rebuild();
    expect(second.id).not.toBe(first.id);
    expect(fs.existsSync(path.join(first.folder, 'main.cjs'))).toBe(true);
    write(checkout.repo, 'apps/cli/src/chunk.ts', '// a comment\nexport const answer = (): string => "other";');
    expect((await rebuild()).id).toBe(second.id);
    expect(fs.realpathSync(path.join(checkout.repo, 'dist/codex/current'))).toBe(second.folder);
  });

  it('leaves the bundle in use alone when the sources do not build', async () => {
    const { folder } = await rebuild();
    write(
      checkout.repo,
      'apps/cli/src/chunk.ts',
      "import { gone } from './nowhere.ts';\nexport const answer = (): string => gone;",
    );
    await expect(rebuild()).rejects.toThrow(/nowhere/);
    expect(fs.realpathSync(path.join(checkout.repo, 'dist/codex/current'))).toBe(folder);
    expect(fs.readdirSync(path.join(checkout.repo, 'dist/codex')).filter((name) => name.startsWith('draft'))).toEqual(
      [],
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPatchIn, IMPLICIT_PATCH, verificationFailure } from '../src/index.ts';
import { body } from './workspace.ts';

const patch = body('*** Add File: x', '+$HOME `x`');
const sh = (script: string, shell = 'bash', flag = '-lc') => findPatchIn([shell, flag, script]);
const found = (workdir: string | null = null) => ({ kind: 'patch', patch, workdir });

describe('findPatchIn', () => {
  it.each([['apply_patch'], ['applypatch']])('finds the direct call %s', (name) => {
    expect(findPatchIn([name, patch])).toEqual(found());
    expect(findPatchIn([name, 'not a patch'])).toEqual({ kind: 'patch', patch: 'not a patch', workdir: null });
  });

  it.each([
    [`apply_patch <<'EOF'\n${patch}\nEOF`],
    [`apply_patch <<'EOF'\n${patch}\nEOF\n\n`],
    [`  applypatch << "PATCH"\n${patch}\nPATCH\n`],
    [`apply_patch <<EOF\n${patch}\nEOF\n`],
    [`apply_patch <<-EOF\n${patch.replaceAll('\n', '\n\t')}\n\tEOF\n`],
  ])('finds the heredoc %j', (script) => {
    for (const shell of ['bash', 'zsh', 'sh', '/bin/bash', '/usr/bin/zsh']) {
      expect(sh(script, shell)).toEqual(found());
      expect(sh(script, shell, '-c')).toEqual(found());
    }
    expect(findPatchIn(['powershell.exe', '-NoProfile', '-Command', script])).toEqual(found());
    expect(findPatchIn(['pwsh', '-Command', script])).toEqual(found());
    expect(findPatchIn(['cmd.exe', '/c', script])).toEqual(found());
  });

  it.each([
    ['sub', 'sub'],
    ["'my dir'", 'my dir'],
    ['"my dir"', 'my dir'],
    ['../a-b/c.d', '../a-b/c.d'],
  ])('takes the folder of cd %s', (written, workdir) => {
    expect(sh(`cd ${written} && apply_patch <<'EOF'\n${patch}\nEOF`)).toEqual(found(workdir));
    expect(sh(`cd ${written} &&\n  apply_patch <<'EOF'\n${patch}\nEOF`)).toEqual(found(workdir));
  });

  it.each([
    [`apply_patch <<'EOF'\n${patch}\nEOF && ls`],
    [`apply_patch <<'EOF'\n${patch}\nEOF\nls`],
    [`apply_patch <<'EOF' && ls\n${patch}\nEOF`],
    [`apply_patch <<'EOF'\n${patch}`],
    [`cd a; apply_patch <<'EOF'\n${patch}\nEOF`],
    [`cd a || apply_patch <<'EOF'\n${patch}\nEOF`],
    [`cd a b && apply_patch <<'EOF'\n${patch}\nEOF`],
    [`cd $X && apply_patch <<'EOF'\n${patch}\nEOF`],
    [`cd ~/x && apply_patch <<'EOF'\n${patch}\nEOF`],
    [`cd a && cd b && apply_patch <<'EOF'\n${patch}\nEOF`],
    [`mkdir x; apply_patch <<'EOF'\n${patch}\nEOF`],
    [`# note\napply_patch <<'EOF'\n${patch}\nEOF`],
    [`apply_patch '${patch}'`],
    [`apply_patch foo <<'EOF'\n${patch}\nEOF`],
    ['echo hi'],
    [''],
  ])('leaves %j to the shell', (script) => {
    expect(sh(script)).toEqual({ kind: 'none' });
  });

  it('leaves other programs and flags alone', () => {
    const script = `apply_patch <<'EOF'\n${patch}\nEOF`;
    for (const argv of [
      [],
      ['fish', '-c', script],
      ['bash', '-x', script],
      ['bash', script],
      ['bash', '-l', '-c', script],
    ]) {
      expect(findPatchIn(argv)).toEqual({ kind: 'none' });
    }
    expect(findPatchIn(['apply_patch', patch, 'more'])).toEqual({ kind: 'none' });
  });

  it('tells patch text given as a command', () => {
    expect(findPatchIn([patch])).toEqual({ kind: 'implicit' });
    expect(sh(patch)).toEqual({ kind: 'implicit' });
    expect(verificationFailure(IMPLICIT_PATCH)).toBe(
      'apply_patch verification failed: patch detected without explicit call to apply_patch. Rerun as ["apply_patch", "<patch>"]',
    );
  });

  it('never throws and finds any patch it is given in a heredoc', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(['patch', 'implicit', 'none']).toContain(findPatchIn(words).kind);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.string().map((text) => `+${text}`)), (lines) => {
        const text = lines.join('\n');
        expect(sh(`apply_patch <<'END'\n${text}\nEND`)).toEqual({ kind: 'patch', patch: text, workdir: null });
      }),
    );
  });
});

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { amendNetwork, amendPrefix, evaluate, loadRules, matchRules, runCheck } from '../src/index.ts';

const run = promisify(execFile);
const AMEND_MANY = fileURLToPath(new URL('amend-many.mjs', import.meta.url));

let home = '';
let rules = '';
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rules-'));
  rules = path.join(home, 'rules');
});
afterEach(() => rm(home, { recursive: true }));
const defaultRules = () => readFile(path.join(rules, 'default.rules'), 'utf8');

describe('loading', () => {
  it('adds up folders in order, inside a folder by name, and skips what is no rules file', async () => {
    const project = path.join(home, 'project');
    await mkdir(path.join(rules, 'deeper.rules'), { recursive: true });
    await mkdir(project);
    await writeFile(path.join(rules, 'b.rules'), 'prefix_rule(pattern=["b"])');
    await writeFile(path.join(rules, 'a.rules'), 'prefix_rule(pattern=["a"])');
    await writeFile(path.join(rules, '.hid.rules'), 'prefix_rule(pattern=["h"])');
    await writeFile(path.join(rules, 'x.RULES'), '(');
    await writeFile(path.join(rules, 'x.rules.txt'), '(');
    await writeFile(path.join(project, 'p.rules'), 'prefix_rule(pattern=["p"])');
    await symlink(path.join(project, 'p.rules'), path.join(rules, 'link.rules'));
    const loaded = await loadRules([rules, path.join(home, 'missing'), project]);
    expect(loaded.warnings).toEqual([]);
    expect(loaded.rules.prefix.map((rule) => rule.first)).toEqual(['h', 'a', 'b', 'p']);
  });

  it('keeps what other files forbid, and nothing they allow, when one is broken', async () => {
    await mkdir(rules);
    await writeFile(path.join(rules, 'a.rules'), 'prefix_rule(["rm"], "forbidden")\nprefix_rule(["ls"])\n');
    await writeFile(path.join(rules, 'b.rules'), 'prefix_rule(["x"], "prompt")\n\nprefix_rule(pattern=[],)\n');
    await writeFile(path.join(rules, 'c.rules'), 'prefix_rule(["cat"], "prompt")\n');
    const { rules: loaded, warnings } = await loadRules([rules]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({
      summary: 'Error parsing rules; custom rules not applied.',
      path: path.join(rules, 'b.rules'),
      range: { start: { line: 3, column: 1 }, end: { line: 3, column: 25 } },
    });
    expect(warnings[0]?.details).toContain('invalid pattern element: pattern cannot be empty');
    const decide = (...words: string[]) => evaluate(loaded, [words], () => 'allow').matches[0]?.kind;
    expect([decide('rm'), decide('cat'), decide('ls'), decide('x')]).toEqual(['rule', 'rule', 'fallback', 'fallback']);
  });

  it('refuses a file that is no text', async () => {
    await mkdir(rules);
    await writeFile(path.join(rules, 'a.rules'), Buffer.from([0xff, 0xfe]));
    await expect(loadRules([rules])).rejects.toMatchObject({ code: 'config' });
  });

  it('knows host_executable lists of earlier files when it checks examples', async () => {
    await mkdir(rules);
    await writeFile(path.join(rules, 'a.rules'), 'host_executable("git", ["/usr/bin/git"])');
    await writeFile(path.join(rules, 'b.rules'), 'prefix_rule(["git"], not_match=["/opt/git x"])');
    expect((await loadRules([rules])).warnings).toEqual([]);
  });
});

describe('amending', () => {
  it('creates the folder, appends a line once, and the line allows the command', async () => {
    await amendPrefix(home, ['touch', 'a b']);
    await amendPrefix(home, ['touch', 'a b']);
    expect(await defaultRules()).toBe('prefix_rule(pattern=["touch", "a b"], decision="allow")\n');
    const { rules: loaded } = await loadRules([rules]);
    expect(matchRules(loaded, ['touch', 'a b', 'c'])).toHaveLength(1);
    expect(await readdir(rules)).toEqual(['default.rules']);
  });

  it('ends an unfinished line first', async () => {
    await mkdir(rules);
    await writeFile(path.join(rules, 'default.rules'), 'prefix_rule(pattern=["a"])');
    await amendPrefix(home, ['b']);
    expect((await loadRules([rules])).rules.prefix.map((rule) => rule.first)).toEqual(['a', 'b']);
  });

  it('writes network rules with the normalised host', async () => {
    const rule = await amendNetwork(home, {
      host: ' A.example.:443 ',
      protocol: 'https',
      decision: 'forbidden',
      justification: 'j',
    });
    expect(rule).toEqual({ host: 'a.example', protocol: 'https', decision: 'forbidden', justification: 'j' });
    expect(await defaultRules()).toBe(
      'network_rule(host="a.example", protocol="https", decision="deny", justification="j")\n',
    );
    expect((await loadRules([rules])).rules.network).toEqual([rule]);
  });

  it('refuses what could not be read back', async () => {
    await expect(amendPrefix(home, [])).rejects.toThrow('prefix rule requires at least one token');
    await expect(amendPrefix(home, ['\ud800'])).rejects.toMatchObject({ code: 'invalidRequest' });
    const host = { protocol: 'http', decision: 'allow' } as const;
    await expect(amendNetwork(home, { host: '*', ...host })).rejects.toThrow('invalid network rule:');
    await expect(amendPrefix(path.join(home, 'no', 'home'), ['a'])).rejects.toThrow(
      'failed to create policy directory',
    );
    expect(await readdir(home)).toEqual([]);
  });

  it('is idempotent and readable for any words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 }), async (prefix) => {
        await amendPrefix(home, prefix);
        const once = await defaultRules();
        await amendPrefix(home, prefix);
        expect(await defaultRules()).toBe(once);
        const { rules: loaded, warnings } = await loadRules([rules]);
        expect(warnings).toEqual([]);
        expect(matchRules(loaded, prefix).length).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps every line when several processes and calls amend at once', async () => {
    await Promise.all([1, 2, 3].map((n) => run(process.execPath, [AMEND_MANY, home, String(n)])));
    const lines = (await defaultRules()).trimEnd().split('\n');
    expect(lines).toHaveLength(3 * 10 + 10);
    expect(new Set(lines).size).toBe(lines.length);
    expect(await readdir(rules)).toEqual(['default.rules']);
  });

  it('takes over the lock of a process that died', async () => {
    await mkdir(rules);
    const lock = path.join(rules, 'default.rules.lock');
    await writeFile(lock, '999999999');
    await amendPrefix(home, ['a']);
    await writeFile(lock, '');
    await utimes(lock, 1, 1);
    await amendPrefix(home, ['b']);
    expect(await readdir(rules)).toEqual(['default.rules']);
  });

  it('stops waiting for the lock when it is cancelled', async () => {
    await mkdir(rules);
    await writeFile(path.join(rules, 'default.rules.lock'), String(process.pid));
    const controller = new AbortController();
    const waiting = amendPrefix(home, ['a'], { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toThrow();
    expect(await readdir(rules)).toEqual(['default.rules.lock']);
  });
});

describe('check', () => {
  const check = (...args: string[]) => runCheck(args, home);

  it('takes what follows its options as the command', async () => {
    await writeFile(path.join(home, 'k.rules'), 'prefix_rule([["git", "-x", "--pretty", "--"]])');
    for (const args of [['-x'], ['git', '--pretty'], ['--', '--pretty'], ['--', '--', 'git']]) {
      expect(JSON.parse((await check('-r', 'k.rules', ...args)).stdout)).toMatchObject({ decision: 'allow' });
    }
    const pretty = await check('--rules=k.rules', '-c', 'a=b', '--pretty', 'git');
    expect(pretty.stdout).toContain('\n  "matchedRules": [\n');
  });

  it('says what is missing', async () => {
    expect(await check()).toMatchObject({ exitCode: 2, stdout: '' });
    expect((await check('-r', 'k.rules')).stderr).toContain('<COMMAND>...');
    expect((await check('git', '-r', 'k.rules')).stderr).toContain('--rules <PATH>');
    expect((await check('-r')).stderr).toContain("a value is required for '--rules <PATH>'");
    expect((await check('--pretty', '--pretty')).stderr).toContain('cannot be used multiple times');
    expect(await check('--help')).toMatchObject({ exitCode: 0 });
  });

  it('says which file cannot be read', async () => {
    const result = await check('-r', 'nope.rules', 'a');
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/^Error: failed to read policy at nope\.rules\n\nCaused by:\n {4}\S/);
  });
});

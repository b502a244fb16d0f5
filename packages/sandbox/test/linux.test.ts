import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { nullLogger, systemClock } from '@codex/base';
import { describe, expect, test } from 'vitest';
import { defaultIsolation, isSpawnError, linuxIsolation } from '../src/index.ts';
import { confines, ground, READ_ONLY, runConfined, snapshot, testIsolation, workspace } from './confined.ts';
import { command, eventually, isAlive, openDescriptors, PATH, sh, testFolder, testRunner } from './support.ts';

const REFUSED = { code: 'sandboxUnavailable' };
const node = (code: string) => [process.execPath, '-e', code];

describe('what works inside', () => {
  const work = (more = {}) => workspace({ excludeTmpdirEnvVar: false, ...more });

  test('a build: folders, files, links, modes, removing, programs', async () => {
    const { work: cwd, base } = ground();
    mkdirSync(join(base, 'tmp'));
    const script = `
      set -e
      mkdir -p out/deep && echo 'echo built "$1"' > out/deep/run && chmod +x out/deep/run && ln -s deep/run out/run
      sh out/run yes > result; ln result copy; mv out/deep/run out/renamed; rm -r out; mkfifo p; rm p
      echo t > "$TMPDIR/t"; mktemp -d > /dev/null; cat result; seq 1 1000 | sort -n | tail -1
      (sleep 0.01; echo later) & wait; echo e >/dev/stderr; git status --short --branch 2>&1 | head -1 > /dev/null
      cat <<EOF
here
EOF`;
    const env = { PATH, TMPDIR: join(base, 'tmp') };
    const report = await runConfined(sh(script, { cwd, env, policy: work() }));
    if (!report) return;
    expect(report).toMatchObject({ exitCode: 0, stdout: 'built yes\n1000\nlater\nhere\n', stderr: 'e\n' });
    expect(readdirSync(cwd).sort()).toEqual(['.git', 'copy', 'file', 'link', 'result']);
    expect(readdirSync(env.TMPDIR)).toContain('t');
  });

  test('the folder a command starts in is not made writable when the policy is about another one', async () => {
    const { work: policyCwd, base } = ground();
    const cwd = join(base, 'elsewhere');
    mkdirSync(cwd);
    const script = `pwd; echo x > "${policyCwd}/made" && echo in; echo x > here || echo out`;
    const report = await runConfined({ ...sh(script, { cwd, policy: work() }), policyCwd });
    if (report) expect(report).toMatchObject({ stdout: `${cwd}\nin\nout\n` });
    expect(existsSync(join(cwd, 'here'))).toBe(false);
  });

  test('a single file as a root: it alone may be written, also where reading is restricted', async () => {
    const { work: cwd, outside } = ground();
    const file = join(outside, 'one.txt');
    writeFileSync(file, 'old');
    writeFileSync(join(outside, 'other.txt'), 'old');
    const restricted = { type: 'restricted' as const, includePlatformDefaults: true, readableRoots: [] };
    for (const readOnlyAccess of [{ type: 'fullAccess' } as const, restricted]) {
      const policy = workspace({ writableRoots: [file], readOnlyAccess });
      const script = `echo new > '${file}' && cat '${file}'; echo x > '${outside}/other.txt'; echo x > '${outside}/more.txt'; rm '${file}'`;
      const report = await runConfined(sh(script, { cwd, policy }));
      if (!report) continue;
      expect(report.stdout.toString()).toBe('new\n');
      expect(readFileSync(file, 'utf8')).toBe('new\n');
      expect(readdirSync(outside).sort()).toEqual(expect.arrayContaining(['one.txt', 'other.txt']));
      expect(readFileSync(join(outside, 'other.txt'), 'utf8')).toBe('old');
      expect(existsSync(join(outside, 'more.txt'))).toBe(false);
    }
  });

  test('node with children it talks to', async () => {
    const code = `
      const { fork, execFileSync } = require('node:child_process');
      if (process.send) process.on('message', (m) => { process.send(m + 1); process.disconnect(); });
      else {
        require('node:fs').writeFileSync('n', execFileSync('echo', ['x']));
        const child = fork(__filename);
        child.on('message', (m) => console.log('answer', m));
        child.send(1);
      }`;
    const { work: cwd } = ground();
    writeFileSync(join(cwd, 'm.cjs'), code);
    const report = await runConfined(command([process.execPath, 'm.cjs'], { cwd, policy: work() }));
    if (report) expect(report).toMatchObject({ exitCode: 0, stdout: 'answer 2\n' });
  });

  test('git looks past the places that only stand in for something', async () => {
    const { base } = ground();
    const cwd = join(base, 'real/sub');
    mkdirSync(cwd, { recursive: true });
    const env = { PATH, HOME: base };
    await testRunner().run(sh('git init -q .. && echo x > tracked && git add tracked', { cwd, env }));
    const script = 'git status --short .; git rev-parse --show-prefix; git add . ; cd /tmp && git rev-parse';
    const report = await runConfined(sh(script, { cwd, env, policy: workspace({ excludeSlashTmp: false }) }));
    if (!report) return;
    expect(report.stdout).toBe('A  tracked\nsub/\n');
    expect(report.stderr).toMatch(/index.lock.*Read-only file system[^]*not a git repository/);
  });

  test('large output, exit codes, signals of its own', async () => {
    const policy = READ_ONLY;
    const large = await runConfined(sh('head -c 5000000 /dev/zero | tr "\\0" x', { policy }));
    if (large) expect(large.stdout.length + large.omittedBytes).toBe(5_000_000);
    const codes = ['exit 7', 'kill -TERM $$', 'kill -KILL $$', 'sleep 100 & kill $!; wait $!'];
    const reports = await Promise.all(codes.map((script) => runConfined(sh(script, { policy }))));
    expect(reports.map((report, i) => report?.exitCode ?? [7, 143, 137, 143][i])).toEqual([7, 143, 137, 143]);
  });

  test('the command line, the environment and the folder arrive as they are', async () => {
    const { base } = ground();
    const cwd = join(base, 'a b\n"c"ä');
    mkdirSync(cwd);
    const env = {
      PATH,
      EMPTY: '',
      'with space': '1',
      LINES2: 'a\nb=c',
      LD_LIBRARY_PATH: '/nowhere',
      BASH_ENV: '/nowhere',
    };
    const code = 'process.stdout.write(JSON.stringify([process.argv.slice(1), process.env, process.cwd()]))';
    const argv = [...node(code), '--', '', 'a b', "'", '$HOME', '-x', 'ä\n'];
    const report = await runConfined(command(argv, { cwd, env, policy: work() }));
    if (!report) return;
    const [args, seen, folder] = JSON.parse(report.stdout) as [string[], Record<string, string>, string];
    expect(args).toEqual(['', 'a b', "'", '$HOME', '-x', 'ä\n']);
    expect(seen).toEqual({ ...env, PWD: cwd, CODEX_SANDBOX_NETWORK_DISABLED: '1' });
    expect(folder).toBe(cwd);
  });

  test('a working directory spelled through a link, also when reading is restricted', async () => {
    const { base } = ground();
    symlinkSync('work', join(base, 'alias'));
    const readOnlyAccess = { type: 'restricted', includePlatformDefaults: true, readableRoots: [] } as const;
    for (const policy of [workspace(), workspace({ readOnlyAccess: { ...readOnlyAccess, readableRoots: [] } })]) {
      const report = await runConfined(sh('cat file; echo x > new && cat new', { cwd: join(base, 'alias'), policy }));
      if (report) expect(report).toMatchObject({ exitCode: 0, stdout: 'inside\nx\n' });
    }
  });

  test('a program with an equals sign in its name', async () => {
    const { work: cwd } = ground();
    writeFileSync(join(cwd, 'a=b'), '#!/bin/sh\necho "$0"\n', { mode: 0o755 });
    const report = await runConfined(command(['./a=b'], { cwd, policy: work() }));
    if (report) expect(report.stdout).toBe('./a=b\n');
  });

  test('a polite end is heard, and nothing survives', async () => {
    const { work: cwd } = ground();
    const script = 'trap "echo bye; exit 3" TERM; setsid sleep 1000 & echo ready; while :; do sleep 0.05; done';
    const opening = testRunner(testIsolation()).open(sh(script, { cwd, policy: work() }), { tty: false });
    if (!confines) return expect(opening).rejects.toMatchObject(REFUSED);
    const session = await opening;
    await eventually(() => session.take().includes('ready'));
    await session.kill();
    expect(await session.exited).toMatchObject({ exitCode: 3, stdout: 'ready\nbye\n' });
    expect(isAlive(session.pid)).toBe(false);
    expect(readdirSync('/proc').filter((pid) => commandLine(pid).includes('sleep\x001000'))).toEqual([]);
  });

  test('a terminal: echo, /dev/tty, interrupts, size', async () => {
    const { work: cwd } = ground();
    const script =
      'stty size; echo to-tty > /dev/tty; trap "echo caught; exit 5" INT; echo ready; while :; do sleep 0.05; done';
    const runner = testRunner(testIsolation());
    const opening = runner.open(sh(script, { cwd, policy: work() }), { tty: true, size: { rows: 11, cols: 22 } });
    if (!confines) return expect(opening).rejects.toMatchObject(REFUSED);
    const session = await opening;
    let text = '';
    await eventually(() => {
      text += session.take();
      return text.includes('ready');
    });
    session.write('\u0003');
    const { output, exitCode } = await session.exited;
    expect(output.replace('^C', '')).toBe('11 22\r\nto-tty\r\nready\r\ncaught\r\n');
    expect(exitCode).toBe(5);
  });

  test('only what is readable is there when reading is restricted', async () => {
    const { work: cwd, outside, base } = ground();
    const script = `cat "$0/file" 2>&1; ls -A ${base}; cat file; ls /root /home 2>/dev/null`;
    const access = { type: 'restricted', includePlatformDefaults: true, readableRoots: [cwd] } as const;
    const policy = { ...READ_ONLY, access: { ...access, readableRoots: [cwd] } };
    const report = await runConfined(command(['/bin/sh', '-c', script, outside], { cwd, policy }));
    if (report) expect(report.stdout).toBe(`cat: ${outside}/file: No such file or directory\nwork\ninside\n`);
    const elsewhere = runConfined(sh('true', { cwd: outside, policy }));
    if (confines)
      await expect(elsewhere).rejects.toMatchObject({ code: 'invalidRequest', message: /not among the readable/ });
  });

  test('more words than bubblewrap takes are refused, those it takes arrive', async () => {
    const many = (count: number) => Array.from({ length: count }, () => 'x');
    const report = await runConfined(command(['sh', '-c', 'echo $#', ...many(8000)], { policy: READ_ONLY }));
    if (!report) return;
    expect(report.stdout).toBe('7999\n');
    const refusal = {
      name: 'SpawnError',
      errno: 'E2BIG',
      subject: 'arguments',
      message: /the sandbox takes \d+ words/,
    };
    const env = Object.fromEntries(many(3000).map((value, index) => [`V${index}`, value]));
    for (const spec of [command(['true', ...many(9000)]), command(['/bin/true'], { env })]) {
      await expect(runConfined({ ...spec, policy: READ_ONLY })).rejects.toMatchObject(refusal);
    }
  });

  test('what cannot be started is said as without a sandbox', async () => {
    if (!confines) return;
    const failing = [
      command(['no-such-program'], { policy: READ_ONLY }),
      command(['/etc/passwd'], { policy: READ_ONLY }),
      command(['true'], { policy: READ_ONLY, cwd: '/no/such' }),
    ];
    const faults = await Promise.all(failing.map((spec) => runConfined(spec).catch((error: unknown) => error)));
    expect(faults.map((fault) => (isSpawnError(fault) ? [fault.message, fault.subject] : fault))).toEqual([
      ['No such file or directory (os error 2): program no-such-program', 'program'],
      ['Permission denied (os error 13): program /etc/passwd', 'program'],
      ['No such file or directory (os error 2): working directory /no/such', 'cwd'],
    ]);
  });
});

describe('roots within roots', () => {
  test('what is protected cannot be moved away with the folder around it', async () => {
    const { base, work } = ground();
    mkdirSync(join(base, 'outer/mid/repo/.git/hooks'), { recursive: true });
    const cwd = join(base, 'outer/mid/repo');
    const before = snapshot(join(cwd, '.git'));
    const script = `
      mv ${base}/outer/mid ${base}/outer/gone; mv ${base}/outer ${base}/gone; rm -rf ${base}/outer/mid
      mkdir -p ${base}/outer/mid/repo/.git/hooks; echo x > ${base}/outer/mid/repo/.git/hooks/x
      echo x > ${base}/outer/mid/ok && echo x > ${base}/outer/ok && echo x > ${cwd}/ok && echo wrote`;
    const report = await runConfined(sh(script, { cwd, policy: workspace({ writableRoots: [join(base, 'outer')] }) }));
    expect(snapshot(join(cwd, '.git'))).toEqual(before);
    expect(readdirSync(join(base, 'outer')).sort()).toEqual(report ? ['mid', 'ok'] : ['mid']);
    if (report) expect(report.stdout).toBe('wrote\n');
    expect(existsSync(work)).toBe(true);
  });

  test('a root given inside a protected folder is writable', async () => {
    const { work: cwd } = ground();
    const policy = workspace({ writableRoots: [join(cwd, '.git/hooks')] });
    const report = await runConfined(sh('echo x > .git/hooks/ok; echo x > .git/no', { cwd, policy }));
    if (report)
      expect([existsSync(join(cwd, '.git/hooks/ok')), existsSync(join(cwd, '.git/no'))]).toEqual([true, false]);
  });

  test('the folders a worktree uses are protected, wherever they are', async () => {
    const { base } = ground();
    const [main, cwd] = [join(base, 'main/.git'), join(base, 'tree')];
    mkdirSync(join(main, 'worktrees/t'), { recursive: true });
    mkdirSync(join(main, 'hooks'));
    mkdirSync(cwd);
    writeFileSync(join(cwd, '.git'), `gitdir: ${main}/worktrees/t\n`);
    writeFileSync(join(main, 'worktrees/t/commondir'), '../..\n');
    const script = `echo x > ${main}/hooks/x; echo x > ${main}/worktrees/t/HEAD; rm .git; mv .git g; mv ${base}/main ${base}/m; echo x > ${base}/fine`;
    const before = snapshot(main);
    const report = await runConfined(sh(script, { cwd, policy: workspace({ writableRoots: [base] }) }));
    expect(snapshot(main)).toEqual(before);
    expect(existsSync(join(cwd, '.git'))).toBe(true);
    expect(existsSync(join(base, 'fine'))).toBe(report !== undefined);
  });

  test('the trees of the kernel are no roots', async () => {
    const { work: cwd } = ground();
    const policy = workspace({ writableRoots: ['/proc', '/sys', '/dev', '/proc/sys'] });
    const script =
      'find /sys /proc/sys -type f -writable 2>/dev/null | head -1; echo x > /dev/null && ls /dev | grep -c -e mem -e vda; :';
    const report = await runConfined(sh(script, { cwd, policy }));
    if (report) expect(report.stdout).toBe('0\n');
  });

  test('a root around everything, unless that means that the sandbox itself could be replaced', async () => {
    const { work: cwd } = ground();
    const running = runConfined(
      sh('find /sys /proc/sys -type f -writable 2>/dev/null | head -1; echo x > new', {
        cwd,
        policy: workspace({ writableRoots: ['/'] }),
      }),
    );
    if (confines && process.getuid?.() === 0) await expect(running).rejects.toThrow(/could replace/);
    else expect((await running)?.output ?? '').toBe('');
  });

  test('roots that do not exist are left out', async () => {
    const { work: cwd, base } = ground();
    const policy = workspace({ writableRoots: [join(base, 'none')] });
    const report = await runConfined(sh(`mkdir ${base}/none`, { cwd, policy }));
    if (report) expect(report.stderr).toContain('Read-only file system');
  });
});

describe('nothing is left behind', () => {
  const names = ['.agents', '.codex', '.git'];
  const empty = () => {
    const cwd = join(ground().base, 'empty');
    mkdirSync(cwd);
    return cwd;
  };

  test('not by one, not by many at once, not by two programs', async () => {
    const cwd = empty();
    const [one, other] = [testRunner(testIsolation()), testRunner(testIsolation())];
    if (!confines) return expect(one.run(sh('true', { policy: READ_ONLY }))).rejects.toMatchObject(REFUSED);
    const script = 'sleep 0.0$0; mkdir .codex .git/x; echo x > .agents; ls -A . .codex .git .agents';
    const reports = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        (i % 2 ? one : other).run(command(['/bin/sh', '-c', script, String(i % 7)], { cwd, policy: workspace() })),
      ),
    );
    for (const report of reports) {
      expect(report.stdout).toBe('.:\n.agents\n.codex\n.git\n\n.agents:\n\n.codex:\n\n.git:\n');
    }
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('what is started while another ends stays protected', async () => {
    const cwd = empty();
    const [one, other] = [testRunner(testIsolation()), testRunner(testIsolation())];
    if (!confines) return;
    const session = await one.open(
      sh('echo up; read -r go; mkdir -p .codex/x; ls .codex', { cwd, policy: workspace() }),
      { tty: false, stdin: true },
    );
    await eventually(() => session.take().includes('up'));
    for (let i = 0; i < 5; i++) await other.run(sh('true', { cwd, policy: workspace() }));
    expect(readdirSync(cwd).sort()).toEqual(names);
    session.write('\n');
    expect((await session.exited).stdout).toBe('up\n');
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('what somebody else puts there meanwhile stays', async () => {
    const cwd = empty();
    if (!confines) return;
    const runner = testRunner(testIsolation());
    const session = await runner.open(sh('echo up; read -r go', { cwd, policy: workspace() }), {
      tty: false,
      stdin: true,
    });
    await eventually(() => session.take().includes('up'));
    writeFileSync(join(cwd, '.codex/config.toml'), 'theirs');
    session.endInput();
    await session.exited;
    const { [join(cwd, '.codex')]: folder, ...rest } = snapshot(cwd);
    expect(folder).toMatch(/^40755 /);
    expect(Object.keys(rest)).toEqual([join(cwd, '.codex/config.toml')]);
    const report = await runner.run(sh('cat .codex/config.toml; echo x > .codex/y', { cwd, policy: workspace() }));
    expect([report.stdout, readdirSync(join(cwd, '.codex'))]).toEqual(['theirs', ['config.toml']]);
  });

  test('empty folders of the user stay, what a killed process left goes', async () => {
    const cwd = empty();
    if (!confines) return;
    mkdirSync(join(cwd, '.agents'));
    const space = /\d+/.exec(realSpace())?.[0];
    mkdirSync(join(cwd, '.codex', `in-use-by-${space}-4194999-0`), { recursive: true });
    chmodSync(join(cwd, '.codex'), 0o1700);
    await testRunner(testIsolation()).run(sh('true', { cwd, policy: workspace() }));
    expect(readdirSync(cwd)).toEqual(['.agents']);
  });

  test('a link in place of a protected folder is put back', async () => {
    const cwd = empty();
    mkdirSync(join(cwd, 'shared'));
    symlinkSync('shared', join(cwd, '.codex'));
    const script = 'echo x > .codex/a; echo x > shared/b; rm .codex; mkdir .codex; echo evil > .codex/config.toml; :';
    const report = await runConfined(sh(script, { cwd, policy: workspace() }));
    if (!report) return;
    expect(realpathSync(join(cwd, '.codex'))).toBe(join(cwd, 'shared'));
    expect(readdirSync(join(cwd, 'shared'))).toEqual([]);
    expect(existsSync(join(cwd, '.codex/config.toml'))).toBe(false);
  });

  test('no descriptors', async () => {
    const { work: cwd } = ground();
    const runner = testRunner(testIsolation());
    if (!confines) return;
    await runner.run(sh('true', { cwd, policy: workspace() }));
    const before = openDescriptors();
    for (let i = 0; i < 20; i++) {
      await runner.run(sh('true', { cwd, policy: workspace() }));
      await runner.run(command(['/etc/passwd'], { cwd, policy: workspace() })).catch(() => {});
    }
    await eventually(() => openDescriptors() <= before);
  });
});

describe('where it cannot be enforced', () => {
  const fake = (script: string) => {
    const path = join(testFolder(), 'bwrap');
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return testIsolation(() => [path]);
  };

  test.each<[string, string, RegExp]>([
    ['no user namespaces', 'echo "bwrap: No permissions to create new namespace" >&2; exit 1', /user namespaces/],
    ['an old program', 'echo "bwrap: Unknown option --json-status-fd" >&2; exit 1', /0\.5 or later/],
    ['a program that confines nothing', 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"', /does not work here/],
    ['a program that crashes', 'kill -SEGV $$', /does not work here/],
  ])('%s', async (_name, script, reason) => {
    const isolation = fake(script);
    expect(isolation.support()).toEqual({
      available: false,
      kind: 'bubblewrap',
      reason: expect.stringMatching(reason),
    });
    const mark = join(testFolder(), 'mark');
    const running = testRunner(isolation).run(sh(`touch ${mark}`, { policy: READ_ONLY }));
    await expect(running).rejects.toMatchObject({
      ...REFUSED,
      data: { policy: 'readOnly', missing: expect.stringMatching(reason) },
    });
    expect(existsSync(mark)).toBe(false);
  });

  test.each(['', '/no/such', 'relative', '/tmp'])('nothing is found along PATH=%j', async (searchPath) => {
    const isolation = linuxIsolation({ env: { PATH: searchPath }, clock: systemClock, log: nullLogger });
    expect(isolation.support().reason).toMatch(/install the package "bubblewrap"/);
    for (const policy of [READ_ONLY, workspace()]) {
      await expect(testRunner(isolation).run(sh('true', { policy }))).rejects.toMatchObject(REFUSED);
      await expect(testRunner(isolation).open(sh('true', { policy }), { tty: true })).rejects.toMatchObject(REFUSED);
    }
  });

  test('a program others can replace is not used, nor one the command could write to', async () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'bwrap'), '#!/bin/sh\nexit 0\n', { mode: 0o777 });
    chmodSync(join(folder, 'bwrap'), 0o777);
    const along = linuxIsolation({ env: { PATH: folder }, clock: systemClock, log: nullLogger });
    expect(along.support().available).toBe(false);
    const given = testIsolation(() => [join(folder, 'bwrap')]);
    const running = testRunner(given).run(sh('true', { cwd: folder, policy: workspace() }));
    await expect(running).rejects.toThrow(/the command could replace .*bwrap/);
  });

  test('the trial run happens once and only when needed', async () => {
    const folder = testFolder();
    const isolation = fake(`echo x >> ${folder}/calls; exit 1`);
    const runner = testRunner(isolation);
    await runner.run(sh('true'));
    expect(existsSync(join(folder, 'calls'))).toBe(false);
    for (let i = 0; i < 3; i++)
      await expect(runner.run(sh('true', { policy: READ_ONLY }))).rejects.toMatchObject(REFUSED);
    expect(snapshot(folder)[join(folder, 'calls')]?.endsWith(' x\n')).toBe(true);
  });

  test('other systems', () => {
    const deps = { env: { PATH }, clock: systemClock, log: nullLogger };
    expect(defaultIsolation(deps, 'darwin').support().kind).toBe('seatbelt');
    expect(defaultIsolation(deps, 'win32').support()).toMatchObject({ available: false, reason: /WSL/ });
    expect(defaultIsolation(deps, 'aix').support().available).toBe(false);
    expect(defaultIsolation(deps, 'linux').support().kind).toBe('bubblewrap');
  });
});

test('where /proc cannot be mounted ours is shown, and shows nothing secret', async () => {
  const real = testIsolationProgram();
  const path = join(testFolder(), 'bwrap');
  const refusing = `if tr '\\0' '\\n' </proc/self/fd/8 | grep -qx -- --proc; then
    echo "bwrap: Can't mount proc on /newroot/proc: Operation not permitted" >&2; exit 1; fi; exec ${real} "$@"`;
  writeFileSync(path, `#!/bin/sh\n${refusing}\n`, { mode: 0o755 });
  const isolation = testIsolation(() => [path]);
  const host = process.pid;
  const script = `
    test -d /proc/${host} && echo shared; readlink /proc/${host}/root; cat /proc/${host}/environ; readlink /proc/${host}/fd/*
    echo x > /proc/${host}/root/tmp/x; echo x > /proc/sys/kernel/domainname; kill -9 ${host}; cat /proc/self/comm`;
  const report = await runConfined(sh(script, { policy: READ_ONLY }), isolation);
  if (report) expect(report.stdout).toBe('shared\ncat\n');
});

test('neither settings nor secrets are on the command line', async () => {
  const policy = workspace();
  const wrapped = await testIsolation().wrap(['/bin/echo', 'x'], policy, ground().work, { PATH, TOKEN: 'secret' });
  expect(wrapped.ok).toBe(confines);
  if (!wrapped.ok) return;
  expect(wrapped.argv.join(' ')).not.toMatch(/secret|TOKEN|--ro-bind/);
  expect(wrapped.argv.slice(-2)).toEqual(['/bin/echo', 'x']);
  expect(wrapped.env).toEqual({});
  await wrapped.release?.();
});

function testIsolationProgram(): string {
  for (const folder of PATH.split(':')) if (existsSync(join(folder, 'bwrap'))) return join(folder, 'bwrap');
  return '/usr/bin/bwrap';
}

function realSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

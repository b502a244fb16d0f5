import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTurboLog, sumTests } from './turbo-log.mjs';

const REPO = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const BIN = path.join(REPO, 'node_modules/.bin');

/** Quick checks, side by side; each must end with 0. */
const QUICK = [
  { name: 'format', command: 'biome', args: ['format'], hint: 'pnpm format' },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'arch', command: process.execPath, args: ['tools/arch/check.mjs'] },
];
const TURBO = [
  'run',
  'typecheck',
  'test',
  '--continue=always',
  '--concurrency=2',
  '--output-logs=full',
  '--log-order=grouped',
  '--no-color',
];

function run(command, args) {
  const started = performance.now();
  return new Promise((resolve) => {
    const { NODE_EXTRA_CA_CERTS: _certificates, ...env } = process.env;
    const child = spawn(path.isAbsolute(command) ? command : path.join(BIN, command), args, {
      cwd: REPO,
      stdio: ['ignore', 'pipe', 'pipe'],
      // turbo looks for pnpm on the path.
      env: {
        ...env,
        PATH: `${BIN}${path.delimiter}${env.PATH}`,
        TURBO_TELEMETRY_DISABLED: '1',
        DO_NOT_TRACK: '1',
        NO_COLOR: '1',
        FORCE_COLOR: undefined,
      },
    });
    let output = '';
    const end = (code) => resolve({ code, output, ms: Math.round(performance.now() - started) });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', (error) => {
      output += `${error.message}\n`;
      end(1);
    });
    child.once('close', (code) => end(code ?? 1));
  });
}

/** Names of all packages with a test script. */
function testedPackages() {
  return ['packages', 'apps', 'tools'].flatMap((group) =>
    fs
      .readdirSync(path.join(REPO, group))
      .map((name) => path.join(REPO, group, name, 'package.json'))
      .filter((file) => fs.existsSync(file))
      .map((file) => JSON.parse(fs.readFileSync(file, 'utf8')))
      .filter((manifest) => manifest.scripts?.test)
      .map((manifest) => manifest.name),
  );
}

function line(ok, name, ms, detail = '') {
  console.log(
    `${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${String((ms / 1000).toFixed(1)).padStart(6)} s  ${detail}`.trimEnd(),
  );
}

let failedSteps = 0;
const quick = await Promise.all(QUICK.map(async (step) => ({ ...step, ...(await run(step.command, step.args)) })));
for (const { name, code, output, ms, hint } of quick) {
  if (code !== 0) {
    failedSteps += 1;
    console.log(`\n${output.trimEnd()}\n`);
  }
  line(code === 0, name, ms, code !== 0 && hint ? `(${hint})` : '');
}

const turbo = await run('turbo', TURBO);
const log = readTurboLog(turbo.output);
const packages = testedPackages();
const tests = sumTests(log, packages);
for (const task of log.failedTasks)
  console.log(`\n${task}\n${(log.logs.get(task) ?? []).map((text) => `  ${text}`).join('\n')}\n`);
const failedTypes = log.failedTasks.filter((task) => task.endsWith('#typecheck'));
const silent = packages.filter((name) => !log.counts.has(name));
// turbo itself failing (no task did) must not look like success either.
const turboBroken = turbo.code !== 0 && log.failedTasks.length === 0;
if (turboBroken) console.log(`\n${turbo.output.trimEnd()}\n`);
failedSteps += failedTypes.length + (turboBroken ? 1 : 0);
line(failedTypes.length === 0 && !turboBroken, 'types', turbo.ms, failedTypes.join(' '));
line(
  tests.failed === 0,
  'tests',
  turbo.ms,
  [
    `${packages.length} packages`,
    tests.skipped > 0 ? `${tests.skipped} skipped` : '',
    silent.length > 0 ? `no result from: ${silent.join(' ')}` : '',
    /FULL TURBO/.test(turbo.output) ? 'all cached' : '',
  ]
    .filter(Boolean)
    .join(', '),
);
console.log(`${tests.passed} passed, ${tests.failed + failedSteps} failed`);
process.exitCode = tests.failed + failedSteps > 0 ? 1 : 0;

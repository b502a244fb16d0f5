import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { applyExceptions, compareWithList } from './ratchet.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const REPO = path.resolve(HERE, '../..');
const HARNESS = path.resolve(process.env.CODEX_PARITY_DIR ?? path.join(REPO, '../shared/parity'));
const SHOWN = 8;

const USAGE = `usage: pnpm parity [options]
  --only PATTERN   scenarios whose name or area matches
  --full           show every difference, not just the first ${SHOWN}
  --update         add the scenarios that pass to passing.json
  --ratchet        count as failed only what is in passing.json and no longer passes; tries those twice
  --server CMD     check this server command instead of the built one
  --jobs N, --timeout MS, --ports A-B, --keep, --lenient   handed to the harness`;

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    server: { type: 'string' },
    jobs: { type: 'string' },
    timeout: { type: 'string' },
    ports: { type: 'string' },
    full: { type: 'boolean' },
    update: { type: 'boolean' },
    ratchet: { type: 'boolean' },
    keep: { type: 'boolean' },
    lenient: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

const readList = (name) => JSON.parse(fs.readFileSync(path.join(HERE, name), 'utf8'));

function buildServer() {
  if (flags.server) return flags.server;
  const { status } = spawnSync(process.execPath, [path.join(REPO, 'tools/build/build.mjs')], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('the bundle could not be built');
  return `env CODEX_NO_BUILD=1 '${path.join(REPO, 'codex').replaceAll("'", `'\\''`)}' app-server`;
}

/** Runs the harness over the scenarios that match and calls `onResult` with { name, differences } as each one ends. */
function runHarness(server, { only, jobs }, onResult) {
  const work = path.join(REPO, '.work/parity');
  fs.mkdirSync(work, { recursive: true });
  const args = [path.join(HARNESS, 'parity.mjs'), 'check', '--json', '--server', server, '--work', work];
  for (const [name, value] of Object.entries({ only, jobs, timeout: flags.timeout, ports: flags.ports }))
    if (value) args.push(`--${name}`, value);
  for (const name of ['keep', 'lenient']) if (flags[name]) args.push(`--${name}`);
  return /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, { cwd: REPO, stdio: ['ignore', 'pipe', 'inherit'] });
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('{')) onResult(JSON.parse(line));
      });
      child.once('error', reject);
      // 1 says that scenarios differ, which the results say better.
      child.once('close', (code) =>
        code === 0 || code === 1 ? resolve() : reject(new Error(`the harness ended with ${code}`)),
      );
    })
  );
}

function show({ name, differences, excepted }) {
  const note = excepted > 0 ? `  (${excepted} excepted)` : '';
  console.log(`${differences.length > 0 ? 'FAIL' : 'ok  '} ${name}${note}`);
  const shown = flags.full ? differences : differences.slice(0, SHOWN);
  for (const difference of shown) console.log(`       ${difference}`);
  if (shown.length < differences.length)
    console.log(`       … and ${differences.length - shown.length} more (--full shows them)`);
}

async function main() {
  if (flags.help) {
    console.log(USAGE);
    return 0;
  }
  if (!fs.existsSync(path.join(HARNESS, 'parity.mjs'))) {
    console.log('0 scenarios: harness not present (set CODEX_PARITY_DIR to its folder)');
    return 0;
  }
  const exceptions = readList('exceptions.json');
  const passing = readList('passing.json');
  const server = buildServer();
  const results = new Map();
  await runHarness(server, { only: flags.only, jobs: flags.jobs }, (result) => {
    results.set(result.name, result);
    show(applyExceptions([result], exceptions).judged[0]);
  });
  const full = flags.only === undefined;
  const judge = () => applyExceptions([...results.values()], exceptions);
  let outcome = compareWithList(judge().judged, passing, { full });

  if (flags.ratchet && outcome.fallen.length > 0) {
    console.log(`\nonce more, alone: ${outcome.fallen.join(' ')}`);
    await runHarness(server, { only: `^(${outcome.fallen.join('|')})$`, jobs: '1' }, (result) => {
      results.set(result.name, result);
      show(applyExceptions([result], exceptions).judged[0]);
    });
    outcome = compareWithList(judge().judged, passing, { full });
  }

  const { judged, unused } = judge();
  const passed = judged.filter((result) => result.differences.length === 0).length;
  console.log('');
  if (full)
    for (const { scenario, difference } of unused) console.log(`exception never used: ${scenario} / ${difference}`);
  for (const name of outcome.gone) console.log(`in passing.json, but the harness has no such scenario: ${name}`);
  if (outcome.fallen.length > 0) console.log(`passed before and no longer: ${outcome.fallen.join(' ')}`);
  if (flags.update) {
    fs.writeFileSync(path.join(HERE, 'passing.json'), `${JSON.stringify(outcome.list, null, 2)}\n`);
    console.log(`passing.json: ${outcome.risen.length} added, ${outcome.list.length} in all`);
  } else if (outcome.risen.length > 0)
    console.log(`pass and are not in passing.json yet (--update adds them): ${outcome.risen.join(' ')}`);

  const others = judged.length - passed - outcome.fallen.length;
  const failed = flags.ratchet ? outcome.fallen.length : judged.length - passed;
  if (flags.ratchet && others > 0) console.log(`${others} scenarios do not pass yet`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

process.exitCode = await main();

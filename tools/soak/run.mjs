import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CHECKS } from './checks/index.mjs';
import { createWorld, loadPackages } from './world.mjs';

const REPO = path.resolve(import.meta.dirname, '../..');
const SHOWN = 20;

const USAGE = `usage: pnpm soak [CHECK …] [options]
${Object.entries(CHECKS)
  .map(
    ([name, { about, full, small, unit }]) =>
      `  ${name.padEnd(11)} ${about}\n${' '.repeat(14)}size: ${unit}; ${full}, with --small ${small}`,
  )
  .join('\n')}

  --size N        of the checks that are named
  --small         some seconds each
  --seed N        repeats the chances of an earlier run
  --codex PATH    another executable than that of this checkout
  --rollouts DIR  more conversation files for mutations
  --full          every violation, not just the first ${SHOWN}
  --keep          leave the homes in .work
  --json          one JSON object per check`;

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string' },
    seed: { type: 'string' },
    codex: { type: 'string' },
    rollouts: { type: 'string' },
    small: { type: 'boolean' },
    full: { type: 'boolean' },
    keep: { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

async function main() {
  if (flags.help) {
    console.log(USAGE);
    return 0;
  }
  const unknown = names.find((name) => !Object.hasOwn(CHECKS, name));
  const numbers = [flags.size, flags.seed].filter((text) => text !== undefined).map(Number);
  if (unknown || numbers.some((number) => !Number.isSafeInteger(number) || number < 0)) {
    console.error(unknown ? `no check named ${unknown}\n${USAGE}` : '--size and --seed need whole numbers');
    return 2;
  }
  const seed = Number(flags.seed ?? Date.now() % 1_000_000);
  const command = flags.codex ? path.resolve(flags.codex) : ownCommand();
  const work = path.join(REPO, '.work', `soak-${process.pid}`);
  let bad = 0;
  try {
    const { packages, file } = await loadPackages(path.join(work, 'packages'), REPO);
    for (const name of names.length > 0 ? names : Object.keys(CHECKS)) {
      const { figures, violations, seconds } = await runCheck(name, { command, work, seed, packages, file });
      bad += violations.length;
      if (flags.json) console.log(JSON.stringify({ name, seed, seconds, figures, violations }));
      else show(name, seed, seconds, figures, violations);
    }
  } finally {
    if (!flags.keep) fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
  return bad > 0 ? 1 : 0;
}

/** One check in a world of its own, so that what one leaves behind does not meet the next. */
async function runCheck(name, { command, work, seed, packages, file }) {
  const check = CHECKS[name];
  const started = performance.now();
  const world = await createWorld({
    command,
    work: path.join(work, name),
    seed,
    packages,
    packagesFile: file,
    rollouts: flags.rollouts,
    harness: process.env.CODEX_PARITY_DIR,
    say: (text) => process.stderr.isTTY && process.stderr.write(`\r\u001b[K${name}: ${text}`),
  });
  try {
    const size = flags.size === undefined ? check[flags.small ? 'small' : 'full'] : Number(flags.size);
    const { figures, violations } = await check.run(world, size);
    return { figures, violations, seconds: (performance.now() - started) / 1000 };
  } finally {
    await world.close();
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
}

function show(name, seed, seconds, figures, violations) {
  console.log(`${violations.length > 0 ? 'FAIL' : 'ok  '} ${name}  (${seconds.toFixed(1)} s, seed ${seed})`);
  for (const [figure, value] of Object.entries(figures)) {
    console.log(`       ${figure}: ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  }
  const shown = flags.full ? violations : violations.slice(0, SHOWN);
  for (const violation of shown) console.log(`     ! ${violation}`);
  if (shown.length < violations.length) console.log(`     … and ${violations.length - shown.length} more`);
}

function ownCommand() {
  if (process.env.CODEX_NO_BUILD) return path.join(REPO, 'codex');
  const { status } = spawnSync(process.execPath, [path.join(REPO, 'tools/build/build.mjs')], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('the bundle could not be built');
  return path.join(REPO, 'codex');
}

process.exitCode = await main();

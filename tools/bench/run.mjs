import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FIGURES, MEASURES } from './measures.mjs';
import { summarise, table } from './report.mjs';
import { createSide } from './side.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const REPO = path.resolve(HERE, '../..');

const USAGE = `usage: pnpm bench [--peer PATH] [options]
  --peer PATH    another codex executable to measure beside ours, run by run
  --ours PATH    measure this executable as ours instead of this checkout
  --only NAME    ${Object.keys(MEASURES).join(', ')} (repeatable)
  --runs N       runs of each measure and side (default 5)
  --json         print one JSON object instead of the table`;

const { values: flags } = parseArgs({
  options: {
    peer: { type: 'string' },
    ours: { type: 'string' },
    only: { type: 'string', multiple: true },
    runs: { type: 'string', default: '5' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

async function main() {
  if (flags.help) {
    console.log(USAGE);
    return 0;
  }
  const names = flags.only ?? Object.keys(MEASURES);
  const unknown = names.find((name) => !Object.hasOwn(MEASURES, name));
  const runs = Number(flags.runs);
  if (unknown || !Number.isInteger(runs) || runs < 1) {
    console.error(unknown ? `no measure named ${unknown}\n${USAGE}` : '--runs needs a whole number from 1');
    return 2;
  }
  const work = path.join(REPO, '.work', `bench-${process.pid}`);
  fs.mkdirSync(work, { recursive: true });
  const model = await startModel();
  try {
    const side = (name, command) => createSide({ name, command, work, modelPort: model.port });
    const sides = [side('ours', flags.ours ?? ownCommand())];
    if (flags.peer) sides.push(side('peer', path.resolve(flags.peer)));
    const { values, errors } = await measureAll(sides, names, runs);
    const rows = summarise(FIGURES, values);
    const machine = {
      cores: os.cpus().length,
      model: os.cpus()[0]?.model ?? 'unknown',
      node: process.version,
      load: os.loadavg()[0],
      runs,
    };
    if (flags.json) console.log(JSON.stringify({ machine, rows, values, errors }, null, 2));
    else {
      console.log(
        `${machine.model}, ${machine.cores} cores, Node ${machine.node}; medians of ${runs} runs, sides alternating\n`,
      );
      console.log(table(rows, { peer: Boolean(flags.peer) }));
      for (const error of errors) console.log(`\n${error}`);
    }
    return errors.length > 0 ? 1 : 0;
  } finally {
    model.close();
    fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Run by run, every side in turn: what the machine does meanwhile hits both alike. */
async function measureAll(sides, names, runs) {
  const values = Object.fromEntries(sides.map((side) => [side.name, {}]));
  const errors = [];
  const broken = new Set();
  for (const name of names) {
    for (let run = 0; run < runs; run++) {
      for (const side of sides) {
        if (broken.has(`${side.name} ${name}`)) continue;
        if (process.stderr.isTTY) process.stderr.write(`\r${name} ${run + 1}/${runs} ${side.name}   `);
        try {
          for (const [figure, value] of Object.entries(await MEASURES[name](side))) {
            (values[side.name][figure] ??= []).push(value);
          }
        } catch (error) {
          broken.add(`${side.name} ${name}`);
          errors.push(`${side.name}, ${name}: ${error.message}`);
        }
      }
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  return { values, errors };
}

function ownCommand() {
  const { status } = spawnSync(process.execPath, [path.join(REPO, 'tools/build/build.mjs')], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('the bundle could not be built');
  return path.join(REPO, 'codex');
}

function startModel() {
  const child = spawn(process.execPath, [path.join(HERE, 'model-server.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the model server ended with ${code}`)));
    child.stdout.once('data', (text) => resolve({ port: Number(text), close: () => child.stdin.end() }));
  });
}

process.exitCode = await main();

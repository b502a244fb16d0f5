import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createFold, turnDifferences } from '../fold.mjs';
import { playScenarios, SCENARIOS } from '../scenarios.mjs';

/** Live equals resumed: what a listening client has folded is what a new process reads from the files. */
export const replay = {
  about: 'what was seen live is what a new process reads: own scenarios for every kind of item, and the parity harness',
  unit: 'scenarios of the harness at most (own ones always)',
  full: 1000,
  small: 0,
  async run(world, size) {
    /** @type {string[]} */
    const violations = [];
    /** @type {{ ownScenarios: number, ofHarness: number, threads: number, turns: number, items: number, kinds: Set<string>, notComparable: string[] }} */
    const figures = {
      ownScenarios: Object.keys(SCENARIOS).length,
      ofHarness: 0,
      threads: 0,
      turns: 0,
      items: 0,
      kinds: new Set(),
      notComparable: [],
    };
    const judge = (name, found) => {
      for (const { turns } of found.compared) {
        figures.threads += 1;
        figures.turns += turns.length;
        for (const item of turns.flatMap((turn) => turn.items)) {
          figures.items += 1;
          figures.kinds.add(item.type);
        }
      }
      figures.notComparable.push(...found.skipped.map((reason) => `${name}: ${reason}`));
      violations.push(...found.differences.map((difference) => `${name} ${difference}`));
      world.say(name);
    };
    await ownScenarios(world, violations, judge);
    for (const { name, scenario, runScenario } of await harness(world, size)) {
      const found = await harnessScenario(world, scenario, runScenario);
      if (found.compared.length === 0 && found.skipped.length === 0 && found.differences.length === 0) continue;
      figures.ofHarness += 1;
      judge(name, found);
    }
    return { figures: { ...figures, kinds: [...figures.kinds].sort().join(' ') }, violations };
  },
};

/** Compares what each process told with what it answers at the end, and with what another one reads. */
async function ownScenarios(world, violations, judge) {
  const dirs = world.home();
  const names = new Map();
  const folds = new Map();
  const open = async () => {
    const fold = createFold(world.packages.createThreadView);
    const program = await world.open(dirs, { onMessage: (m) => m.method !== undefined && fold.notification(m) });
    folds.set(program, fold);
    const { request } = program;
    program.request = async (method, given) => {
      const result = await request(method, given);
      fold.answer(method, result);
      return result;
    };
    return program;
  };
  const close = async (program) => {
    const fold = folds.get(program);
    const live = await compareWith(program, fold, 'live');
    await program.close();
    const stored = await compareStored(world, dirs, fold);
    judge('own', { ...stored, differences: [...live.differences, ...stored.differences].map(named) });
  };
  /** Threads by the scenario that began them; forks and agents keep their ids. */
  const named = (text) => text.replace(/^\S+/, (id) => names.get(id) ?? id);
  await playScenarios({
    dirs,
    open,
    close,
    onFailure: (name, error) => violations.push(`${name}: ${error.message}`),
    onPlayed: (name, id) => names.set(id, name),
  });
}

/** Folds what each client of a scenario of the harness has heard, and reads the same home with a new process. */
async function harnessScenario(world, scenario, runScenario) {
  const server = `env CODEX_NO_BUILD=1 '${world.command.replaceAll("'", `'\\''`)}' app-server`;
  const { log, dirs, error } = await runScenario(scenario, { server, workRoot: world.work, keep: true });
  try {
    const folds = new Map();
    const methods = new Map();
    const lastListener = new Map();
    for (const { client, direction, message } of log) {
      if (!message) continue;
      if (!folds.has(client)) folds.set(client, createFold(world.packages.createThreadView));
      const key = `${client} ${JSON.stringify(message.id)}`;
      if (direction === 'out' && message.method !== undefined) methods.set(key, message.method);
      else if (direction === 'in' && message.method === undefined)
        folds.get(client).answer(methods.get(key), message.result);
      else if (direction === 'in') folds.get(client).notification(message);
      if (direction === 'in' && message.params?.threadId) lastListener.set(message.params.threadId, client);
    }
    // Who left early, or follows another process, has not seen everything.
    for (const [client, fold] of folds) {
      for (const id of fold.views.keys()) if (lastListener.get(id) !== client) fold.views.delete(id);
    }
    const all = nothing();
    if (![...folds.values()].some((fold) => [...fold.views.values()].some(({ view }) => view.turns.length > 0)))
      return all;
    if (error) all.skipped.push(`the scenario did not end: ${error}`);
    for (const fold of folds.values()) {
      const found = await compareStored(world, dirs, fold);
      for (const key of Object.keys(all)) all[key].push(...found[key]);
    }
    return all;
  } finally {
    fs.rmSync(dirs.root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @returns {{ compared: { turns: any[] }[], skipped: string[], differences: string[] }} */
function nothing() {
  return { compared: [], skipped: [], differences: [] };
}

async function compareStored(world, dirs, fold) {
  const reader = await world.open(dirs);
  try {
    return await compareWith(reader, fold, 'stored');
  } finally {
    await reader.close();
  }
}

/** What `program` says of the threads of a fold, turn by turn. */
async function compareWith(program, fold, how) {
  const found = nothing();
  for (const [id, { thread, view }] of fold.views) {
    const seen = view.turns;
    if (seen.length === 0 || thread.ephemeral) continue;
    const { result, error } = await program.call('thread/read', { threadId: id, includeTurns: true });
    if (error) {
      found.differences.push(`${id} ${how}: thread/read: ${error.message}`);
      continue;
    }
    const { turns } = result.thread;
    const running = seen.filter((turn) => turn.status === 'inProgress').map((turn) => turn.id);
    if (running.length > 0) found.skipped.push(`${running.length} turn was still running when the scenario ended`);
    const settled = (list) => list.filter((turn) => !running.includes(turn.id));
    found.compared.push({ turns: settled(turns) });
    found.differences.push(
      ...turnDifferences(settled(seen), settled(turns)).map((each) => `${id} ${how} turns${each}`),
    );
  }
  return found;
}

async function harness({ harness: folder }, size) {
  if (size === 0 || !folder || !fs.existsSync(path.join(folder, 'runner.mjs'))) return [];
  const { runScenario } = await import(pathToFileURL(path.join(folder, 'runner.mjs')).href);
  const files = fs.readdirSync(path.join(folder, 'scenarios')).filter((name) => name.endsWith('.mjs'));
  return Promise.all(
    files.slice(0, size).map(async (name) => {
      const { default: scenario } = await import(pathToFileURL(path.join(folder, 'scenarios', name)).href);
      return { name: scenario.name, scenario, runScenario };
    }),
  );
}

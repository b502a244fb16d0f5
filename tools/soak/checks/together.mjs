import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { ask } from '../model-script.mjs';
import { turn } from '../scenarios.mjs';

const PROCESSES = 32;
const PROCESSES_OF_ONE_ROUND = 8;

/** Many processes at once on one home, a new one and a used one: all work, and nothing of theirs is lost. */
export const together = {
  about: `${PROCESSES} processes started at once on one home, in turn a new and a used one`,
  unit: `rounds; a single one has ${PROCESSES_OF_ONE_ROUND} processes`,
  full: 20,
  small: 1,
  async run(world, size) {
    const violations = [];
    const figures = { rounds: 0, processes: 0, threads: 0, databases: 0, slowestStartMs: 0 };
    const used = world.home();
    const width = size > 1 ? PROCESSES : PROCESSES_OF_ONE_ROUND;
    for (let round = 0; round < size; round++) {
      const dirs = round % 2 === 0 ? world.home() : used;
      const report = (text) => violations.push(`round ${round}, ${dirs === used ? 'used' : 'new'} home: ${text}`);
      const ids = await Promise.all(
        Array.from({ length: width }, (_, i) =>
          oneProcess(world, dirs, i, figures).catch((error) => report(`process ${i}: ${error.message}`)),
        ),
      );
      await judgeHome(world, dirs, ids.filter(Boolean), figures, report);
      judgeDatabases(dirs, figures, report);
      figures.rounds += 1;
      world.say(`${figures.rounds} rounds`);
    }
    return { figures, violations };
  },
};

/** Resolves to the id of its thread, if that has a turn and so must be kept. */
async function oneProcess(world, dirs, i, figures) {
  const started = performance.now();
  const program = await world.open(dirs);
  figures.slowestStartMs = Math.max(figures.slowestStartMs, Math.round(performance.now() - started));
  const thread = await program.thread();
  await program.request('thread/list', { limit: 20 });
  const talks = i % 2 === 0;
  if (talks) {
    const { status, error } = await turn(program, thread.id, ask('fine'));
    if (status !== 'completed') throw new Error(`the turn ended as ${status}: ${error?.message}`);
    await program.request('thread/name/set', { threadId: thread.id, name: `Thread ${i}` });
  }
  await program.request('thread/list', { limit: 20, sortKey: 'updated_at' });
  const [wrong] = await program.close();
  if (wrong) throw new Error(wrong);
  figures.processes += 1;
  return talks ? thread.id : null;
}

/** Every thread with a turn is in the lists, from the files and from the index, and can be read. */
async function judgeHome(world, dirs, ids, figures, report) {
  const reader = await world.open(dirs);
  for (const sortKey of ['created_at', 'updated_at', 'created_at']) {
    const listed = await listAll(reader, sortKey);
    if (new Set(listed.map(({ id }) => id)).size < listed.length) report(`a thread is listed twice by ${sortKey}`);
    for (const id of ids) {
      const found = listed.find((thread) => thread.id === id);
      if (!found) report(`thread ${id} is missing from the list by ${sortKey}`);
      else if (!found.name?.startsWith('Thread ')) report(`thread ${id} has lost its name`);
    }
  }
  for (const threadId of ids) {
    const { result, error } = await reader.call('thread/read', { threadId, includeTurns: true });
    const status = result?.thread.turns[0]?.status;
    if (status !== 'completed') report(`thread ${threadId}: ${error?.message ?? status}`);
    figures.threads += 1;
  }
  await reader.close();
}

async function listAll(reader, sortKey) {
  const all = [];
  let cursor = null;
  do {
    const { data, nextCursor } = await reader.request('thread/list', { limit: 100, sortKey, cursor });
    all.push(...data);
    cursor = nextCursor;
  } while (cursor !== null);
  return all;
}

function judgeDatabases(dirs, figures, report) {
  const files = fs.readdirSync(dirs.home).filter((name) => name.endsWith('.sqlite'));
  for (const name of files) {
    const database = new Database(path.join(dirs.home, name), { readonly: true });
    try {
      const answer = database.pragma('integrity_check', { simple: true });
      if (answer !== 'ok') report(`${name}: ${answer}`);
      figures.databases += 1;
    } finally {
      database.close();
    }
  }
}

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ask } from '../model-script.mjs';
import { turn } from '../scenarios.mjs';

const FULL_BYTES = 2_000_000;
/** Turns time by month: back, on, back. */
const CLOCK = `
let shift = 0;
const { now } = Date;
Date.now = () => now() + shift;
process.on('SIGUSR2', () => { shift += shift < 0 ? 60 * 86_400_000 : -30 * 86_400_000; });
`;
const works = (program, ...args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0;
const inRoom = ['--dev-bind', '/', '/'];
const canConfine = () => works('bwrap', ...inRoom, '--size', String(FULL_BYTES), '--tmpfs', '/tmp', 'true');
const canLimit = () => works('prlimit', '--nofile=64', 'true');

/**
 * What the machine may do to a program. `start` changes how it is started, `strike` and `heal` are called while it
 * runs, `last` right before its input ends; `stored` says whether everything has to be in the files in the end, `told`
 * what clients have to hear of it.
 */
const FAULTS = {
  'full disk': {
    possible: canConfine,
    start({ dirs, launch }) {
      const kept = path.join(dirs.root, 'kept');
      fs.cpSync(dirs.home, kept, { recursive: true });
      const room = [...inRoom, '--size', FULL_BYTES, '--tmpfs', dirs.home].join(' ');
      return launch(`bwrap ${room} -- /bin/sh -c 'cp -r "$0/." "${dirs.home}"; exec "$@"' ${kept}`);
    },
    strike: ({ dirs, sh }) => sh(`head -c ${FULL_BYTES} /dev/zero > ${dirs.home}/filler || true`),
    heal: ({ dirs, sh }) => sh(`rm ${dirs.home}/filler`),
    // Its home is seen by nobody else.
    rescue: ({ dirs, sh }) => sh(`cp -r ${dirs.home}/. ${dirs.home}.out`).then(() => `${dirs.home}.out`),
    stored: true,
    told: 'ENOSPC',
  },
  'read-only home': {
    possible: canConfine,
    start: ({ dirs, launch }) => launch(`bwrap ${inRoom.join(' ')} --ro-bind ${dirs.home} ${dirs.home} --`),
    told: 'EROFS',
  },
  'sessions of somebody else': {
    possible: canConfine,
    start: ({ launch }) => launch(`bwrap --unshare-user --cap-drop ALL ${inRoom.join(' ')} --`),
    strike({ dirs }) {
      fs.mkdirSync(path.join(dirs.home, 'sessions'), { recursive: true });
      fs.chmodSync(path.join(dirs.home, 'sessions'), 0);
    },
    heal: ({ dirs }) => fs.chmodSync(path.join(dirs.home, 'sessions'), 0o700),
    stored: true,
    told: 'EACCES',
  },
  'a file in the place of sessions': {
    strike: ({ dirs }) => fs.writeFileSync(path.join(dirs.home, 'sessions'), ''),
    heal: ({ dirs }) => fs.rmSync(path.join(dirs.home, 'sessions')),
    stored: true,
    told: 'ENOTDIR',
  },
  'files of some hundred bytes': {
    possible: canLimit,
    start: ({ launch }) => launch('prlimit --fsize=600 --'),
    told: 'EFBIG',
  },
  'few open files': { possible: canLimit, start: ({ launch }) => launch('prlimit --nofile=40 --'), stored: true },
  'git that hangs': {
    start({ dirs, launch }) {
      const bin = path.join(dirs.root, 'bin');
      fs.mkdirSync(bin);
      fs.mkdirSync(path.join(dirs.cwd, '.git'));
      fs.writeFileSync(path.join(bin, 'git'), '#!/bin/sh\nexec sleep 20\n', { mode: 0o755 });
      return launch(`env PATH=${bin}:$PATH`);
    },
    stored: true,
  },
  'a clock that is set': {
    start({ dirs, launch }) {
      const hook = path.join(dirs.root, 'clock.cjs');
      fs.writeFileSync(hook, CLOCK);
      return launch(`env NODE_OPTIONS=--require=${hook}`);
    },
    strike: ({ program }) => void process.kill(program.pid, 'SIGUSR2'),
    heal: ({ program }) => void process.kill(program.pid, 'SIGUSR2'),
    stored: true,
  },
  'input that ends in the middle of a line': {
    last: ({ program }) => void program.write('{"id":7,"method":"thread/re'),
    stored: true,
  },
};

/** Faults of the machine: the program stays up, says what is wrong, shows everything, and keeps it where it can. */
export const faults = {
  about:
    'full disks, folders that cannot be written, few files, git that hangs, clocks that are set; nothing told is lost',
  unit: 'rounds of every fault',
  full: 5,
  small: 1,
  async run(world, size) {
    const violations = [];
    const figures = { rounds: 0, faults: 0, notPossibleHere: /** @type {string[]} */ ([]) };
    for (let round = 0; round < size; round++) {
      for (const [name, fault] of Object.entries(FAULTS)) {
        if (fault.possible?.() === false) {
          if (round === 0) figures.notPossibleHere.push(name);
          continue;
        }
        const report = (text) => violations.push(`${name}: ${text}`);
        await oneFault(world, fault, report).catch((error) => report(error.message));
        figures.faults += 1;
        world.say(`${figures.faults} ${name}`);
      }
      figures.rounds += 1;
    }
    return { figures, violations };
  },
};

async function oneFault(world, fault, report) {
  const dirs = world.home();
  /** A program that starts ours behind these words. */
  const launch = (words) => {
    const file = path.join(dirs.root, 'launch');
    fs.writeFileSync(file, `#!/bin/sh\nexec ${words} ${world.command} "$@"\n`, { mode: 0o755 });
    return file;
  };
  const program = await world.open(dirs, { command: fault.start?.({ dirs, launch }) ?? world.command });
  const sh = (script) => program.request('command/exec', { command: ['/bin/sh', '-c', script] });
  const scene = { dirs, program, sh };
  const thread = await program.thread();
  const talk = async (...names) => {
    for (const name of names) {
      const { status, error } = await turn(program, thread.id, ask(name, 3));
      if (status !== 'completed') report(`a turn (${name}) ended as ${status}: ${error?.message}`);
    }
  };
  await fault.strike?.(scene);
  await talk('fine', 'patch', 'say');
  await fault.heal?.(scene);
  const told = program.messages.filter(isTold).map(({ params }) => params.summary);
  if (told.length !== (fault.told ? 1 : 0) || !(told[0] ?? '').includes(fault.told ?? '')) {
    report(`clients are told ${JSON.stringify(told)} and not once of ${fault.told ?? 'nothing'}`);
  }
  const seen = program.messages.flatMap(({ method, params }) => (method === 'item/completed' ? [params.item.id] : []));
  await talk('say');
  const live = await readTurns(program, thread.id);
  const shown = new Set(live.flatMap(({ items }) => items.map(({ id }) => id)));
  for (const id of seen) if (!shown.has(id)) report(`item ${id} was told and is not shown`);
  const home = (await fault.rescue?.(scene)) ?? dirs.home;
  fault.last?.(scene);
  for (const text of await program.close()) report(text);
  if (!fault.stored) return;
  const reader = await world.open({ ...dirs, home });
  if (JSON.stringify(await readTurns(reader, thread.id)) !== JSON.stringify(live))
    report('it reads unlike it was seen');
  for (const text of await reader.close()) report(text);
}

const isTold = ({ method, params }) => method === 'configWarning' && /cannot be stored/.test(params.summary);

async function readTurns(program, threadId) {
  return (await program.request('thread/read', { threadId, includeTurns: true })).thread.turns;
}

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createSide, environment } from '../bench/side.mjs';
import { bundle } from '../build/bundle.mjs';
import { answerOf } from './model-script.mjs';
import { marked } from './processes.mjs';
import { startProgram } from './program.mjs';
import { createRandom } from './random.mjs';

/** How long what was ended may take to be gone. */
const GONE_MS = 15_000;

/**
 * What a check works with: homes, programs on them, a scripted model, chance, and the packages of this checkout.
 * @param {{ command: string, work: string, seed: number, packages: typeof import('./packages.mjs'), packagesFile: string, rollouts?: string | undefined, harness?: string | undefined, say?: (text: string) => void }} options
 */
export async function createWorld({ command, work, seed, packages, packagesFile, rollouts, harness, say = () => {} }) {
  fs.mkdirSync(work, { recursive: true });
  const model = await packages.startMockModel({
    steps: [{ kind: 'made', make: (request) => answerOf(request, packages), repeat: true }],
  });
  const side = createSide({ name: 'soak', command, work, modelPort: model.port });
  const programs = new Set();
  return {
    command,
    work,
    seed,
    random: createRandom(seed),
    packages,
    packagesFile,
    rollouts,
    harness,
    say,
    home: () => side.home(),
    /** A process on these folders; it is killed with the world. */
    start(dirs, options = {}) {
      const env = { ...environment(dirs), ...options.env };
      const program = startProgram({ command, ...options, cwd: dirs.cwd, env });
      programs.add(program);
      void program.exited.then(() => programs.delete(program));
      return program;
    },
    /** The same, initialized. */
    async open(dirs, options = {}) {
      const program = this.start(dirs, options);
      await program.initialize();
      return program;
    },
    /** An initialized process on a home of its own; `left()` resolves to processes of its that do not go away. */
    async watched(options = {}) {
      const dirs = side.home();
      const mark = `${process.pid}-${dirs.root}`;
      const program = await this.open(dirs, { ...options, env: { ...options.env, SOAK_MARK: mark } });
      const look = () => marked(`SOAK_MARK=${mark}`, program.pid);
      const left = async () => {
        for (let waited = 0; waited < GONE_MS && look().length > 0; waited += 250) await pause(250);
        return look().map((text) => `process left: ${text}`);
      };
      return { program, left };
    },
    async close() {
      await Promise.all([...programs].map((program) => program.kill()));
      await model.close();
    },
  };
}

/** Bundles the packages into `folder` and loads them; also returns the file, for workers. */
export async function loadPackages(folder, repo) {
  fs.mkdirSync(folder, { recursive: true });
  await bundle({
    entry: path.join(repo, 'tools/soak/packages.mjs'),
    folder,
    loader: path.join(repo, 'tools/build/loader.cjs'),
  });
  const file = path.join(folder, 'main.cjs');
  const loaded = await import(pathToFileURL(file).href);
  /** @type {typeof import('./packages.mjs')} */
  const packages = loaded.default;
  return { packages, file };
}

export function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Runs `work` for every entry, `width` at a time. */
export async function each(entries, width, work) {
  const queue = [...entries.entries()];
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

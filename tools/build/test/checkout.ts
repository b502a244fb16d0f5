import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A small checkout in a temporary folder: two chunks, one native-like package, a lockfile. */
export function makeCheckout(): { repo: string; remove: () => void } {
  const repo = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'codex-build-')));
  write(repo, 'pnpm-lock.yaml', 'lockfileVersion: 9\n');
  write(repo, 'apps/cli/package.json', '{"name":"cli","type":"module"}');
  write(repo, 'apps/cli/node_modules/better-sqlite3/package.json', '{"name":"better-sqlite3","main":"index.js"}');
  write(repo, 'apps/cli/node_modules/better-sqlite3/index.js', 'exports.where = __filename;');
  write(
    repo,
    'apps/cli/src/main.ts',
    `const [, , name, ...rest] = process.argv;
     if (name === 'chunk') import('./chunk.ts').then(({ answer }) => console.log(answer(rest)));
     else if (name === 'native') import('./native.ts').then(({ where }) => console.log(where()));
     else if (name === 'exit') process.exit(Number(rest[0]));
     else if (name === 'wait') { console.log('ready'); setInterval(() => {}, 1000); }
     else console.log(JSON.stringify({ rest: process.argv.slice(2), extra: process.env.CODEX_EXTRA_CA_CERTS, node: process.env.NODE_EXTRA_CA_CERTS }));`,
  );
  write(
    repo,
    'apps/cli/src/chunk.ts',
    `export function answer(words: string[]): string { return 'héllo ' + words.join('+'); }`,
  );
  write(
    repo,
    'apps/cli/src/native.ts',
    `import native from 'better-sqlite3';\nexport const where = (): string => native.where;`,
  );
  return { repo, remove: () => fs.rmSync(repo, { recursive: true, force: true }) };
}

export function write(repo: string, file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(repo, file)), { recursive: true });
  fs.writeFileSync(path.join(repo, file), text);
}

export interface Outcome {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

export function run(
  command: string,
  args: string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const { NODE_EXTRA_CA_CERTS: _certificates, ...inherited } = process.env;
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...inherited, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      out.stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...out }));
  });
}

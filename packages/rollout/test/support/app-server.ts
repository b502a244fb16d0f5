import { spawn } from 'node:child_process';
import { lineSplitter } from '@codex/base';
import { onTestFinished } from 'vitest';

/** A running app-server of another program, spoken to in JSON lines; it ends with the test. */
export async function startAppServer(program: string, home: string) {
  const child = spawn(program, ['app-server'], {
    env: { ...process.env, CODEX_HOME: home },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const splitter = lineSplitter();
  child.stdout.on('data', (chunk: Buffer) => {
    for (const line of splitter.push(chunk)) {
      if (!('text' in line)) continue;
      const message = JSON.parse(line.text) as { id?: number; result?: unknown; error?: { message: string } };
      const entry = message.id === undefined ? undefined : waiting.get(message.id);
      if (message.error) entry?.reject(new Error(message.error.message));
      else entry?.resolve(message.result);
    }
  });
  child.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the program ended'));
  });
  let ids = 0;
  const request = (method: string, params: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++ids;
      waiting.set(id, { resolve, reject });
      child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
    });
  await request('initialize', { clientInfo: { name: 'rollout_check', version: '1' } });
  child.stdin.write('{"method":"initialized"}\n');
  return { request };
}

import { type Client, createClient, stdioChild } from '@codex/app-server-client';
import { isAbort } from '@codex/base';
import type { ClientMethod, ParamsIn } from '@codex/protocol';
import { createAnswers } from './answers.ts';
import type { Command, Options } from './arguments.ts';
import type { AppIo } from './io.ts';
import { tap } from './traffic.ts';

const VERSION = '0.115.0';

/** Starts the server, runs one command on it and ends it. Resolves to the exit code. */
export async function runCommand(command: Command, options: Options, io: AppIo): Promise<number> {
  const { env, cwd } = io;
  const child = stdioChild({ ...serverCommand(options.server), env, cwd, onStderr: (text) => io.stderr.write(text) });
  const answers = createAnswers(options.approve, io);
  const client = createClient(tap(child, options.show, io.stdout), { onQuestion: answers.onQuestion });
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.once('SIGINT', onSignal);
  try {
    const introduction = {
      clientInfo: { name: 'codex_test_client', title: 'Codex test client', version: VERSION },
      capabilities: { experimentalApi: true },
    };
    await client.request('initialize', introduction, { signal: interrupt.signal });
    client.notify('initialized');
    return await perform(client, command, interrupt.signal);
  } finally {
    process.off('SIGINT', onSignal);
    answers.close();
    await client.close();
  }
}

function serverCommand(command: string | null): { command: string; args: string[] } {
  if (command !== null) return { command: '/bin/sh', args: ['-c', command] };
  const program = process.argv[1];
  return { command: process.execPath, args: [...(program === undefined ? [] : [program]), 'app-server'] };
}

async function perform(client: Client, command: Command, signal: AbortSignal): Promise<number> {
  switch (command.kind) {
    case 'request':
      // Any method may be tried, with any params: the server says what is wrong with them.
      await client.request(command.method as ClientMethod, command.params as ParamsIn<ClientMethod>, { signal });
      return 0;
    case 'send': {
      const { thread } = await client.request('thread/start', {}, { signal });
      return runTurn(client, thread.id, command.text, signal);
    }
    case 'resume': {
      const { thread } = await client.request('thread/resume', { threadId: command.threadId }, { signal });
      return runTurn(client, thread.id, command.text, signal);
    }
  }
}

async function runTurn(client: Client, threadId: string, text: string, signal: AbortSignal): Promise<number> {
  const { turn } = await client.request('turn/start', { threadId, input: [{ type: 'text', text }] }, { signal });
  const onAbort = () => {
    client.request('turn/interrupt', { threadId, turnId: turn.id }).catch((error: unknown) => {
      if (!isAbort(error)) void client.close();
    });
  };
  signal.addEventListener('abort', onAbort, { once: true });
  for await (const event of client.events) {
    if (event.method !== 'turn/completed' || event.params.turn.id !== turn.id) continue;
    return event.params.turn.status === 'completed' ? 0 : 1;
  }
  return 1;
}

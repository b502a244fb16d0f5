import { type Client, createClient, type OnQuestion } from '@codex/app-server-client';
import { channelPair, type Logger } from '@codex/base';
import type { Override } from '@codex/config';
import { VERSION } from './io.ts';

export interface ServerSettings {
  home: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  overrides: readonly Override[];
  profile: string | undefined;
  log: Logger;
}

export interface Connected {
  client: Client;
  close(): Promise<void>;
}

/** A server in this process, and a client of it that has introduced itself (architecture §5.4). */
export async function connect(settings: ServerSettings, onQuestion: OnQuestion): Promise<Connected> {
  const { createServer } = await import('@codex/server');
  const { profile, ...options } = settings;
  const [near, far] = channelPair<unknown, unknown>();
  const server = createServer({
    ...options,
    ...(profile === undefined ? {} : { profile }),
    sessionSource: 'cli',
    transport: 'in-process',
    version: VERSION,
    originator: 'codex_cli_rs',
    honourApiKeyEnv: true,
  });
  server.connect(far, { name: 'tui' });
  const client = createClient(near, { onQuestion });
  await client.request('initialize', {
    clientInfo: { name: 'codex-tui', title: null, version: VERSION },
    capabilities: { experimentalApi: true },
  });
  client.notify('initialized');
  return {
    client,
    async close() {
      await client.close();
      await server.close();
    },
  };
}

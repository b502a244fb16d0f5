import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nullLogger } from '@codex/base';
import type { MockModel } from '@codex/mock-model';
import { afterEach } from 'vitest';
import { createServer, type Server, type ServerOptions } from '../../src/index.ts';

export interface World {
  home: string;
  cwd: string;
  server: Server;
  /** Another server on the same home. */
  again: (more?: Partial<ServerOptions>) => Server;
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** A server on a folder of its own, closed and removed after the test. */
export function world(
  options: Partial<ServerOptions> & { config?: string; model?: MockModel; provider?: string } = {},
): World {
  const { config = '', model, provider = '', ...more } = options;
  const root = mkdtempSync(join(tmpdir(), 'codex-server-'));
  const home = join(root, 'home');
  const cwd = join(root, 'work');
  mkdirSync(home);
  mkdirSync(cwd);
  cleanups.push(() => rmSync(root, { recursive: true, force: true }));
  if (model) cleanups.push(() => model.close());
  writeFileSync(
    join(home, 'config.toml'),
    `model = "gpt-5.2-codex"\nmodel_provider = "mock"\napproval_policy = "never"\nsandbox_mode = "danger-full-access"\n${config}
[model_providers.mock]\nname = "Mock"\nbase_url = "${model ? `${model.url}/v1` : 'http://127.0.0.1:9/v1'}"\nrequest_max_retries = 0\nstream_max_retries = 0\n${provider}\n`,
  );
  const again = (other: Partial<ServerOptions> = {}) => {
    const server = createServer({
      home,
      cwd,
      env: { PATH: process.env['PATH'], HOME: root },
      overrides: [],
      sessionSource: 'vscode',
      transport: 'in-process',
      version: '9.8.7',
      honourApiKeyEnv: false,
      log: nullLogger,
      ...more,
      ...other,
    });
    cleanups.push(() => server.close());
    return server;
  };
  return { home, cwd, server: again(), again };
}

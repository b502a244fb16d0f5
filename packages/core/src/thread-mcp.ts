import { canonicalJson, CodexError } from '@codex/base';
import type { Config } from '@codex/config';
import type { Mcp } from '@codex/mcp-client';
import type { McpSource } from './ports.ts';

/** The MCP servers of one thread. None is started before something is wanted of it. */
export interface ThreadMcp {
  /** Those that a configuration names, for a whole turn; the ones of an earlier, different configuration end. */
  under(config: Config): Mcp;
  /** The next turn gets fresh ones, with whatever logins there are by then. */
  renew(): void;
  close(): Promise<void>;
}

export function createThreadMcp(source: McpSource): ThreadMcp {
  let current: { key: string; mcp: Mcp } | null = null;
  let stale = false;
  const drop = async () => {
    const { mcp } = current ?? {};
    current = null;
    await mcp?.close();
  };
  return {
    under({ mcpServers }) {
      const key = canonicalJson(mcpServers);
      if (stale || current?.key !== key) {
        void drop();
        stale = false;
        current = { key, mcp: source.open(mcpServers) };
      }
      return current.mcp;
    },
    renew: () => {
      stale = true;
    },
    close: drop,
  };
}

/** Starts the servers at once when one of them must not be missing. Throws when that one fails (mcp specification §2). */
export async function requireServers(threadMcp: ThreadMcp, config: Config): Promise<void> {
  const required = Object.entries(config.mcpServers).flatMap(([name, server]) => (server.required ? name : []));
  if (required.length === 0) return;
  const states = await threadMcp.under(config).ready(new AbortController().signal);
  const failures = required.flatMap((name) => {
    const state = states.get(name);
    return state?.status === 'failed' ? `${name}: ${state.error}` : [];
  });
  if (failures.length === 0) return;
  await threadMcp.close();
  throw new CodexError('internal', `required MCP servers failed to initialize: ${failures.join('; ')}`);
}

import { createRequire } from 'node:module';
import { type Logger, nullLogger, systemClock } from '@codex/base';
import { onTestFinished } from 'vitest';
import { createMcp, type Mcp, type McpDeps, type McpServerToml } from '../../src/index.ts';

const SCRIPT = createRequire(import.meta.url).resolve('@codex/mock-mcp/server.mjs');
export const PATIENT: AbortSignal = new AbortController().signal;

export function deps(more: Partial<McpDeps> = {}): McpDeps {
  return {
    clock: systemClock,
    log: nullLogger,
    version: '0.115.0',
    env: { PATH: process.env['PATH'], HOME: '/nowhere' },
    token: async () => null,
    ...more,
  };
}

/** The test server as a table of the configuration. */
export function stdio(more: McpServerToml = {}): McpServerToml {
  return { command: process.execPath, args: [SCRIPT], ...more };
}

/** Servers that are closed after the test. */
export function mcp(servers: Record<string, McpServerToml>, more: Partial<McpDeps> = {}): Mcp {
  const made = createMcp(servers, deps(more));
  onTestFinished(() => made.close());
  return made;
}

/** Calls a tool of a server by its own name. */
export function call(
  from: Mcp,
  name: string,
  args: unknown,
  options: Partial<Parameters<Mcp['call']>[2]> = {},
): ReturnType<Mcp['call']> {
  const tool = from.tools().find(({ info }) => info.name === name);
  if (!tool) throw new Error(`no tool ${name}`);
  return from.call(tool, args, { signal: PATIENT, ...options });
}

/** Remembers the texts that are logged. */
export function recordingLog(): { log: Logger; texts: string[] } {
  const texts: string[] = [];
  const keep = (fields: object) => void texts.push(JSON.stringify(fields));
  const log: Logger = { trace: keep, debug: keep, info: keep, warn: keep, error: keep, child: () => log };
  return { log, texts };
}

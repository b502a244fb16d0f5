import { CodexError } from '@codex/base';
import { Mismatch } from './decode.ts';
import { type McpServerToml, mcpServer } from './schema.ts';
import type { TomlTable } from './toml.ts';

/** Checks the table of an MCP server that stands in another file than config.toml. Throws CodexError `config`. */
export function readMcpServer(table: Readonly<Record<string, unknown>>): McpServerToml {
  try {
    return mcpServer(table as TomlTable);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const at = error.path.length > 0 ? `${error.path.join('.')}: ` : '';
    throw new CodexError('config', `${at}${error.message}`, { cause: error });
  }
}

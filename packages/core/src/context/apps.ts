import type { Config } from '@codex/config';
import { APPS_SERVER } from '@codex/mcp-client';

/** What the model is told of connected apps; null where there is no server of them. */
export function appsText({ features, mcpServers }: Pick<Config, 'features' | 'mcpServers'>): string | null {
  const isThere = features.apps && Object.hasOwn(mcpServers, APPS_SERVER);
  return isThere ? `<apps_instructions>\n${TEXT}\n</apps_instructions>` : null;
}

const TEXT = `## Apps
The user has connected apps, also called connectors. The tools of an app are those of the MCP server \`${APPS_SERVER}\` that have
its name. Use them when the task is about what an app holds; the user asks for one by writing \`[$name](app://id)\`. Apps
have no MCP resources: do not list any for them.`;

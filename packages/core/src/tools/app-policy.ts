import type { AppApprovalMode, AppsConfig } from '@codex/config';
import type { Connector, McpToolInfo } from '@codex/mcp-client';

export interface AppToolPolicy {
  /** The model is told of it and may call it. */
  readonly offered: boolean;
  readonly approvalMode: AppApprovalMode;
}

/** What `[apps]` says of an app's tool: its own table first, then that of the app, then what the tool says of itself. */
export function appToolPolicy(apps: AppsConfig, connector: Connector, info: McpToolInfo): AppToolPolicy {
  const app = apps.byId[connector.id] ?? apps.others;
  const own = [info.name, info.title ?? info.name].find((name) => Object.hasOwn(app.tools, name));
  const tool = own === undefined ? undefined : app.tools[own];
  const { destructiveHint, openWorldHint } = info.annotations ?? {};
  const harmless = (app.destructiveEnabled || !destructiveHint) && (app.openWorldEnabled || !openWorldHint);
  return {
    offered: app.enabled && (tool?.enabled ?? app.toolsEnabled ?? harmless),
    approvalMode: tool?.approvalMode ?? app.approvalMode,
  };
}

import type { Mcp } from '@codex/mcp-client';
import type { DynamicToolSpec } from '@codex/protocol';
import { applyPatchTool } from './apply-patch.ts';
import { askUserTool } from './ask-user.ts';
import { execCommandTool, writeStdinTool } from './exec-command.ts';
import { planTool } from './plan.ts';
import { requestPermissionsTool } from './request-permissions.ts';
import { shellCommandTool, shellTool } from './shell.ts';
import { collabTools } from './collab.ts';
import { dynamicTool } from './dynamic.ts';
import { mcpTool } from './mcp.ts';
import { mcpResourceTools } from './mcp-resources.ts';
import type { SpecContext, Tool } from './tool.ts';
import { viewImageTool } from './view-image.ts';
import { webSearchTool } from './web-search.ts';

/** Every tool of ours, in the order in which models are told of them; resources of MCP servers stand between (§10.1). */
const COMMAND_TOOLS: readonly Tool[] = [execCommandTool, writeStdinTool, shellCommandTool, shellTool];
const OTHER_TOOLS: readonly Tool[] = [
  planTool,
  askUserTool,
  requestPermissionsTool,
  applyPatchTool,
  webSearchTool,
  viewImageTool,
  ...collabTools,
];

const BY_NAME = new Map(
  [...COMMAND_TOOLS, ...OTHER_TOOLS].flatMap((tool) => tool.names.map((name) => [name, tool] as const)),
);

/** The tools of one turn: ours, those of MCP servers, and those its client brought, which win over others of the same name. */
export interface ToolBox {
  find(name: string): Tool | undefined;
  specs(context: SpecContext): Record<string, unknown>[];
}

export function createToolBox(brought: readonly DynamicToolSpec[], mcp: Mcp): ToolBox {
  const dynamic = new Map(brought.map((spec) => [spec.name, dynamicTool(spec)]));
  const resources = new Map(
    (mcp.names.length > 0 ? mcpResourceTools(mcp) : []).map((tool) => [tool.names[0] ?? '', tool]),
  );
  /** The servers' tools, as they are by now. */
  const served = () => mcp.tools().map((tool) => mcpTool(mcp, tool));
  return {
    find: (name) =>
      dynamic.get(name) ??
      BY_NAME.get(name) ??
      resources.get(name) ??
      served().find((tool) => tool.names.includes(name)),
    specs: (context) =>
      [...COMMAND_TOOLS, ...resources.values(), ...OTHER_TOOLS, ...served()]
        .filter((tool) => !tool.names.some((name) => dynamic.has(name)))
        .concat(...dynamic.values())
        .map((tool) => tool.spec(context))
        .filter((spec) => spec !== null),
  };
}

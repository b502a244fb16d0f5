import { applyPatchTool } from './apply-patch.ts';
import { askUserTool } from './ask-user.ts';
import { execCommandTool, writeStdinTool } from './exec-command.ts';
import { planTool } from './plan.ts';
import { requestPermissionsTool } from './request-permissions.ts';
import { shellCommandTool, shellTool } from './shell.ts';
import type { DynamicToolSpec } from '@codex/protocol';
import { collabTools } from './collab.ts';
import { dynamicTool } from './dynamic.ts';
import type { SpecContext, Tool } from './tool.ts';
import { viewImageTool } from './view-image.ts';
import { webSearchTool } from './web-search.ts';

/** Every tool, in the order in which models are told of them (core specification §10.1). */
const TOOLS: readonly Tool[] = [
  execCommandTool,
  writeStdinTool,
  shellCommandTool,
  shellTool,
  planTool,
  askUserTool,
  requestPermissionsTool,
  applyPatchTool,
  webSearchTool,
  viewImageTool,
  ...collabTools,
];

const BY_NAME = new Map(TOOLS.flatMap((tool) => tool.names.map((name) => [name, tool] as const)));

/** The tools of one thread: ours, and those its client brought, which win over ours of the same name. */
export interface ToolBox {
  find(name: string): Tool | undefined;
  specs(context: SpecContext): Record<string, unknown>[];
}

export function createToolBox(brought: readonly DynamicToolSpec[]): ToolBox {
  const dynamic = new Map(brought.map((spec) => [spec.name, dynamicTool(spec)]));
  return {
    find: (name) => dynamic.get(name) ?? BY_NAME.get(name),
    specs: (context) =>
      [...TOOLS.filter((tool) => !tool.names.some((name) => dynamic.has(name))), ...dynamic.values()]
        .map((tool) => tool.spec(context))
        .filter((spec) => spec !== null),
  };
}

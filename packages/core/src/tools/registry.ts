import { applyPatchTool } from './apply-patch.ts';
import { askUserTool } from './ask-user.ts';
import { execCommandTool, writeStdinTool } from './exec-command.ts';
import { planTool } from './plan.ts';
import { shellCommandTool, shellTool } from './shell.ts';
import { collabTools } from './collab.ts';
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
  applyPatchTool,
  webSearchTool,
  viewImageTool,
  ...collabTools,
];

const BY_NAME = new Map(TOOLS.flatMap((tool) => tool.names.map((name) => [name, tool] as const)));

export function findTool(name: string): Tool | undefined {
  return BY_NAME.get(name);
}

export function toolSpecs(context: SpecContext): Record<string, unknown>[] {
  return TOOLS.map((tool) => tool.spec(context)).filter((spec) => spec !== null);
}

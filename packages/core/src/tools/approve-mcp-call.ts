import { canonicalJson } from '@codex/base';
import type { AppApprovalMode, Config } from '@codex/config';
import type { McpTool } from '@codex/mcp-client';
import { askUser } from '../approval/ask-user.ts';
import { appToolPolicy } from './app-policy.ts';
import type { TurnContextForTools } from './tool.ts';

export type McpApproval = { approved: true } | { approved: false; message: string; stopTurn: boolean };

const ALLOW = 'Allow';
const ALLOW_FOR_SESSION = 'Allow for this session';
const CANCEL = 'Cancel';
const REJECTED = 'user rejected MCP tool call';
const CANCELLED = 'user cancelled MCP tool call';
const NOBODY_THERE =
  'the MCP tool call needs an approval and nobody here can give it; the user can allow it by `approval_mode = "approve"`';

/**
 * Asks about tools that say they destroy, or that change things out in the world (core specification §13.2), unless
 * `approval_mode` of the tool or its server says what to do.
 */
export async function approveMcpCall(
  tool: McpTool,
  callId: string,
  context: TurnContextForTools,
): Promise<McpApproval> {
  const { session, settings, config } = context;
  const unlimited = settings.approvalPolicy === 'never' && settings.sandboxPolicy.type === 'dangerFullAccess';
  const mode = approvalMode(tool, config);
  const asks = mode === 'prompt' || (mode === 'auto' && wantsApproval(tool));
  if (!asks || unlimited || session.approvals.has(mcpKey(tool))) return { approved: true };
  const id = `mcp_tool_call_approval_${callId}`;
  const reply = await askUser(context, 'item/tool/requestUserInput', {
    itemId: callId,
    questions: [
      {
        id,
        header: 'Approve app tool call?',
        question: `Allow ${asker(tool)} to run tool "${tool.info.name}"?`,
        isOther: false,
        isSecret: false,
        options: [
          { label: ALLOW, description: 'Run the tool and continue.' },
          { label: ALLOW_FOR_SESSION, description: 'Run the tool and remember this choice for this session.' },
          { label: CANCEL, description: 'Cancel this tool call.' },
        ],
      },
    ],
  });
  if (reply.kind === 'failed') return { approved: false, message: NOBODY_THERE, stopTurn: false };
  if (reply.kind === 'unanswered') return { approved: false, message: REJECTED, stopTurn: reply.stopTurn };
  const answer = reply.kind === 'answered' ? reply.result.answers[id]?.answers[0] : undefined;
  if (answer === ALLOW_FOR_SESSION) session.approvals.remember(mcpKey(tool));
  if (answer === ALLOW || answer === ALLOW_FOR_SESSION) return { approved: true };
  return { approved: false, message: answer === CANCEL ? CANCELLED : REJECTED, stopTurn: false };
}

/** Approvals for a session are remembered under this. */
function mcpKey({ server, info }: McpTool): string {
  return canonicalJson(['mcp', server, info.name]);
}

function asker({ server, connector }: McpTool): string {
  return connector ? connector.name : `the ${server} MCP server`;
}

function approvalMode({ server, info, connector }: McpTool, { mcpServers, apps }: Config): AppApprovalMode {
  if (connector) return appToolPolicy(apps, connector, info).approvalMode;
  const configured = mcpServers[server];
  return configured?.tools?.[info.name]?.approval_mode ?? configured?.default_tools_approval_mode ?? 'auto';
}

function wantsApproval({ info: { annotations } }: McpTool): boolean {
  if (annotations?.destructiveHint === true) return true;
  return annotations?.readOnlyHint === false && annotations.openWorldHint === true;
}

import type { McpElicitation, McpElicitationAnswer } from '@codex/mcp-client';
import type { ServerRequestParams } from '@codex/protocol';
import { askUser } from '../approval/ask-user.ts';
import type { TurnContextForTools } from './tool.ts';

type Params = ServerRequestParams<'mcpServer/elicitation/request'>;

/** A question of an MCP server, put to the clients; nobody is asked where the policy forbids it (mcp specification §3). */
export async function answerElicitation(
  serverName: string,
  asked: McpElicitation,
  context: TurnContextForTools,
): Promise<McpElicitationAnswer> {
  const { approvalPolicy } = context.settings;
  const forbidden =
    typeof approvalPolicy === 'string' ? approvalPolicy === 'never' : !approvalPolicy.granular.mcp_elicitations;
  if (forbidden) return { action: 'decline' };
  const common = { serverName, message: asked.message, _meta: asked._meta ?? null };
  const question =
    asked.mode === 'url'
      ? { ...common, mode: 'url' as const, url: asked.url, elicitationId: asked.elicitationId }
      : {
          ...common,
          mode: 'form' as const,
          requestedSchema: asked.requestedSchema as Extract<Params, { mode: 'form' }>['requestedSchema'],
        };
  const reply = await askUser(context, 'mcpServer/elicitation/request', question);
  if (reply.kind !== 'answered') return { action: 'decline' };
  const { action, content, _meta } = reply.result;
  return {
    action,
    ...(content === undefined || content === null ? {} : { content }),
    ...(_meta === undefined || _meta === null ? {} : { _meta }),
  };
}

import { type OnQuestion, RpcError } from '@codex/app-server-client';
import type { ServerRequestMethod } from '@codex/protocol';

const KINDS: Readonly<Record<ServerRequestMethod, string>> = {
  'item/commandExecution/requestApproval': 'command execution approval',
  'item/fileChange/requestApproval': 'file change approval',
  'item/permissions/requestApproval': 'permissions approval',
  'item/tool/requestUserInput': 'request_user_input',
  'item/tool/call': 'dynamic tool calls',
  'mcpServer/elicitation/request': 'elicitation',
  'account/chatgptAuthTokens/refresh': 'token refresh',
  applyPatchApproval: 'apply_patch approval',
  execCommandApproval: 'exec_command approval',
};

/** Nobody is there to ask: every question is refused at once, and the turn goes on (app-server specification §18). */
export const refuseQuestion: OnQuestion = async (method, params) => {
  if (method === 'mcpServer/elicitation/request') return { action: 'cancel' } as never;
  const threadId = 'threadId' in params ? params.threadId : 'conversationId' in params ? params.conversationId : null;
  const where = threadId === null ? '' : ` for thread \`${threadId}\``;
  throw new RpcError({ code: -32600, message: `${KINDS[method]} is not supported in exec mode${where}` });
};

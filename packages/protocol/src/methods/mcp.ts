import { z } from 'zod';
import { NoParams, method } from '../define.ts';
import { McpServerStatus } from '../entities/mcp.ts';
import { named } from '../lazy.ts';
import { i64, u32 } from '../scalar.ts';

export const ListMcpServerStatusParams = named('ListMcpServerStatusParams', () =>
  z.object({ cursor: z.string().nullish(), limit: u32().nullish() }),
);
export type ListMcpServerStatusParams = z.infer<ReturnType<typeof ListMcpServerStatusParams>>;

export const ListMcpServerStatusResponse = named('ListMcpServerStatusResponse', () =>
  z.object({ data: z.array(McpServerStatus()), nextCursor: z.string().nullable() }),
);
export type ListMcpServerStatusResponse = z.infer<ReturnType<typeof ListMcpServerStatusResponse>>;

export const McpServerOauthLoginParams = named('McpServerOauthLoginParams', () =>
  z.object({ name: z.string(), scopes: z.array(z.string()).nullish(), timeoutSecs: i64().nullish() }),
);
export type McpServerOauthLoginParams = z.infer<ReturnType<typeof McpServerOauthLoginParams>>;

export const McpServerOauthLoginResponse = named('McpServerOauthLoginResponse', () =>
  z.object({ authorizationUrl: z.string() }),
);
export type McpServerOauthLoginResponse = z.infer<ReturnType<typeof McpServerOauthLoginResponse>>;

export const McpServerRefreshResponse = named('McpServerRefreshResponse', () => z.object({}));
export type McpServerRefreshResponse = z.infer<ReturnType<typeof McpServerRefreshResponse>>;

export const mcpMethods = {
  'mcpServer/oauth/login': method({
    doc: 'Starts the OAuth login of an MCP server.',
    params: McpServerOauthLoginParams,
    result: McpServerOauthLoginResponse,
  }),
  'config/mcpServer/reload': method({
    doc: 'Rereads the configuration and refreshes the MCP servers of loaded threads.',
    params: NoParams,
    result: McpServerRefreshResponse,
  }),
  'mcpServerStatus/list': method({
    doc: 'Lists the MCP servers with their tools, resources and login state.',
    params: ListMcpServerStatusParams,
    result: ListMcpServerStatusResponse,
  }),
};

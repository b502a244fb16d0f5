export type { CallOptions } from './connection.ts';
export { createMcp, type Mcp, type McpDeps, type McpServerState, type McpTool } from './mcp.ts';
export { type Login, type LoginOptions, startLogin } from './oauth/login.ts';
export { createTokenStore, type TokenStore } from './oauth/token-store.ts';
export { createTokens } from './oauth/tokens.ts';
export { modelSchema } from './schema.ts';
export { isEnabled, type McpServerToml } from './settings.ts';
export { authStatus, readStatuses } from './status.ts';
export type { McpCallResult, McpElicitation, McpElicitationAnswer, McpToolInfo } from './types.ts';

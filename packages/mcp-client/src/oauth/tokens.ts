import type { Clock, Logger } from '@codex/base';
import { configuredHeaders, type Env, type McpServerToml } from '../settings.ts';
import { discoverAuthServer } from './discovery.ts';
import { requestTokens, TokenRefusal } from './token-request.ts';
import type { TokenStore } from './token-store.ts';

/** A token that runs out within this time is renewed first. */
const EARLY_MS = 30_000;

/** The access token of a server, renewed when it runs out; null when nobody logged in (mcp specification §5). */
export function createTokens(deps: { store: TokenStore; clock: Clock; log: Logger; env: Env }) {
  const { store, clock, log, env } = deps;
  const renewing = new Map<string, Promise<string | null>>();

  const renew = async (name: string, url: string, toml: McpServerToml): Promise<string | null> => {
    const tokens = await store.get(name, url);
    if (!tokens || tokens.expiresAt === null || clock.now() < tokens.expiresAt - EARLY_MS) {
      return tokens?.accessToken ?? null;
    }
    if (tokens.refreshToken === null) return tokens.accessToken;
    const signal = new AbortController().signal;
    const server = await discoverAuthServer(url, configuredHeaders(toml, env), signal);
    if (!server) return tokens.accessToken;
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken, client_id: tokens.clientId };
    try {
      const fresh = await requestTokens(server.tokenEndpoint, form, tokens, clock, signal);
      await store.set(name, url, fresh);
      return fresh.accessToken;
    } catch (error) {
      log.warn({ mcpServer: name, err: error }, 'token of an MCP server not renewed');
      if (!(error instanceof TokenRefusal)) return tokens.accessToken;
      await store.remove(name, url);
      return null;
    }
  };

  return (name: string, toml: McpServerToml): Promise<string | null> => {
    const { url } = toml;
    if (url === undefined) return Promise.resolve(null);
    const running = renewing.get(name) ?? renew(name, url, toml).finally(() => renewing.delete(name));
    renewing.set(name, running);
    return running;
  };
}

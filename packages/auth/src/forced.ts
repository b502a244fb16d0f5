import { accountIdOf } from './claims.ts';
import type { Stored } from './store.ts';
import type { ForcedLogin } from './types.ts';

/** Why a login is not of the forced kind, for the user; null when it is (spec core §21). */
export function mismatch(stored: Stored, { method, workspaceId }: ForcedLogin): string | null {
  if (method === 'api' && stored.mode === 'chatgpt')
    return 'API key login is required, but ChatGPT is currently being used. Logging out.';
  if (method === 'chatgpt' && stored.mode === 'apikey')
    return 'ChatGPT login is required, but an API key is currently being used. Logging out.';
  if (workspaceId === null || stored.mode === 'apikey') return null;
  const current = accountIdOf(stored);
  if (current === workspaceId) return null;
  return `Login is restricted to workspace ${workspaceId}, but current credentials belong to ${current ?? 'an unknown workspace'}. Logging out.`;
}

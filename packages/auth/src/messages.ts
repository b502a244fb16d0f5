import { CodexError } from '@codex/base';

/** Texts that more than one place says; clients know them from the reference. */
export const EXTERNAL_ACTIVE =
  'External auth is active. Use account/login/start (chatgptAuthTokens) to update it or account/logout to clear it.';
export const OTHER_ACCOUNT =
  'Your access token could not be refreshed because you have since logged out or signed in to another account. Please sign in again.';
export const NO_KEYRING = 'this build has no keyring; set `cli_auth_credentials_store = "file"` in config.toml';

export function refuse(message: string): never {
  throw new CodexError('invalidRequest', message);
}

export { type Auth, type AuthDeps, createAuth } from './auth.ts';
export type {
  AuthSource,
  AuthStatus,
  Credential,
  ExternalTokens,
  ForcedLogin,
  UnauthorizedOutcome,
} from './types.ts';

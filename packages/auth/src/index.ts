export { type Auth, type AuthDeps, createAuth } from './auth.ts';
export { toPlan } from './claims.ts';
export type { IssuerAddress } from './issuer.ts';
export type {
  AuthSource,
  AuthStatus,
  BrowserLogin,
  Credential,
  DeviceLogin,
  ExternalTokens,
  ForcedLogin,
  HttpRequest,
  HttpSend,
  UnauthorizedOutcome,
} from './types.ts';

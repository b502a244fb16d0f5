export { fallbackWarning } from './bundled.ts';
export { applyOverrides, autoCompactLimit, type ModelOverrides, usableWindow } from './choose.ts';
export type { Credential, Credentials, UnauthorizedOutcome } from './credentials.ts';
export type { FailureKind, ModelEvent, ModelRequest, ModelSink } from './events.ts';
export { instructionsFor, personalityText } from './instructions.ts';
export { createModels, type Models, type ModelsDeps } from './models.ts';
export type { Env, Provider } from './provider.ts';
export { mergeRateLimits } from './rate-limits.ts';
export type { ModelMessages, ModelRecord } from './record.ts';

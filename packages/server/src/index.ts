export { type ServerChannel, UndecodableMessage } from './channel.ts';
export { createServer, type Server, type ServerOptions } from './create-server.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export type { KeptLog, LogStore } from './services/state/lazy-state.ts';

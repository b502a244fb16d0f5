// The packages the checks use, bundled because Node 20 does not read TypeScript.
export { createThreadView } from '@codex/app-server-client';
export {
  bytes,
  call,
  custom,
  delay,
  drop,
  failed,
  http,
  inputItems,
  inputTexts,
  outputOf,
  raw,
  reasoning,
  reply,
  say,
  sayMany,
  stall,
  startMockModel,
  webSearch,
} from '@codex/mock-model';
export { exportJsonSchema, Turn } from '@codex/protocol';
export { readHeader, readRollout } from '@codex/rollout';

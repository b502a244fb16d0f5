export {
  asksForRetry,
  decideCommand,
  type CommandRequest,
  type Decision,
  policyName,
  type Wish,
} from './approval/decide.ts';
export { decidePatch, type PatchDecision, type PatchRequest } from './approval/decide-patch.ts';
export { MAX_INPUT_CHARS } from './context/user-input.ts';
export type { CoreDeps, GitFacts, McpSource, SkillSource } from './ports.ts';
export type {
  ClientIdentity,
  ForkOptions,
  PreparedTurn,
  ReviewRequest,
  ResumeOptions,
  SettingsOverrides,
  StartOptions,
  Thread,
  ThreadHistory,
  Threads,
  ThreadSettings,
  TurnOptions,
} from './thread-types.ts';
export { createThreads } from './threads.ts';

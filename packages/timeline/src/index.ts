export { abandonedItem } from './abandoned-item.ts';
export type {
  CompactionRecord,
  ItemDelta,
  Stamped,
  ThreadEvent,
  ThreadHeader,
  TurnContext,
  TurnEnd,
  TurnHeader,
} from './events.ts';
export {
  emptyModelContext,
  isContextualText,
  isUserTurn,
  type ModelContext,
  reduceContext,
  type TurnStart,
} from './model-context.ts';
export { type Answer, type Question, QUESTION_FLAGS, type QuestionMethod } from './questions.ts';
export { emptyThreadState, reduceThread, type ThreadState, threadStatus } from './thread-state.ts';
export {
  createTimeline,
  type Listener,
  type OpenItem,
  type StartOptions,
  type Timeline,
  type TimelineDeps,
  type TurnScope,
} from './timeline.ts';
export { toNotifications, toRawNotifications } from './to-notifications.ts';

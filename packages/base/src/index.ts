export { AbortedError, abortReason, isAbort, linkedController, raceAbort, sharedController } from './abort.ts';
export { type AsyncQueue, asyncQueue, type Channel, channelPair } from './channel.ts';
export { type Clock, type ManualClock, manualClock, systemClock } from './clock.ts';
export { createDeadline, type Deadline, DeadlineError } from './deadline.ts';
export { CodexError, type ErrorCode, isCodexError, systemCode, toMessage, unreachable } from './errors.ts';
export { readRegularFile, replaceFile } from './files.ts';
export { countingIds, type Ids, isUuid, systemIds, uuidv7 } from './ids.ts';
export { canonicalJson, isObject, type JsonObject, type JsonValue, parseJson } from './json.ts';
export { type LockOptions, withLock } from './lock.ts';
export { type Line, type LineSplitter, lineSplitter } from './lines.ts';
export {
  createLogger,
  leastLevel,
  LOG_LEVELS,
  type Logger,
  type LogLevel,
  type LogSink,
  nullLogger,
} from './logger.ts';

export {
  bytes,
  call,
  completed,
  created,
  custom,
  type Directive,
  delay,
  drop,
  failed,
  gate,
  incomplete,
  itemDone,
  type Part,
  type Parts,
  type ReasoningOptions,
  reasoning,
  type SayOptions,
  say,
  sayMany,
  stall,
  type Usage,
  type WireEvent,
  webSearch,
} from './events.ts';
export { inputItems, inputTexts, outputOf, type RecordedRequest, toolNames } from './request.ts';
export { http, type Reply, type ReplyOptions, raw, reply, type Step, script } from './script.ts';
export { type MockModel, type MockModelOptions, startMockModel } from './server.ts';

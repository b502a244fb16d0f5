import { isObject } from '@codex/base';
import { z } from 'zod';
import { lazy, named } from '../lazy.ts';
import { MessagePhase } from './settings.ts';

/*
 * Items of the model's own history. Members this version does not know are kept by parsing, so that what the model
 * sent goes back to it unchanged; the types speak only of the members it knows.
 */
type Known<T> = T extends readonly (infer U)[]
  ? Known<U>[]
  : T extends object
    ? { [K in keyof T as string extends K ? never : K]: Known<T[K]> }
    : T;

export const ImageDetail = named('ImageDetail', () => z.enum(['auto', 'low', 'high', 'original']));
export type ImageDetail = z.infer<ReturnType<typeof ImageDetail>>;

export const ContentItem = named('ContentItem', () =>
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('input_text'), text: z.string() }),
    z.looseObject({ type: z.literal('input_image'), image_url: z.string() }),
    z.looseObject({ type: z.literal('output_text'), text: z.string() }),
  ]),
);
export type ContentItem = Known<z.infer<ReturnType<typeof ContentItem>>>;

export const FunctionCallOutputContentItem = named('FunctionCallOutputContentItem', () =>
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('input_text'), text: z.string() }),
    z.looseObject({ type: z.literal('input_image'), image_url: z.string(), detail: ImageDetail().nullish() }),
  ]),
);
export type FunctionCallOutputContentItem = Known<z.infer<ReturnType<typeof FunctionCallOutputContentItem>>>;

const Output = named('FunctionCallOutputBody', () => z.union([z.string(), z.array(FunctionCallOutputContentItem())]));
export type FunctionCallOutput = Known<z.infer<ReturnType<typeof Output>>>;

const Id = lazy(() => z.string().nullish());

const Message = lazy(() =>
  z.looseObject({
    type: z.literal('message'),
    id: Id(),
    role: z.string(),
    content: z.array(ContentItem()),
    phase: MessagePhase().nullish(),
  }),
);
export type MessageItem = Known<z.infer<ReturnType<typeof Message>>>;

const SummaryPart = named('ReasoningItemReasoningSummary', () =>
  z.discriminatedUnion('type', [z.looseObject({ type: z.literal('summary_text'), text: z.string() })]),
);
const ReasoningPart = named('ReasoningItemContent', () =>
  z.discriminatedUnion('type', [z.looseObject({ type: z.enum(['reasoning_text', 'text']), text: z.string() })]),
);
const Reasoning = lazy(() =>
  z.looseObject({
    type: z.literal('reasoning'),
    id: Id(),
    summary: z.array(SummaryPart()),
    content: z.array(ReasoningPart()).nullish(),
    encrypted_content: z.string().nullish(),
  }),
);
export type ReasoningItem = Known<z.infer<ReturnType<typeof Reasoning>>>;

const FunctionCall = lazy(() =>
  z.looseObject({
    type: z.literal('function_call'),
    id: Id(),
    name: z.string(),
    namespace: z.string().nullish(),
    arguments: z.string(),
    call_id: z.string(),
  }),
);
export type FunctionCallItem = Known<z.infer<ReturnType<typeof FunctionCall>>>;

const FunctionCallOutputRow = lazy(() =>
  z.looseObject({ type: z.literal('function_call_output'), call_id: z.string(), output: Output() }),
);
export type FunctionCallOutputItem = Known<z.infer<ReturnType<typeof FunctionCallOutputRow>>>;

const CustomToolCall = lazy(() =>
  z.looseObject({
    type: z.literal('custom_tool_call'),
    id: Id(),
    status: z.string().nullish(),
    call_id: z.string(),
    name: z.string(),
    input: z.string(),
  }),
);
export type CustomToolCallItem = Known<z.infer<ReturnType<typeof CustomToolCall>>>;

const CustomToolCallOutput = lazy(() =>
  z.looseObject({ type: z.literal('custom_tool_call_output'), call_id: z.string(), output: Output() }),
);
export type CustomToolCallOutputItem = Known<z.infer<ReturnType<typeof CustomToolCallOutput>>>;

const LocalShellAction = named('LocalShellAction', () =>
  z.discriminatedUnion('type', [
    z.looseObject({
      type: z.literal('exec'),
      command: z.array(z.string()),
      timeout_ms: z.number().nullish(),
      working_directory: z.string().nullish(),
    }),
  ]),
);
const LocalShellCall = lazy(() =>
  z.looseObject({
    type: z.literal('local_shell_call'),
    id: Id(),
    call_id: z.string().nullish(),
    status: z.string(),
    action: LocalShellAction(),
  }),
);
export type LocalShellCallItem = Known<z.infer<ReturnType<typeof LocalShellCall>>>;

const WebSearchCall = lazy(() =>
  z.looseObject({
    type: z.literal('web_search_call'),
    id: Id(),
    status: z.string().nullish(),
    action: z
      .looseObject({
        type: z.string(),
        query: z.string().nullish(),
        queries: z.array(z.string()).nullish(),
        url: z.string().nullish(),
        pattern: z.string().nullish(),
      })
      .nullish(),
  }),
);
export type WebSearchCallItem = Known<z.infer<ReturnType<typeof WebSearchCall>>>;

const Compaction = lazy(() => z.looseObject({ type: z.literal('compaction'), encrypted_content: z.string() }));
export type CompactionItem = Known<z.infer<ReturnType<typeof Compaction>>>;

const KnownItem = lazy(() =>
  z.discriminatedUnion('type', [
    Message(),
    Reasoning(),
    FunctionCall(),
    FunctionCallOutputRow(),
    CustomToolCall(),
    CustomToolCallOutput(),
    LocalShellCall(),
    WebSearchCall(),
    Compaction(),
  ]),
);

const knownKinds = lazy(() => new Set<unknown>(KnownItem().options.flatMap((option) => [...option.shape.type.values])));

/** Items of other kinds pass as they are. The type cannot name them without spoiling the distinction by `type`. */
const OtherItem = lazy(() =>
  z
    .custom<never>((item) => isObject(item) && typeof item['type'] === 'string' && !knownKinds().has(item['type']))
    .meta({ type: 'object', properties: { type: { type: 'string' } }, required: ['type'] }),
);

/** Parsing keeps kinds that the type leaves out: a switch over `type` needs a way out for them. */
export const ResponseItem = named('ResponseItem', () => z.union([KnownItem(), OtherItem()]));
export type ResponseItem = Known<z.infer<ReturnType<typeof ResponseItem>>>;

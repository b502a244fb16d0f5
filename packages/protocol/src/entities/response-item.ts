import { z } from 'zod';
import { lazy, named } from '../lazy.ts';
import { MessagePhase } from './settings.ts';

/**
 * Items of the model's own history. Members this version does not know are kept, so that what the model sent
 * goes back to it unchanged.
 */
export const ImageDetail = named('ImageDetail', () => z.enum(['auto', 'low', 'high', 'original']));
export type ImageDetail = z.infer<ReturnType<typeof ImageDetail>>;

export const ContentItem = named('ContentItem', () =>
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('input_text'), text: z.string() }),
    z.looseObject({ type: z.literal('input_image'), image_url: z.string() }),
    z.looseObject({ type: z.literal('output_text'), text: z.string() }),
  ]),
);
export type ContentItem =
  | { type: 'input_text'; text: string }
  | { type: 'input_image'; image_url: string }
  | { type: 'output_text'; text: string };

export const FunctionCallOutputContentItem = named('FunctionCallOutputContentItem', () =>
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('input_text'), text: z.string() }),
    z.looseObject({ type: z.literal('input_image'), image_url: z.string(), detail: ImageDetail().nullish() }),
  ]),
);
export type FunctionCallOutputContentItem =
  | { type: 'input_text'; text: string }
  | { type: 'input_image'; image_url: string; detail?: ImageDetail | null | undefined };

const Output = lazy(() => z.union([z.string(), z.array(FunctionCallOutputContentItem())]));
export type FunctionCallOutput = string | FunctionCallOutputContentItem[];

const Id = lazy(() => z.string().nullish());

/** The type leaves out kinds this version does not know; parsing keeps them. */
export const ResponseItem = named(
  'ResponseItem',
  () =>
    z.union([
      z.discriminatedUnion('type', [
        z.looseObject({
          type: z.literal('message'),
          id: Id(),
          role: z.string(),
          content: z.array(ContentItem()),
          phase: MessagePhase().nullish(),
        }),
        z.looseObject({
          type: z.literal('reasoning'),
          id: Id(),
          summary: z.array(z.looseObject({ type: z.literal('summary_text'), text: z.string() })),
          content: z.array(z.looseObject({ type: z.enum(['reasoning_text', 'text']), text: z.string() })).nullish(),
          encrypted_content: z.string().nullish(),
        }),
        z.looseObject({
          type: z.literal('function_call'),
          id: Id(),
          name: z.string(),
          namespace: z.string().nullish(),
          arguments: z.string(),
          call_id: z.string(),
        }),
        z.looseObject({ type: z.literal('function_call_output'), call_id: z.string(), output: Output() }),
        z.looseObject({
          type: z.literal('custom_tool_call'),
          id: Id(),
          status: z.string().nullish(),
          call_id: z.string(),
          name: z.string(),
          input: z.string(),
        }),
        z.looseObject({ type: z.literal('custom_tool_call_output'), call_id: z.string(), output: Output() }),
        z.looseObject({
          type: z.literal('local_shell_call'),
          id: Id(),
          call_id: z.string().nullish(),
          status: z.string(),
          action: z.looseObject({ type: z.literal('exec'), command: z.array(z.string()) }),
        }),
        z.looseObject({
          type: z.literal('web_search_call'),
          id: Id(),
          status: z.string().nullish(),
          action: z.looseObject({ type: z.string() }).nullish(),
        }),
        z.looseObject({ type: z.literal('compaction'), encrypted_content: z.string() }),
      ]),
      z.looseObject({ type: z.string() }),
    ]) as unknown as z.ZodType<ResponseItem>,
);

export interface MessageItem {
  type: 'message';
  id?: string | null | undefined;
  role: string;
  content: ContentItem[];
  phase?: MessagePhase | null | undefined;
}
export interface ReasoningItem {
  type: 'reasoning';
  id?: string | null | undefined;
  summary: { type: 'summary_text'; text: string }[];
  content?: { type: 'reasoning_text' | 'text'; text: string }[] | null | undefined;
  encrypted_content?: string | null | undefined;
}
export interface FunctionCallItem {
  type: 'function_call';
  id?: string | null | undefined;
  name: string;
  namespace?: string | null | undefined;
  arguments: string;
  call_id: string;
}
export interface FunctionCallOutputItem {
  type: 'function_call_output';
  call_id: string;
  output: FunctionCallOutput;
}
export interface CustomToolCallItem {
  type: 'custom_tool_call';
  id?: string | null | undefined;
  status?: string | null | undefined;
  call_id: string;
  name: string;
  input: string;
}
export interface CustomToolCallOutputItem {
  type: 'custom_tool_call_output';
  call_id: string;
  output: FunctionCallOutput;
}
export interface LocalShellCallItem {
  type: 'local_shell_call';
  id?: string | null | undefined;
  call_id?: string | null | undefined;
  status: string;
  action: {
    type: 'exec';
    command: string[];
    timeout_ms?: number | null | undefined;
    working_directory?: string | null | undefined;
  };
}
export interface WebSearchCallItem {
  type: 'web_search_call';
  id?: string | null | undefined;
  status?: string | null | undefined;
  action?:
    | {
        type: string;
        query?: string | null | undefined;
        queries?: string[] | null | undefined;
        url?: string | null | undefined;
        pattern?: string | null | undefined;
      }
    | null
    | undefined;
}
export interface CompactionItem {
  type: 'compaction';
  encrypted_content: string;
}

export type ResponseItem =
  | MessageItem
  | ReasoningItem
  | FunctionCallItem
  | FunctionCallOutputItem
  | CustomToolCallItem
  | CustomToolCallOutputItem
  | LocalShellCallItem
  | WebSearchCallItem
  | CompactionItem;

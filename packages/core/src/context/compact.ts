import type { ResponseItem } from '@codex/protocol';
import { isUserTurn } from '@codex/timeline';
import { estimateHistory, estimateItem } from './tokens.ts';
import { estimateTokens, truncateMiddle } from './truncate.ts';

/** Asks for the summary; `compact_prompt` of the configuration stands in for it. */
export const COMPACT_PROMPT = `The conversation has become long and goes on with another model, which sees nothing of it but the user's messages and what you write now. Write the hand-over. Say:
- what the user wants, with every limit and preference that was named;
- what is done, what was found out and which decisions were made, with their reasons;
- what is left to do and what comes next;
- files, commands, names, errors and numbers that the work cannot go on without, word for word.
Be brief and exact. Do not call tools and do not answer the user.`;

/** Stands before a summary; what begins with it is one, and is not taken for the words of a user. */
export const SUMMARY_PREFIX = `Another model worked on this task before you. Its hand-over follows; files and other state of the machine are as it left them. Go on from there and do not repeat what is done.`;

const NO_SUMMARY = '(no summary available)';
/** Of what the user said this much is kept as it is, in tokens. */
const USER_BUDGET = 20_000;

/** The history that stands for the old one, and the summary in it (core specification §9.2, §9.3). */
export function compactedHistory(
  history: readonly ResponseItem[],
  summary: string,
): { message: string; replacement: ResponseItem[] } {
  const message = `${SUMMARY_PREFIX}\n${summary.trim() ? summary : NO_SUMMARY}`;
  const said = history.filter(isUsersOwn).map(textOf);
  return { message, replacement: [...keepNewest(said), message].map(userMessage) };
}

/** What stays of a provider's answer; the context around it is ours to tell again (core specification §9.4). */
export function keptOfAnswer(items: readonly ResponseItem[]): ResponseItem[] {
  return items.filter(
    (item) =>
      item.type === 'compaction' || (item.type === 'message' && (item.role === 'assistant' || isUserTurn(item))),
  );
}

/** Puts what the model has to be told anew ahead of the message it is working on, or else of the summary. */
export function placeContext(history: readonly ResponseItem[], context: readonly ResponseItem[]): ResponseItem[] {
  const ends = [history.findLastIndex(isUsersOwn), history.findLastIndex(isSummary), history.length];
  return history.toSpliced(ends.find((at) => at >= 0) ?? 0, 0, ...context);
}

/** A history short enough for the window, as far as leaving out the newest outputs and their calls makes it so. */
export function withoutNewestOutputs(
  history: readonly ResponseItem[],
  instructions: string,
  window: number,
): ResponseItem[] {
  let items = [...history];
  for (let left = estimateHistory(instructions, items); left > window; ) {
    const last = items.at(-1);
    if (!last || !isOurs(last)) break;
    const gone =
      'call_id' in last ? items.filter((item) => 'call_id' in item && item.call_id === last.call_id) : [last];
    for (const item of gone) left -= estimateItem(item);
    items = items.filter((item) => !gone.includes(item));
  }
  return items;
}

function isOurs(item: ResponseItem): boolean {
  if (item.type === 'message') return item.role === 'developer';
  return item.type === 'function_call_output' || item.type === 'custom_tool_call_output';
}

/** As many of the newest texts as the budget allows, in order; the one that crosses it loses its middle. */
function keepNewest(texts: readonly string[]): string[] {
  const kept: string[] = [];
  let left = USER_BUDGET;
  for (const text of texts.toReversed()) {
    if (left <= 0) break;
    const tokens = estimateTokens(text);
    kept.push(tokens <= left ? text : truncateMiddle(text, { mode: 'tokens', limit: left }));
    left -= tokens;
  }
  return kept.reverse();
}

/** Every message of the user in a history, without its pictures. */
export function wordsOfUser(history: readonly ResponseItem[]): string[] {
  return history.filter(isUsersOwn).map((item) => {
    if (item.type !== 'message') return '';
    const texts = item.content.map((part) => (part.type === 'input_image' ? '' : part.text));
    return texts.filter((text) => !/^<\/?image\b[^>]*>$/.test(text)).join('');
  });
}

function isUsersOwn(item: ResponseItem): boolean {
  return isUserTurn(item) && !isSummary(item);
}

function isSummary(item: ResponseItem): boolean {
  return item.type === 'compaction' || textOf(item).startsWith(`${SUMMARY_PREFIX}\n`);
}

function textOf(item: ResponseItem): string {
  if (item.type !== 'message') return '';
  return item.content.map((part) => (part.type === 'input_image' ? '(an image, left out)' : part.text)).join('\n');
}

function userMessage(text: string): ResponseItem {
  return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
}

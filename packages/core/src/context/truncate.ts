import type { FunctionCallOutput, FunctionCallOutputContentItem } from '@codex/protocol';

/** How much of one tool output the model may see (core specification §8.3). */
export interface TruncationPolicy {
  mode: 'bytes' | 'tokens';
  limit: number;
}

const BYTES_PER_TOKEN = 4;

/** The estimate used everywhere: a quarter of the UTF-8 length, rounded up. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

export function budgetBytes(policy: TruncationPolicy): number {
  return policy.mode === 'bytes' ? policy.limit : policy.limit * BYTES_PER_TOKEN;
}

/** Removes the middle of a text that is over the budget and says how much is gone. */
export function truncateMiddle(text: string, policy: TruncationPolicy): string {
  const budget = budgetBytes(policy);
  const bytes = Buffer.byteLength(text);
  if (bytes <= budget) return text;
  const head = headWithin(text, Math.floor(budget / 2));
  const tail = tailWithin(text, budget - Math.floor(budget / 2));
  const removedBytes = bytes - Buffer.byteLength(head) - Buffer.byteLength(tail);
  const removed =
    policy.mode === 'tokens'
      ? `${Math.ceil(removedBytes / BYTES_PER_TOKEN)} tokens`
      : `${countChars(text) - countChars(head) - countChars(tail)} chars`;
  return `${head}…${removed} truncated…${tail}`;
}

/** As `truncateMiddle`; a text that is cut begins with its number of lines. */
export function truncateWithLineCount(text: string, policy: TruncationPolicy): string {
  if (Buffer.byteLength(text) <= budgetBytes(policy)) return text;
  return `Total output lines: ${countLines(text)}\n\n${truncateMiddle(text, policy)}`;
}

export function countLines(text: string): number {
  if (!text) return 0;
  let lines = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function countChars(text: string): number {
  let n = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) n += 1;
  return n;
}

/** The longest start of `text` of at most `bytes` UTF-8 bytes that does not split a character. */
function headWithin(text: string, bytes: number): string {
  // A character has at least one byte, so no more than `bytes` characters can fit.
  const buffer = Buffer.from(text.slice(0, bytes), 'utf8');
  if (buffer.length <= bytes) return text.slice(0, bytes);
  let end = bytes;
  while (end > 0 && isContinuation(buffer[end])) end -= 1;
  return buffer.toString('utf8', 0, end);
}

function tailWithin(text: string, bytes: number): string {
  if (bytes <= 0) return '';
  const buffer = Buffer.from(text.slice(-bytes), 'utf8');
  if (buffer.length <= bytes) return text.slice(-bytes);
  let start = buffer.length - bytes;
  while (start < buffer.length && isContinuation(buffer[start])) start += 1;
  return buffer.toString('utf8', start);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** The second cut, when an output is recorded: the model's policy plus a fifth. */
export function fitOutput(output: FunctionCallOutput, policy: TruncationPolicy): FunctionCallOutput {
  const roomy = { mode: policy.mode, limit: Math.floor(policy.limit * 1.2) };
  if (typeof output === 'string') return truncateMiddle(output, roomy);
  const kept: FunctionCallOutputContentItem[] = [];
  let left = budgetBytes(roomy);
  let omitted = 0;
  for (const part of output) {
    if (part.type !== 'input_text') {
      kept.push(part);
      continue;
    }
    const bytes = Buffer.byteLength(part.text);
    if (left <= 0) omitted += 1;
    else if (bytes <= left) kept.push(part);
    else {
      const limit = roomy.mode === 'tokens' ? Math.floor(left / BYTES_PER_TOKEN) : left;
      kept.push({ type: 'input_text', text: truncateMiddle(part.text, { mode: roomy.mode, limit }) });
    }
    left -= bytes;
  }
  if (omitted) kept.push({ type: 'input_text', text: `[omitted ${omitted} text items ...]` });
  return kept;
}

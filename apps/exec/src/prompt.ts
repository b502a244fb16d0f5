import type { Readable } from 'node:stream';
import { abortReason, isAbort, toMessage } from '@codex/base';
import { Refused } from './io.ts';

/** More than any input that a turn takes, in whatever encoding. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The prompt from stdin, to its end and kept verbatim. A byte order mark decides the encoding and is dropped. Throws
 * Refused for other encodings, for a blank or an endless prompt and when stdin cannot be read, and the abort reason.
 */
export async function readPrompt(stdin: Readable & { isTTY?: boolean }, signal: AbortSignal): Promise<string> {
  if (stdin.isTTY) throw new Refused('No prompt: give one as an argument, or pipe it into stdin.');
  const text = decodeText(await readAll(stdin, signal));
  if (text.trim() === '') throw new Refused('No prompt provided via stdin.');
  return text;
}

async function readAll(stdin: Readable, signal: AbortSignal): Promise<Buffer> {
  const stop = () => stdin.destroy(abortReason(signal));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stdin as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BYTES) throw new Refused(`The prompt on stdin is too long: more than ${MAX_BYTES} bytes.`);
    }
  } catch (error) {
    if (error instanceof Refused || isAbort(error)) throw error;
    throw new Refused(`Failed to read prompt from stdin: ${toMessage(error)}`, undefined, { cause: error });
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return Buffer.concat(chunks);
}

const MARKS: readonly { encoding: string; bytes: readonly number[] }[] = [
  { encoding: 'utf-32le', bytes: [0xff, 0xfe, 0, 0] },
  { encoding: 'utf-32be', bytes: [0, 0, 0xfe, 0xff] },
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];

/** UTF-8, or UTF-16 with a byte order mark. Throws Refused for anything else. */
export function decodeText(bytes: Uint8Array): string {
  const mark = MARKS.find((candidate) => candidate.bytes.every((byte, index) => bytes[index] === byte));
  const encoding = mark?.encoding ?? 'utf-8';
  const refuse = (why: string, cause?: unknown) =>
    new Refused(`Failed to read prompt from stdin: ${why}. Convert it to UTF-8 and retry.`, undefined, { cause });
  if (encoding.startsWith('utf-32')) throw refuse(`input appears to be ${encoding.toUpperCase()}`);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    if (mark && encoding !== 'utf-8') {
      throw refuse(`input looked like ${encoding.toUpperCase()} but could not be decoded`, cause);
    }
    throw refuse(`input is not valid UTF-8 (invalid byte at offset ${invalidAt(bytes)})`, cause);
  }
}

/** Where the longest prefix that could still become valid ends. */
function invalidAt(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isPrefix(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function isPrefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

import { StringDecoder } from 'node:string_decoder';
import type { OpenItem } from '@codex/timeline';

const MAX_CHARS = 8192;
const MAX_DELTAS = 10_000;

/** Streams a command's output as deltas of its item; what comes before the item is opened waits (core specification §18.1). */
export interface OutputStream {
  push(stream: 'stdout' | 'stderr', chunk: Uint8Array): void;
  open(item: OpenItem): void;
}

export function createOutputStream(): OutputStream {
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  let item: OpenItem | null = null;
  let early = '';
  let deltas = 0;
  const emit = (text: string) => {
    for (let at = 0; item && at < text.length && deltas < MAX_DELTAS; at += MAX_CHARS) {
      deltas += 1;
      item.delta({ kind: 'commandOutput', text: text.slice(at, at + MAX_CHARS) });
    }
  };
  return {
    push(stream, chunk) {
      if (deltas >= MAX_DELTAS) return;
      const text = decoders[stream].write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      if (!text) return;
      if (item) emit(text);
      else if (early.length < MAX_CHARS * 8) early += text;
    },
    open(opened) {
      item = opened;
      emit(early);
      early = '';
    },
  };
}

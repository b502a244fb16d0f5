import type { Readable, Writable } from 'node:stream';
import { type Line, type Logger, lineSplitter, parseJson, toMessage } from '@codex/base';
import { type ServerChannel, UndecodableMessage } from '@codex/server';
import { createLevel } from './level.ts';

export interface StdioChannel extends ServerChannel {
  /** Reads no further; what was read is still served. */
  endInput(): void;
  /** Resolves when everything that was sent has been passed on, or cannot be. */
  flushed(): Promise<void>;
}

const MAX_LINE_BYTES = 64 * 1024 * 1024;

/**
 * One JSON message per line both ways. A line above 64 MiB is not held: it is logged and gets no answer, since its id
 * is not known. What is sent within one turn of the event loop goes out in one write.
 */
export function stdioChannel(deps: {
  input: Readable;
  output: Writable;
  log: Logger;
  maxLineBytes?: number;
}): StdioChannel {
  const { input, output, log, maxLineBytes = MAX_LINE_BYTES } = deps;
  let batch: string[] = [];
  let batchLength = 0;
  let scheduled: NodeJS.Immediate | undefined;
  let closed = false;
  let gone = false;

  const buffered = () => (gone ? 0 : batchLength + output.writableLength);

  const level = createLevel(buffered);

  const flush = () => {
    if (scheduled) clearImmediate(scheduled);
    scheduled = undefined;
    if (batch.length === 0) return;
    const text = `${batch.join('\n')}\n`;
    batch = [];
    batchLength = 0;
    if (!gone) output.write(text, level.fell);
  };

  const fail = (error: Error) => {
    if (gone) return;
    gone = true;
    log.warn({ error: error.message }, 'the reader of stdout has gone');
    batch = [];
    batchLength = 0;
    level.fell();
    input.destroy();
  };
  output.on('error', fail);
  output.on('close', () => fail(new Error('stdout was closed')));

  const sendText = (text: string) => {
    if (closed || gone) return;
    batch.push(text);
    batchLength += text.length + 1;
    scheduled ??= setImmediate(flush);
  };

  const decode = (line: Line): unknown => {
    if (!('text' in line))
      return new UndecodableMessage(`a line of ${line.tooLong} bytes, ${maxLineBytes} are allowed`);
    const parsed = parseJson(line.text);
    return parsed.ok ? parsed.value : new UndecodableMessage(parsed.error);
  };

  async function* messages(): AsyncGenerator<unknown> {
    const lines = lineSplitter(maxLineBytes);
    try {
      for await (const chunk of input as AsyncIterable<Uint8Array>) {
        for (const line of lines.push(chunk)) yield decode(line);
      }
      for (const line of lines.end()) yield decode(line);
    } catch (error) {
      if (!input.destroyed) log.error({ error: toMessage(error) }, 'reading stdin failed');
    }
  }

  return {
    messages: messages(),
    send: (message) => sendText(JSON.stringify(message)),
    sendText,
    sendParts(parts) {
      if (closed || gone) return;
      flush();
      for (const part of parts) output.write(part, level.fell);
      output.write('\n', level.fell);
    },
    get bufferedBytes() {
      return buffered();
    },
    drained: () => level.atMost(Math.floor(buffered() / 2)),
    close() {
      if (closed) return;
      closed = true;
      flush();
      input.destroy();
    },
    endInput: () => input.destroy(),
    async flushed() {
      flush();
      await level.atMost(0);
    },
  };
}

import type { IncomingMessage } from 'node:http';
import { abortReason, type Clock } from '@codex/base';
import { createSseDecoder } from './sse.ts';

/** Why reading stopped: the caller had enough, the server closed, the connection broke, or nothing came for too long. */
export type ReadEnd = { kind: 'enough' } | { kind: 'closed' } | { kind: 'broken'; reason: string } | { kind: 'idle' };

export interface ReadOptions {
  /** Gets the data of each event; true means no more is wanted. What it throws rejects the read. */
  onData: (data: string) => boolean;
  onTooLong: (bytes: number) => void;
  idleMs: number;
  maxEventBytes: number;
  clock: Clock;
  signal: AbortSignal;
}

const LINGER_MS = 1000;
const CUT_OFF = 'connection closed by the server';

/**
 * Reads server-sent events until the end. Rejects with the abort reason. The idle time is kept by one timer that looks
 * at the time of the last event when it fires, so an event costs no timer.
 */
export function readEvents(body: IncomingMessage, options: ReadOptions): Promise<ReadEnd> {
  const { clock, signal, idleMs } = options;
  return new Promise((resolve, reject) => {
    let lastEventAt = clock.now();
    let sawEvent = false;
    let stopTimer = (): void => {};
    let isOver = false;

    const finish = (settle: () => void, keepConnection = false): void => {
      if (isOver) return;
      isOver = true;
      stopTimer();
      signal.removeEventListener('abort', onAbort);
      body.off('data', onChunk).off('end', onEnd).off('error', onError).off('close', onClose);
      if (keepConnection) letRunOut(body, clock);
      else body.destroy();
      settle();
    };
    const decoder = createSseDecoder({
      onData: (data) => {
        sawEvent = true;
        if (!isOver && options.onData(data)) finish(() => resolve({ kind: 'enough' }), true);
      },
      onTooLong: options.onTooLong,
      maxBytes: options.maxEventBytes,
    });
    const onChunk = (chunk: Buffer): void => {
      try {
        decoder.push(chunk);
        if (sawEvent) lastEventAt = clock.now();
        sawEvent = false;
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const onEnd = (): void => {
      try {
        decoder.end();
        finish(() => resolve({ kind: 'closed' }));
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const onError = (error: Error): void =>
      finish(() => resolve({ kind: 'broken', reason: error.message === 'aborted' ? CUT_OFF : error.message }));
    const onClose = (): void => finish(() => resolve({ kind: 'broken', reason: CUT_OFF }));
    const onAbort = (): void => finish(() => reject(abortReason(signal)));
    const watch = (ms: number): void => {
      stopTimer = clock.timer(ms, () => {
        const left = lastEventAt + idleMs - clock.now();
        if (left > 0) watch(left);
        else finish(() => resolve({ kind: 'idle' }));
      });
    };

    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    body.on('data', onChunk).on('end', onEnd).on('error', onError).on('close', onClose);
    watch(idleMs);
  });
}

/** Lets the rest of a finished answer pass, so that its connection can be used again, but not for long. */
function letRunOut(body: IncomingMessage, clock: Clock): void {
  const stop = clock.timer(LINGER_MS, () => body.destroy());
  body.once('close', stop);
  body.resume();
}

/** The whole body as text, at most `maxBytes` of it. Never rejects, except with the abort reason. */
export function readText(
  body: IncomingMessage,
  options: { maxBytes: number; idleMs: number; clock: Clock; signal: AbortSignal },
): Promise<string> {
  const { clock, signal } = options;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (settle: () => void): void => {
      stopTimer();
      signal.removeEventListener('abort', onAbort);
      body.off('data', onChunk).off('end', onDone).off('error', onDone).off('close', onDone);
      if (!body.complete) body.destroy();
      settle();
    };
    const onDone = (): void =>
      finish(() => resolve(Buffer.concat(chunks).subarray(0, options.maxBytes).toString('utf8')));
    const onChunk = (chunk: Buffer): void => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= options.maxBytes) onDone();
    };
    const onAbort = (): void => finish(() => reject(abortReason(signal)));
    const stopTimer = clock.timer(options.idleMs, onDone);
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    body.on('data', onChunk).on('end', onDone).on('error', onDone).on('close', onDone);
  });
}

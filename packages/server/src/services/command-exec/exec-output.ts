import type { ServerNotification } from '@codex/protocol';
import type { HeadTail, OnOutput, OutputStream } from '@codex/sandbox';
import type { ExecOrder } from './exec-order.ts';

/** Who asked for the command and gets its output. */
export interface ExecPeer {
  readonly id: number;
  /** False once its input has ended. */
  readonly listening: boolean;
  notify(notification: ServerNotification): void;
  /** Undefined when nothing waits to be sent there, else a promise of that. */
  backlog(): Promise<void> | undefined;
}

/** The two streams of a command: sent on, or kept for the result, up to the cap of each. */
export interface ExecOutput {
  receive: OnOutput;
  /** What was kept; empty for streamed output. */
  texts(): Record<OutputStream, string>;
}

/** An output nobody bounded must still fit into one JSON text, where one byte may need six characters. */
const MAX_KEPT = 128 * 1024 * 1024;
const MAX_WRITTEN = 250 * 1024 * 1024;
const WORST_ESCAPE = 6;

export function createExecOutput(
  order: ExecOrder,
  deps: { peer: ExecPeer; headTail: (maxBytes: number, headBytes: number) => HeadTail },
): ExecOutput {
  const { processId, outputCap } = order;
  if (!order.stream || processId === null) {
    const most = Math.min(outputCap, MAX_KEPT);
    const kept = { stdout: deps.headTail(most, most), stderr: deps.headTail(most, most) };
    return {
      receive: (stream, chunk) => kept[stream].push(chunk),
      texts: () => ({ stdout: writable(kept.stdout.text()), stderr: writable(kept.stderr.text()) }),
    };
  }
  const room = { stdout: outputCap, stderr: outputCap };
  const full = new Set<OutputStream>();
  return {
    receive(stream, chunk) {
      if (full.has(stream)) return undefined;
      const sent = chunk.subarray(0, room[stream]);
      room[stream] -= sent.byteLength;
      const capReached = room[stream] === 0;
      if (capReached) full.add(stream);
      const deltaBase64 = Buffer.from(sent.buffer, sent.byteOffset, sent.byteLength).toString('base64');
      deps.peer.notify({ method: 'command/exec/outputDelta', params: { processId, stream, deltaBase64, capReached } });
      // A client that reads slowly slows the command down.
      return deps.peer.backlog();
    },
    texts: () => ({ stdout: '', stderr: '' }),
  };
}

/** As much of the text as can be part of a message, whatever is in it. */
function writable(text: string): string {
  const safe = Math.floor(MAX_WRITTEN / WORST_ESCAPE);
  if (text.length <= safe) return text;
  try {
    if (JSON.stringify(text).length <= MAX_WRITTEN) return text;
  } catch {
    // Longer than any string can be.
  }
  return text.slice(0, safe);
}

import { CodexError } from '@codex/base';
import type { ParamsOf } from '@codex/protocol';

type ExecParams = ParamsOf<'command/exec'>;
type TerminalSize = ParamsOf<'command/exec/resize'>['size'];

/** What `command/exec` asks for, free of contradictions and with every default filled in. */
export interface ExecOrder {
  command: readonly string[];
  /** The client's name for the process. */
  processId: string | null;
  tty: boolean;
  size: TerminalSize | undefined;
  stdin: boolean;
  /** Output goes out as it comes instead of with the result. */
  stream: boolean;
  /** Bytes per stream; Infinity without a cap. */
  outputCap: number;
  /** Null without a limit. */
  timeoutMs: number | null;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_OUTPUT_CAP = 1024 * 1024;

/** Throws the refusals of §9.9, in the order clients know them. */
export function readExecOrder(params: ExecParams): ExecOrder {
  const { command, size, outputBytesCap, timeoutMs } = params;
  const processId = params.processId ?? null;
  const tty = params.tty ?? false;
  const stdin = tty || (params.streamStdin ?? false);
  const stream = tty || (params.streamStdoutStderr ?? false);
  const isGiven = (value: unknown) => value !== null && value !== undefined;

  if (!command[0]) throw new CodexError('invalidRequest', 'command must not be empty');
  if (isGiven(size) && !tty) throw badParams('command/exec size requires tty: true');
  if (params.disableOutputCap && isGiven(outputBytesCap)) {
    throw badParams('command/exec cannot set both outputBytesCap and disableOutputCap');
  }
  if (params.disableTimeout && isGiven(timeoutMs)) {
    throw badParams('command/exec cannot set both timeoutMs and disableTimeout');
  }
  if (isGiven(timeoutMs) && Number(timeoutMs) < 0) {
    throw badParams(`command/exec timeoutMs must be non-negative, got ${timeoutMs}`);
  }
  if (size) checkSize(size);
  if ((stdin || stream) && processId === null) {
    const message = 'command/exec tty or streaming requires a client-supplied processId';
    throw new CodexError('invalidRequest', message);
  }
  return {
    command,
    processId,
    tty,
    size: size ?? undefined,
    stdin,
    stream,
    outputCap: params.disableOutputCap ? Number.POSITIVE_INFINITY : (outputBytesCap ?? DEFAULT_OUTPUT_CAP),
    timeoutMs: params.disableTimeout ? null : (timeoutMs ?? DEFAULT_TIMEOUT_MS),
  };
}

export function checkSize({ rows, cols }: TerminalSize): void {
  if (rows < 1 || cols < 1) throw badParams('command/exec size rows and cols must be greater than 0');
}

export function badParams(message: string): CodexError {
  return new CodexError('invalidParams', message);
}

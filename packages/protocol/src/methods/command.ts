import { z } from 'zod';
import { method } from '../define.ts';
import { SandboxPolicy } from '../entities/policy.ts';
import { lazy } from '../lazy.ts';
import { i32, i64, u16, u64 } from '../scalar.ts';

export const CommandExecTerminalSize = lazy(() => z.object({ cols: u16(), rows: u16() }));
export type CommandExecTerminalSize = z.infer<ReturnType<typeof CommandExecTerminalSize>>;

export const CommandExecParams = lazy(() =>
  z.object({
    command: z.array(z.string()),
    cwd: z.string().nullish(),
    disableOutputCap: z.boolean().optional(),
    disableTimeout: z.boolean().optional(),
    env: z.record(z.string(), z.string().nullable()).nullish(),
    outputBytesCap: u64().nullish(),
    processId: z.string().nullish(),
    sandboxPolicy: SandboxPolicy().nullish(),
    size: CommandExecTerminalSize().nullish(),
    streamStdin: z.boolean().optional(),
    streamStdoutStderr: z.boolean().optional(),
    timeoutMs: i64().nullish(),
    tty: z.boolean().optional(),
  }),
);
export type CommandExecParams = z.infer<ReturnType<typeof CommandExecParams>>;

export const CommandExecResizeParams = lazy(() => z.object({ processId: z.string(), size: CommandExecTerminalSize() }));
export type CommandExecResizeParams = z.infer<ReturnType<typeof CommandExecResizeParams>>;

export const CommandExecResizeResponse = lazy(() => z.object({}));
export type CommandExecResizeResponse = z.infer<ReturnType<typeof CommandExecResizeResponse>>;

export const CommandExecResponse = lazy(() => z.object({ exitCode: i32(), stderr: z.string(), stdout: z.string() }));
export type CommandExecResponse = z.infer<ReturnType<typeof CommandExecResponse>>;

export const CommandExecTerminateParams = lazy(() => z.object({ processId: z.string() }));
export type CommandExecTerminateParams = z.infer<ReturnType<typeof CommandExecTerminateParams>>;

export const CommandExecTerminateResponse = lazy(() => z.object({}));
export type CommandExecTerminateResponse = z.infer<ReturnType<typeof CommandExecTerminateResponse>>;

export const CommandExecWriteParams = lazy(() =>
  z.object({ closeStdin: z.boolean().optional(), deltaBase64: z.string().nullish(), processId: z.string() }),
);
export type CommandExecWriteParams = z.infer<ReturnType<typeof CommandExecWriteParams>>;

export const CommandExecWriteResponse = lazy(() => z.object({}));
export type CommandExecWriteResponse = z.infer<ReturnType<typeof CommandExecWriteResponse>>;

export const commandMethods = {
  'command/exec': method({
    doc: 'Runs a command for the client.',
    params: CommandExecParams,
    result: CommandExecResponse,
  }),
  'command/exec/write': method({
    doc: 'Writes to the standard input of a running command.',
    params: CommandExecWriteParams,
    result: CommandExecWriteResponse,
  }),
  'command/exec/terminate': method({
    doc: 'Ends a running command.',
    params: CommandExecTerminateParams,
    result: CommandExecTerminateResponse,
  }),
  'command/exec/resize': method({
    doc: 'Changes the terminal size of a running command.',
    params: CommandExecResizeParams,
    result: CommandExecResizeResponse,
  }),
};

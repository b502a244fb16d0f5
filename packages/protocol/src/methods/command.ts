import { z } from 'zod';
import { method } from '../define.ts';
import { SandboxPolicy } from '../entities/policy.ts';
import { named } from '../lazy.ts';
import { i32, i64, PathText, u16, usize } from '../scalar.ts';

export const CommandExecTerminalSize = named('CommandExecTerminalSize', () => z.object({ rows: u16(), cols: u16() }));
export type CommandExecTerminalSize = z.infer<ReturnType<typeof CommandExecTerminalSize>>;

export const CommandExecParams = named('CommandExecParams', () =>
  z.object({
    command: z.array(z.string()),
    processId: z.string().nullish(),
    tty: z.boolean().optional(),
    streamStdin: z.boolean().optional(),
    streamStdoutStderr: z.boolean().optional(),
    outputBytesCap: usize().nullish(),
    disableOutputCap: z.boolean().optional(),
    disableTimeout: z.boolean().optional(),
    timeoutMs: i64().nullish(),
    cwd: PathText().nullish(),
    env: z.record(z.string(), z.string().nullable()).nullish(),
    size: CommandExecTerminalSize().nullish(),
    sandboxPolicy: SandboxPolicy().nullish(),
  }),
);
export type CommandExecParams = z.infer<ReturnType<typeof CommandExecParams>>;

export const CommandExecResizeParams = named('CommandExecResizeParams', () =>
  z.object({ processId: z.string(), size: CommandExecTerminalSize() }),
);
export type CommandExecResizeParams = z.infer<ReturnType<typeof CommandExecResizeParams>>;

export const CommandExecResizeResponse = named('CommandExecResizeResponse', () => z.object({}));
export type CommandExecResizeResponse = z.infer<ReturnType<typeof CommandExecResizeResponse>>;

export const CommandExecResponse = named('CommandExecResponse', () =>
  z.object({ exitCode: i32(), stdout: z.string(), stderr: z.string() }),
);
export type CommandExecResponse = z.infer<ReturnType<typeof CommandExecResponse>>;

export const CommandExecTerminateParams = named('CommandExecTerminateParams', () =>
  z.object({ processId: z.string() }),
);
export type CommandExecTerminateParams = z.infer<ReturnType<typeof CommandExecTerminateParams>>;

export const CommandExecTerminateResponse = named('CommandExecTerminateResponse', () => z.object({}));
export type CommandExecTerminateResponse = z.infer<ReturnType<typeof CommandExecTerminateResponse>>;

export const CommandExecWriteParams = named('CommandExecWriteParams', () =>
  z.object({ processId: z.string(), deltaBase64: z.string().nullish(), closeStdin: z.boolean().optional() }),
);
export type CommandExecWriteParams = z.infer<ReturnType<typeof CommandExecWriteParams>>;

export const CommandExecWriteResponse = named('CommandExecWriteResponse', () => z.object({}));
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

import { z } from 'zod';
import { method } from '../define.ts';
import { WindowsSandboxSetupMode } from '../entities/windows.ts';
import { named } from '../lazy.ts';
import { AbsolutePath } from '../scalar.ts';

export const WindowsSandboxSetupStartParams = named('WindowsSandboxSetupStartParams', () =>
  z.object({ mode: WindowsSandboxSetupMode(), cwd: AbsolutePath().nullish() }),
);
export type WindowsSandboxSetupStartParams = z.infer<ReturnType<typeof WindowsSandboxSetupStartParams>>;

export const WindowsSandboxSetupStartResponse = named('WindowsSandboxSetupStartResponse', () =>
  z.object({ started: z.boolean() }),
);
export type WindowsSandboxSetupStartResponse = z.infer<ReturnType<typeof WindowsSandboxSetupStartResponse>>;

export const windowsMethods = {
  'windowsSandbox/setupStart': method({
    doc: 'Starts the set-up of the Windows sandbox.',
    params: WindowsSandboxSetupStartParams,
    result: WindowsSandboxSetupStartResponse,
  }),
};

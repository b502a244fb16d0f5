import { z } from 'zod';
import { method } from '../define.ts';
import { WindowsSandboxSetupMode } from '../entities/windows.ts';
import { lazy } from '../lazy.ts';
import { AbsolutePath } from '../scalar.ts';

export const WindowsSandboxSetupStartParams = lazy(() =>
  z.object({ cwd: AbsolutePath().nullish(), mode: WindowsSandboxSetupMode() }),
);
export type WindowsSandboxSetupStartParams = z.infer<ReturnType<typeof WindowsSandboxSetupStartParams>>;

export const WindowsSandboxSetupStartResponse = lazy(() => z.object({ started: z.boolean() }));
export type WindowsSandboxSetupStartResponse = z.infer<ReturnType<typeof WindowsSandboxSetupStartResponse>>;

export const windowsMethods = {
  'windowsSandbox/setupStart': method({
    doc: 'Starts the set-up of the Windows sandbox.',
    params: WindowsSandboxSetupStartParams,
    result: WindowsSandboxSetupStartResponse,
  }),
};

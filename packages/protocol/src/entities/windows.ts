import { z } from 'zod';
import { lazy } from '../lazy.ts';

export const WindowsSandboxSetupMode = lazy(() => z.enum(['elevated', 'unelevated']));
export type WindowsSandboxSetupMode = z.infer<ReturnType<typeof WindowsSandboxSetupMode>>;

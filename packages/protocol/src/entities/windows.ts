import { z } from 'zod';
import { named } from '../lazy.ts';

export const WindowsSandboxSetupMode = named('WindowsSandboxSetupMode', () => z.enum(['elevated', 'unelevated']));
export type WindowsSandboxSetupMode = z.infer<ReturnType<typeof WindowsSandboxSetupMode>>;

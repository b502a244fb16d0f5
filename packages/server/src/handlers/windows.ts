import type { NotificationParams } from '@codex/protocol';
import type { Handlers } from '../context.ts';

type Mode = NotificationParams<'windowsSandbox/setupCompleted'>['mode'];

const NAMES: Readonly<Record<Mode, string>> = { elevated: 'elevated', unelevated: 'legacy' };

export const windowsHandlers = {
  /** There is no such sandbox here; whoever asks for one learns it the way it learns of any failure (§9.13). */
  'windowsSandbox/setupStart'({ mode }, ctx) {
    const error = `${NAMES[mode]} Windows sandbox setup is only supported on Windows`;
    ctx.afterReply(() =>
      ctx.connection.notify({ method: 'windowsSandbox/setupCompleted', params: { mode, success: false, error } }),
    );
    return { started: true };
  },
} satisfies Partial<Handlers>;

import { z } from 'zod';
import { notification } from '../define.ts';
import { ThreadRealtimeAudioChunk } from '../entities/realtime.ts';
import { lazy } from '../lazy.ts';

export const ThreadRealtimeClosedNotification = lazy(() =>
  z.object({ reason: z.string().nullable(), threadId: z.string() }),
);
export type ThreadRealtimeClosedNotification = z.infer<ReturnType<typeof ThreadRealtimeClosedNotification>>;

export const ThreadRealtimeErrorNotification = lazy(() => z.object({ message: z.string(), threadId: z.string() }));
export type ThreadRealtimeErrorNotification = z.infer<ReturnType<typeof ThreadRealtimeErrorNotification>>;

export const ThreadRealtimeItemAddedNotification = lazy(() => z.object({ item: z.unknown(), threadId: z.string() }));
export type ThreadRealtimeItemAddedNotification = z.infer<ReturnType<typeof ThreadRealtimeItemAddedNotification>>;

export const ThreadRealtimeOutputAudioDeltaNotification = lazy(() =>
  z.object({ audio: ThreadRealtimeAudioChunk(), threadId: z.string() }),
);
export type ThreadRealtimeOutputAudioDeltaNotification = z.infer<
  ReturnType<typeof ThreadRealtimeOutputAudioDeltaNotification>
>;

export const ThreadRealtimeStartedNotification = lazy(() =>
  z.object({ sessionId: z.string().nullable(), threadId: z.string() }),
);
export type ThreadRealtimeStartedNotification = z.infer<ReturnType<typeof ThreadRealtimeStartedNotification>>;

export const realtimeNotifications = {
  'thread/realtime/started': notification({
    doc: 'A voice conversation has begun.',
    params: ThreadRealtimeStartedNotification,
  }),
  'thread/realtime/itemAdded': notification({
    doc: 'The voice conversation has a new item.',
    params: ThreadRealtimeItemAddedNotification,
  }),
  'thread/realtime/outputAudio/delta': notification({
    doc: 'More audio of the voice conversation.',
    params: ThreadRealtimeOutputAudioDeltaNotification,
  }),
  'thread/realtime/error': notification({
    doc: 'The voice conversation met an error.',
    params: ThreadRealtimeErrorNotification,
  }),
  'thread/realtime/closed': notification({
    doc: 'The voice conversation has ended.',
    params: ThreadRealtimeClosedNotification,
  }),
};

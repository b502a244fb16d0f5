import { z } from 'zod';
import { notification } from '../define.ts';
import { ThreadRealtimeAudioChunk } from '../entities/realtime.ts';
import { named } from '../lazy.ts';

export const ThreadRealtimeClosedNotification = named('ThreadRealtimeClosedNotification', () =>
  z.object({ threadId: z.string(), reason: z.string().nullable() }),
);
export type ThreadRealtimeClosedNotification = z.infer<ReturnType<typeof ThreadRealtimeClosedNotification>>;

export const ThreadRealtimeErrorNotification = named('ThreadRealtimeErrorNotification', () =>
  z.object({ threadId: z.string(), message: z.string() }),
);
export type ThreadRealtimeErrorNotification = z.infer<ReturnType<typeof ThreadRealtimeErrorNotification>>;

export const ThreadRealtimeItemAddedNotification = named('ThreadRealtimeItemAddedNotification', () =>
  z.object({ threadId: z.string(), item: z.unknown() }),
);
export type ThreadRealtimeItemAddedNotification = z.infer<ReturnType<typeof ThreadRealtimeItemAddedNotification>>;

export const ThreadRealtimeOutputAudioDeltaNotification = named('ThreadRealtimeOutputAudioDeltaNotification', () =>
  z.object({ threadId: z.string(), audio: ThreadRealtimeAudioChunk() }),
);
export type ThreadRealtimeOutputAudioDeltaNotification = z.infer<
  ReturnType<typeof ThreadRealtimeOutputAudioDeltaNotification>
>;

export const ThreadRealtimeStartedNotification = named('ThreadRealtimeStartedNotification', () =>
  z.object({ threadId: z.string(), sessionId: z.string().nullable() }),
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

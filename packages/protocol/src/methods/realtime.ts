import { z } from 'zod';
import { method } from '../define.ts';
import { ThreadRealtimeAudioChunk } from '../entities/realtime.ts';
import { lazy } from '../lazy.ts';

export const ThreadRealtimeAppendAudioParams = lazy(() =>
  z.object({ audio: ThreadRealtimeAudioChunk(), threadId: z.string() }),
);
export type ThreadRealtimeAppendAudioParams = z.infer<ReturnType<typeof ThreadRealtimeAppendAudioParams>>;

export const ThreadRealtimeAppendAudioResponse = lazy(() => z.object({}));
export type ThreadRealtimeAppendAudioResponse = z.infer<ReturnType<typeof ThreadRealtimeAppendAudioResponse>>;

export const ThreadRealtimeAppendTextParams = lazy(() => z.object({ text: z.string(), threadId: z.string() }));
export type ThreadRealtimeAppendTextParams = z.infer<ReturnType<typeof ThreadRealtimeAppendTextParams>>;

export const ThreadRealtimeAppendTextResponse = lazy(() => z.object({}));
export type ThreadRealtimeAppendTextResponse = z.infer<ReturnType<typeof ThreadRealtimeAppendTextResponse>>;

export const ThreadRealtimeStartParams = lazy(() =>
  z.object({ prompt: z.string(), sessionId: z.string().nullish(), threadId: z.string() }),
);
export type ThreadRealtimeStartParams = z.infer<ReturnType<typeof ThreadRealtimeStartParams>>;

export const ThreadRealtimeStartResponse = lazy(() => z.object({}));
export type ThreadRealtimeStartResponse = z.infer<ReturnType<typeof ThreadRealtimeStartResponse>>;

export const ThreadRealtimeStopParams = lazy(() => z.object({ threadId: z.string() }));
export type ThreadRealtimeStopParams = z.infer<ReturnType<typeof ThreadRealtimeStopParams>>;

export const ThreadRealtimeStopResponse = lazy(() => z.object({}));
export type ThreadRealtimeStopResponse = z.infer<ReturnType<typeof ThreadRealtimeStopResponse>>;

export const realtimeMethods = {
  'thread/realtime/start': method({
    doc: 'Starts a voice conversation on a thread.',
    params: ThreadRealtimeStartParams,
    result: ThreadRealtimeStartResponse,
    experimental: true,
  }),
  'thread/realtime/appendAudio': method({
    doc: 'Adds audio to the voice conversation.',
    params: ThreadRealtimeAppendAudioParams,
    result: ThreadRealtimeAppendAudioResponse,
    experimental: true,
  }),
  'thread/realtime/appendText': method({
    doc: 'Adds text to the voice conversation.',
    params: ThreadRealtimeAppendTextParams,
    result: ThreadRealtimeAppendTextResponse,
    experimental: true,
  }),
  'thread/realtime/stop': method({
    doc: 'Ends the voice conversation.',
    params: ThreadRealtimeStopParams,
    result: ThreadRealtimeStopResponse,
    experimental: true,
  }),
};

import { z } from 'zod';
import { method } from '../define.ts';
import { ThreadRealtimeAudioChunk } from '../entities/realtime.ts';
import { named } from '../lazy.ts';

export const ThreadRealtimeAppendAudioParams = named('ThreadRealtimeAppendAudioParams', () =>
  z.object({ threadId: z.string(), audio: ThreadRealtimeAudioChunk() }),
);
export type ThreadRealtimeAppendAudioParams = z.infer<ReturnType<typeof ThreadRealtimeAppendAudioParams>>;

export const ThreadRealtimeAppendAudioResponse = named('ThreadRealtimeAppendAudioResponse', () => z.object({}));
export type ThreadRealtimeAppendAudioResponse = z.infer<ReturnType<typeof ThreadRealtimeAppendAudioResponse>>;

export const ThreadRealtimeAppendTextParams = named('ThreadRealtimeAppendTextParams', () =>
  z.object({ threadId: z.string(), text: z.string() }),
);
export type ThreadRealtimeAppendTextParams = z.infer<ReturnType<typeof ThreadRealtimeAppendTextParams>>;

export const ThreadRealtimeAppendTextResponse = named('ThreadRealtimeAppendTextResponse', () => z.object({}));
export type ThreadRealtimeAppendTextResponse = z.infer<ReturnType<typeof ThreadRealtimeAppendTextResponse>>;

export const ThreadRealtimeStartParams = named('ThreadRealtimeStartParams', () =>
  z.object({ threadId: z.string(), prompt: z.string(), sessionId: z.string().nullish() }),
);
export type ThreadRealtimeStartParams = z.infer<ReturnType<typeof ThreadRealtimeStartParams>>;

export const ThreadRealtimeStartResponse = named('ThreadRealtimeStartResponse', () => z.object({}));
export type ThreadRealtimeStartResponse = z.infer<ReturnType<typeof ThreadRealtimeStartResponse>>;

export const ThreadRealtimeStopParams = named('ThreadRealtimeStopParams', () => z.object({ threadId: z.string() }));
export type ThreadRealtimeStopParams = z.infer<ReturnType<typeof ThreadRealtimeStopParams>>;

export const ThreadRealtimeStopResponse = named('ThreadRealtimeStopResponse', () => z.object({}));
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

import { z } from 'zod';
import { lazy } from '../lazy.ts';
import { u16, u32 } from '../scalar.ts';

export const ThreadRealtimeAudioChunk = lazy(() =>
  z.object({ data: z.string(), numChannels: u16(), sampleRate: u32(), samplesPerChannel: u32().nullish() }),
);
export type ThreadRealtimeAudioChunk = z.infer<ReturnType<typeof ThreadRealtimeAudioChunk>>;

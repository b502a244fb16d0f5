import { z } from 'zod';
import { named } from '../lazy.ts';
import { u16, u32 } from '../scalar.ts';

export const ThreadRealtimeAudioChunk = named('ThreadRealtimeAudioChunk', () =>
  z.object({ data: z.string(), sampleRate: u32(), numChannels: u16(), samplesPerChannel: u32().nullish() }),
);
export type ThreadRealtimeAudioChunk = z.infer<ReturnType<typeof ThreadRealtimeAudioChunk>>;

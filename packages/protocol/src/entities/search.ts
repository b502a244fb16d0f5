import { z } from 'zod';
import { named } from '../lazy.ts';
import { u32 } from '../scalar.ts';

export const FuzzyFileSearchResult = named('FuzzyFileSearchResult', () =>
  z.object({
    root: z.string(),
    path: z.string(),
    file_name: z.string(),
    score: u32(),
    indices: z.array(u32()).nullable(),
  }),
);
export type FuzzyFileSearchResult = z.infer<ReturnType<typeof FuzzyFileSearchResult>>;

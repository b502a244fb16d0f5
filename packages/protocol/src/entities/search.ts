import { z } from 'zod';
import { lazy } from '../lazy.ts';
import { u32 } from '../scalar.ts';

export const FuzzyFileSearchResult = lazy(() =>
  z.object({
    file_name: z.string(),
    indices: z.array(u32()).nullable(),
    path: z.string(),
    root: z.string(),
    score: u32(),
  }),
);
export type FuzzyFileSearchResult = z.infer<ReturnType<typeof FuzzyFileSearchResult>>;

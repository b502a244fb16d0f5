import { z } from 'zod';
import { method } from '../define.ts';
import { FuzzyFileSearchResult } from '../entities/search.ts';
import { named } from '../lazy.ts';

export const FuzzyFileSearchParams = named('FuzzyFileSearchParams', () =>
  z.object({ query: z.string(), roots: z.array(z.string()), cancellationToken: z.string().nullish() }),
);
export type FuzzyFileSearchParams = z.infer<ReturnType<typeof FuzzyFileSearchParams>>;

export const FuzzyFileSearchResponse = named('FuzzyFileSearchResponse', () =>
  z.object({ files: z.array(FuzzyFileSearchResult()) }),
);
export type FuzzyFileSearchResponse = z.infer<ReturnType<typeof FuzzyFileSearchResponse>>;

export const FuzzyFileSearchSessionStartParams = named('FuzzyFileSearchSessionStartParams', () =>
  z.object({ sessionId: z.string(), roots: z.array(z.string()) }),
);
export type FuzzyFileSearchSessionStartParams = z.infer<ReturnType<typeof FuzzyFileSearchSessionStartParams>>;

export const FuzzyFileSearchSessionStartResponse = named('FuzzyFileSearchSessionStartResponse', () => z.object({}));
export type FuzzyFileSearchSessionStartResponse = z.infer<ReturnType<typeof FuzzyFileSearchSessionStartResponse>>;

export const FuzzyFileSearchSessionStopParams = named('FuzzyFileSearchSessionStopParams', () =>
  z.object({ sessionId: z.string() }),
);
export type FuzzyFileSearchSessionStopParams = z.infer<ReturnType<typeof FuzzyFileSearchSessionStopParams>>;

export const FuzzyFileSearchSessionStopResponse = named('FuzzyFileSearchSessionStopResponse', () => z.object({}));
export type FuzzyFileSearchSessionStopResponse = z.infer<ReturnType<typeof FuzzyFileSearchSessionStopResponse>>;

export const FuzzyFileSearchSessionUpdateParams = named('FuzzyFileSearchSessionUpdateParams', () =>
  z.object({ sessionId: z.string(), query: z.string() }),
);
export type FuzzyFileSearchSessionUpdateParams = z.infer<ReturnType<typeof FuzzyFileSearchSessionUpdateParams>>;

export const FuzzyFileSearchSessionUpdateResponse = named('FuzzyFileSearchSessionUpdateResponse', () => z.object({}));
export type FuzzyFileSearchSessionUpdateResponse = z.infer<ReturnType<typeof FuzzyFileSearchSessionUpdateResponse>>;

export const searchMethods = {
  fuzzyFileSearch: method({
    doc: 'Finds files by a part of their name.',
    params: FuzzyFileSearchParams,
    result: FuzzyFileSearchResponse,
  }),
  'fuzzyFileSearch/sessionStart': method({
    doc: 'Opens a file search that follows the typing.',
    params: FuzzyFileSearchSessionStartParams,
    result: FuzzyFileSearchSessionStartResponse,
    experimental: true,
  }),
  'fuzzyFileSearch/sessionUpdate': method({
    doc: 'Sets the query of an open file search.',
    params: FuzzyFileSearchSessionUpdateParams,
    result: FuzzyFileSearchSessionUpdateResponse,
    experimental: true,
  }),
  'fuzzyFileSearch/sessionStop': method({
    doc: 'Closes a file search.',
    params: FuzzyFileSearchSessionStopParams,
    result: FuzzyFileSearchSessionStopResponse,
    experimental: true,
  }),
};

import { z } from 'zod';
import { method } from '../define.ts';
import { FuzzyFileSearchResult } from '../entities/search.ts';
import { lazy } from '../lazy.ts';

export const FuzzyFileSearchParams = lazy(() =>
  z.object({ cancellationToken: z.string().nullish(), query: z.string(), roots: z.array(z.string()) }),
);
export type FuzzyFileSearchParams = z.infer<ReturnType<typeof FuzzyFileSearchParams>>;

export const FuzzyFileSearchResponse = lazy(() => z.object({ files: z.array(FuzzyFileSearchResult()) }));
export type FuzzyFileSearchResponse = z.infer<ReturnType<typeof FuzzyFileSearchResponse>>;

export const FuzzyFileSearchSessionStartParams = lazy(() =>
  z.object({ roots: z.array(z.string()), sessionId: z.string() }),
);
export type FuzzyFileSearchSessionStartParams = z.infer<ReturnType<typeof FuzzyFileSearchSessionStartParams>>;

export const FuzzyFileSearchSessionStartResponse = lazy(() => z.object({}));
export type FuzzyFileSearchSessionStartResponse = z.infer<ReturnType<typeof FuzzyFileSearchSessionStartResponse>>;

export const FuzzyFileSearchSessionStopParams = lazy(() => z.object({ sessionId: z.string() }));
export type FuzzyFileSearchSessionStopParams = z.infer<ReturnType<typeof FuzzyFileSearchSessionStopParams>>;

export const FuzzyFileSearchSessionStopResponse = lazy(() => z.object({}));
export type FuzzyFileSearchSessionStopResponse = z.infer<ReturnType<typeof FuzzyFileSearchSessionStopResponse>>;

export const FuzzyFileSearchSessionUpdateParams = lazy(() => z.object({ query: z.string(), sessionId: z.string() }));
export type FuzzyFileSearchSessionUpdateParams = z.infer<ReturnType<typeof FuzzyFileSearchSessionUpdateParams>>;

export const FuzzyFileSearchSessionUpdateResponse = lazy(() => z.object({}));
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

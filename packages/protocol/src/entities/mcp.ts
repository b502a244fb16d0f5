import { z } from 'zod';
import { lazy } from '../lazy.ts';
import { i64 } from '../scalar.ts';

export const McpAuthStatus = lazy(() => z.enum(['unsupported', 'notLoggedIn', 'bearerToken', 'oAuth']));
export type McpAuthStatus = z.infer<ReturnType<typeof McpAuthStatus>>;

export const ResourceTemplate = lazy(() =>
  z.object({
    annotations: z.unknown(),
    description: z.string().nullish(),
    mimeType: z.string().nullish(),
    name: z.string(),
    title: z.string().nullish(),
    uriTemplate: z.string(),
  }),
);
export type ResourceTemplate = z.infer<ReturnType<typeof ResourceTemplate>>;

export const Resource = lazy(() =>
  z.object({
    _meta: z.unknown(),
    annotations: z.unknown(),
    description: z.string().nullish(),
    icons: z.array(z.unknown()).nullish(),
    mimeType: z.string().nullish(),
    name: z.string(),
    size: i64().nullish(),
    title: z.string().nullish(),
    uri: z.string(),
  }),
);
export type Resource = z.infer<ReturnType<typeof Resource>>;

export const Tool = lazy(() =>
  z.object({
    _meta: z.unknown(),
    annotations: z.unknown(),
    description: z.string().nullish(),
    icons: z.array(z.unknown()).nullish(),
    inputSchema: z.unknown(),
    name: z.string(),
    outputSchema: z.unknown(),
    title: z.string().nullish(),
  }),
);
export type Tool = z.infer<ReturnType<typeof Tool>>;

export const McpServerStatus = lazy(() =>
  z.object({
    authStatus: McpAuthStatus(),
    name: z.string(),
    resourceTemplates: z.array(ResourceTemplate()),
    resources: z.array(Resource()),
    tools: z.record(z.string(), Tool()),
  }),
);
export type McpServerStatus = z.infer<ReturnType<typeof McpServerStatus>>;

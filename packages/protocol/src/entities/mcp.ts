import { z } from 'zod';
import { named } from '../lazy.ts';
import { i64 } from '../scalar.ts';

export const McpAuthStatus = named('McpAuthStatus', () =>
  z.enum(['unsupported', 'notLoggedIn', 'bearerToken', 'oAuth']),
);
export type McpAuthStatus = z.infer<ReturnType<typeof McpAuthStatus>>;

export const ResourceTemplate = named('ResourceTemplate', () =>
  z.object({
    annotations: z.unknown(),
    uriTemplate: z.string(),
    name: z.string(),
    title: z.string().nullish(),
    description: z.string().nullish(),
    mimeType: z.string().nullish(),
  }),
);
export type ResourceTemplate = z.infer<ReturnType<typeof ResourceTemplate>>;

export const Resource = named('Resource', () =>
  z.object({
    annotations: z.unknown(),
    description: z.string().nullish(),
    mimeType: z.string().nullish(),
    name: z.string(),
    size: i64().nullish(),
    title: z.string().nullish(),
    uri: z.string(),
    icons: z.array(z.unknown()).nullish(),
    _meta: z.unknown(),
  }),
);
export type Resource = z.infer<ReturnType<typeof Resource>>;

export const Tool = named('Tool', () =>
  z.object({
    name: z.string(),
    title: z.string().nullish(),
    description: z.string().nullish(),
    inputSchema: z.unknown(),
    outputSchema: z.unknown(),
    annotations: z.unknown(),
    icons: z.array(z.unknown()).nullish(),
    _meta: z.unknown(),
  }),
);
export type Tool = z.infer<ReturnType<typeof Tool>>;

export const McpServerStatus = named('McpServerStatus', () =>
  z.object({
    name: z.string(),
    tools: z.record(z.string(), Tool()),
    resources: z.array(Resource()),
    resourceTemplates: z.array(ResourceTemplate()),
    authStatus: McpAuthStatus(),
  }),
);
export type McpServerStatus = z.infer<ReturnType<typeof McpServerStatus>>;

import { z } from 'zod';
import { method } from '../define.ts';
import { named } from '../lazy.ts';

export const ClientInfo = named('ClientInfo', () =>
  z.object({ name: z.string(), title: z.string().nullish(), version: z.string() }),
);
export type ClientInfo = z.infer<ReturnType<typeof ClientInfo>>;

export const InitializeCapabilities = named('InitializeCapabilities', () =>
  z.object({ experimentalApi: z.boolean().default(false), optOutNotificationMethods: z.array(z.string()).nullish() }),
);
export type InitializeCapabilities = z.infer<ReturnType<typeof InitializeCapabilities>>;

export const InitializeParams = named('InitializeParams', () =>
  z.object({ clientInfo: ClientInfo(), capabilities: InitializeCapabilities().nullish() }),
);
export type InitializeParams = z.infer<ReturnType<typeof InitializeParams>>;

export const InitializeResponse = named('InitializeResponse', () =>
  z.object({ userAgent: z.string(), platformFamily: z.string(), platformOs: z.string() }),
);
export type InitializeResponse = z.infer<ReturnType<typeof InitializeResponse>>;

export const MockExperimentalMethodParams = named('MockExperimentalMethodParams', () =>
  z.object({ value: z.string().nullish() }),
);
export type MockExperimentalMethodParams = z.infer<ReturnType<typeof MockExperimentalMethodParams>>;

export const MockExperimentalMethodResponse = named('MockExperimentalMethodResponse', () =>
  z.object({ echoed: z.string().nullable() }),
);
export type MockExperimentalMethodResponse = z.infer<ReturnType<typeof MockExperimentalMethodResponse>>;

export const initializeMethods = {
  initialize: method({
    doc: 'Opens the conversation between client and server; must be the first request of a connection.',
    params: InitializeParams,
    result: InitializeResponse,
  }),
  'mock/experimentalMethod': method({
    doc: 'Echoes its value; lets clients test the experimental gate.',
    params: MockExperimentalMethodParams,
    result: MockExperimentalMethodResponse,
    experimental: true,
  }),
};

import type { Provider } from '@codex/protocol';
import { countingIds, nullLogger, systemClock } from '@codex/base';
import { type MockModel, type Step, startMockModel } from '@codex/mock-model';
import {
  createModels,
  type Credential,
  type ModelEvent,
  type ModelRequest,
  type Models,
  type ModelsDeps,
} from '../src/index.ts';

export const request: ModelRequest = {
  model: 'gpt-5.2-codex',
  instructions: 'be good',
  input: [],
  tools: [],
  parallelToolCalls: true,
  effort: null,
  summary: null,
  verbosity: null,
  serviceTier: null,
  threadId: 'thread-1',
  turnId: 'turn-1',
};

export const deps: ModelsDeps = {
  provider: {
    id: 'mock',
    name: 'mock',
    baseUrl: null,
    envKey: null,
    envKeyInstructions: null,
    bearerToken: null,
    queryParams: {},
    httpHeaders: {},
    envHttpHeaders: {},
    requestMaxRetries: 4,
    streamMaxRetries: 5,
    streamIdleTimeoutMs: 300_000,
    requiresOpenaiAuth: false,
    supportsWebsockets: false,
  },
  credentials: {
    get: async () => ({ kind: 'none' }),
    onUnauthorized: async () => ({ kind: 'gaveUp', message: null }),
  },
  userAgent: () => 'test-agent',
  originator: () => 'test',
  env: {},
  clock: systemClock,
  ids: countingIds(),
  log: nullLogger,
};

export const login = (credential: Credential): ModelsDeps['credentials'] => ({
  ...deps.credentials,
  get: async () => credential,
});

/** The system clock, except that sleeps end at once; their lengths are kept. */
export function hastyClock() {
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
  };
  return { slept, clock: { ...systemClock, sleep } };
}

export interface Rig {
  model: MockModel;
  models: Models;
  slept: number[];
  ask: (overrides?: Partial<ModelRequest>, signal?: AbortSignal) => Promise<ModelEvent[]>;
  close: () => Promise<void>;
}

export async function rig(
  steps: Step[],
  provider: Partial<Provider> = {},
  overrides: Partial<ModelsDeps> = {},
): Promise<Rig> {
  const model = await startMockModel({ steps });
  const { slept, clock } = hastyClock();
  const models = createModels({
    ...deps,
    clock,
    ...overrides,
    provider: {
      ...deps.provider,
      requestMaxRetries: 0,
      streamMaxRetries: 0,
      baseUrl: `${model.url}/v1`,
      ...provider,
    },
  });
  return {
    model,
    models,
    slept,
    async ask(more = {}, signal = new AbortController().signal) {
      const events: ModelEvent[] = [];
      await models.run({ ...request, ...more }, signal, (event) => events.push(event));
      return events;
    },
    async close() {
      await models.close();
      await model.close();
    },
  };
}

export const only = <T extends ModelEvent['type']>(events: ModelEvent[], type: T) =>
  events.filter((event): event is Extract<ModelEvent, { type: T }> => event.type === type);

/** The final failure as [kind, message, info]. */
export function failureOf(events: ModelEvent[]) {
  const last = events.at(-1);
  return last?.type === 'failed' ? [last.kind, last.error.message, last.error.codexErrorInfo] : last?.type;
}

import { abortReason, asyncQueue, type Clock, type Ids, linkedController, type Logger } from '@codex/base';
import type { Model, Provider } from '@codex/protocol';
import { bundledModels } from './bundled.ts';
import { defaultModel, lookUp, sortModels, toWire } from './choose.ts';
import { createPostModelCall } from './client.ts';
import type { Compacted } from './compact.ts';
import type { Credentials } from './credentials.ts';
import type { ModelEvent, ModelRequest, ModelSink } from './events.ts';
import { type Env, summarises } from './provider.ts';
import type { ModelRecord } from './record.ts';
import type { SendDeps } from './send.ts';
import { createTransport } from './transport.ts';

export interface ModelsDeps {
  /** For requests that name no provider of their own. */
  provider: Provider;
  credentials: Credentials;
  userAgent: () => string;
  originator: () => string;
  /** For keys and headers that providers take from the environment, proxies and certificates. */
  env: Env;
  clock: Clock;
  /** Jitter of retries. */
  ids: Pick<Ids, 'integer'>;
  log: Logger;
  /** `model_catalog_json`: replaces the catalogue. */
  catalogPath?: string | null;
  /** PEM files to trust besides Node's list. */
  extraCaFiles?: readonly string[];
}

export interface Models {
  /** All models the login may use, hidden ones included, sorted for display. Throws CodexError `config` for a bad catalogue file. */
  list(): Promise<ModelRecord[]>;
  /** The same in wire shape, the default one marked. */
  listWire(options?: { includeHidden?: boolean }): Promise<Model[]>;
  /** One record in wire shape; whether it is the default is known once a list has been read. */
  toWire(record: ModelRecord): Model;
  /**
   * The slug to send and what is known about it; null asks for the default. With `fallback` the record is a guess and
   * the user should see `fallbackWarning`.
   */
  resolve(name: string | null): Promise<{ slug: string; record: ModelRecord; fallback: boolean }>;
  /**
   * One model call with its retries. Events reach `sink` synchronously, as the bytes come in; the last one is
   * `completed` or `failed`. Rejects with the abort reason, or with what the sink threw.
   */
  run(request: ModelRequest, signal: AbortSignal, sink: ModelSink): Promise<void>;
  /**
   * Has the provider itself summarise `input`; null for one that has no such call. Trouble is an answer; rejects only
   * with the abort reason.
   */
  readonly compact: ((request: ModelRequest, signal: AbortSignal) => Promise<Compacted>) | null;
  /** `run` as a sequence, for callers that do not mind its cost per event. Ending the iteration early cancels the call. */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
  /** Loads what the first call needs, so that it starts sooner; calling it is optional. */
  prepare(): Promise<void>;
  /** Closes idle connections. Safe to call twice. */
  close(): Promise<void>;
}

/** Nothing is read, loaded or connected before the first use. */
export function createModels(deps: ModelsDeps): Models {
  const transport = createTransport({
    env: deps.env,
    ...(deps.extraCaFiles ? { extraCaFiles: deps.extraCaFiles } : {}),
  });
  const sendDeps: SendDeps = { ...deps, post: createPostModelCall(transport) };
  let catalog: Promise<ModelRecord[]> | undefined;
  let defaultSlug: string | null = null;

  const records = (): Promise<ModelRecord[]> => {
    if (catalog) return catalog;
    const loading = deps.catalogPath ? readFileCatalog(deps.catalogPath) : Promise.resolve(bundledModels());
    catalog = loading;
    // A file that was bad once may be repaired.
    loading.catch(() => {
      if (catalog === loading) catalog = undefined;
    });
    return loading;
  };

  const list = async (): Promise<ModelRecord[]> => {
    const all = await records();
    const needsLogin = all.some((record) => !record.supportedInApi);
    const isChatgpt = needsLogin && (await deps.credentials.get(deps.provider.id)).kind === 'chatgpt';
    const sorted = sortModels(all, isChatgpt);
    defaultSlug = defaultModel(sorted)?.slug ?? null;
    return sorted;
  };

  const run = async (request: ModelRequest, signal: AbortSignal, sink: ModelSink): Promise<void> => {
    if (signal.aborted) throw abortReason(signal);
    const record = request.record ?? lookUp(await records(), request.model).record;
    if (request.verbosity !== null && !record.supportVerbosity)
      deps.log.warn({ model: request.model }, 'verbosity is ignored: the model does not support it');
    const { runModel } = await import('./run.ts');
    await runModel(sendDeps, request, request.provider ?? deps.provider, record, signal, sink);
  };

  const compact = async (request: ModelRequest, signal: AbortSignal): Promise<Compacted> => {
    if (signal.aborted) throw abortReason(signal);
    const record = request.record ?? lookUp(await records(), request.model).record;
    const { compactThrough } = await import('./compact.ts');
    return compactThrough(sendDeps, request, request.provider ?? deps.provider, record, signal);
  };

  return {
    compact: summarises(deps.provider) ? compact : null,
    list,
    async listWire(options = {}) {
      const sorted = await list();
      return sorted
        .filter((record) => options.includeHidden || record.visibility === 'list')
        .map((record) => toWire(record, record.slug === defaultSlug));
    },
    toWire: (record) => toWire(record, record.slug === defaultSlug),
    async resolve(name) {
      if (name !== null) return { slug: name, ...lookUp(await records(), name) };
      const record = defaultModel(await list()) ?? (await records())[0];
      if (!record) throw new Error('the model catalogue is empty');
      return { slug: record.slug, record, fallback: false };
    },
    run,
    async *stream(request, signal) {
      const { controller, unlink } = linkedController(signal);
      const queue = asyncQueue<ModelEvent>();
      const running = run(request, controller.signal, (event) => queue.push(event)).finally(() => queue.end());
      running.catch(() => {});
      try {
        yield* queue;
        await running;
      } finally {
        unlink();
        controller.abort();
      }
    },
    async prepare() {
      await Promise.all([records(), import('./run.ts'), import('openai')]);
    },
    async close() {
      transport.close();
    },
  };
}

/** The reader brings a schema library along, which only users of an own catalogue should pay for. */
async function readFileCatalog(path: string): Promise<ModelRecord[]> {
  const { readCatalogFile } = await import('./catalog-file.ts');
  return readCatalogFile(path);
}

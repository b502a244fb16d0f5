import { CodexError } from '@codex/base';
import type { Config } from '@codex/config';
import type { ClientIdentity } from '@codex/core';
import type { createModels, Models, ModelsDeps } from '@codex/models';
import type { ServiceOptions } from './service-options.ts';

/** Where requests may be processed, as an administrator prescribes (core specification §3.2). */
const RESIDENCY_HEADER = 'x-openai-internal-codex-residency';

/** Clients of model providers. Threads with the same provider, settings and client share one. */
export interface ModelsService {
  /** To be awaited once before `get`. */
  prepare(): Promise<void>;
  get(config: Config, providerId: string, client: ClientIdentity): Models;
  close(): Promise<void>;
}

export function createModelsService(options: ServiceOptions, credentials: ModelsDeps['credentials']): ModelsService {
  const { env, version, clock, ids, log } = options;
  const made = new Map<string, Models>();
  let create: typeof createModels | undefined;

  return {
    async prepare() {
      create ??= (await import('@codex/models')).createModels;
    },
    get(config, providerId, client) {
      if (!create) throw new Error('the models package is not loaded');
      const configured = config.modelProviders[providerId];
      if (!configured) throw new CodexError('config', `Model provider \`${providerId}\` not found`);
      // The built-in provider tells which program asks; config leaves this header to us.
      const ours = {
        ...(providerId === 'openai' ? { version } : {}),
        ...(config.requirements.residency ? { [RESIDENCY_HEADER]: config.requirements.residency } : {}),
      };
      const provider = { ...configured, httpHeaders: { ...configured.httpHeaders, ...ours } };
      const key = JSON.stringify([provider, client.originator, client.userAgent, config.modelCatalogJson]);
      const known = made.get(key);
      if (known) return known;
      const created = create({
        provider,
        credentials,
        userAgent: () => client.userAgent,
        originator: () => client.originator,
        env,
        clock,
        ids,
        log,
        catalogPath: config.modelCatalogJson,
      });
      made.set(key, created);
      return created;
    },
    async close() {
      const all = [...made.values()];
      made.clear();
      await Promise.all(all.map((each) => each.close()));
    },
  };
}

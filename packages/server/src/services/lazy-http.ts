import type { Http } from '@codex/models';
import type { ServiceOptions } from './service-options.ts';

/** Questions to other machines; what carries them is loaded for the first. */
export function lazyHttp({ env, clock }: Pick<ServiceOptions, 'env' | 'clock'>): Http {
  let opened: Promise<Http> | undefined;
  const open = () => (opened ??= import('@codex/models').then(({ createHttp }) => createHttp({ env, clock })));
  return {
    send: async (request) => (await open()).send(request),
    close: () => void opened?.then((http) => http.close()),
  };
}

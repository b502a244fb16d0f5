import type { Env } from '../user-agent.ts';

/** Settings of the environment that decide where requests to models go. */
const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'OPENAI_BASE_URL'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

/** What the environment says about the way to models, a line each and without credentials; null when nothing. */
export function proxyFacts(env: Env): string | null {
  const set = NAMES.flatMap((name) => (env[name]?.trim() ? [`${name}=${withoutCredentials(env[name].trim())}\n`] : []));
  return set.length > 0 ? `Set in the environment, and may decide whether models are reached:\n${set.join('')}` : null;
}

function withoutCredentials(address: string): string {
  return address.replace(/(^|\/\/)[^/@]*@/, '$1…@').replace(/\?.*/s, '?…');
}

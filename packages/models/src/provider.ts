import type { Provider } from '@codex/protocol';

export type Env = Readonly<Record<string, string | undefined>>;

const OPENAI_API = 'https://api.openai.com/v1';
const CHATGPT_API = 'https://chatgpt.com/backend-api/codex';

/** Whether requests go to Azure, which needs `store` and item ids (spec core §3.1). */
export function isAzure(provider: Provider, baseUrl: string): boolean {
  const url = baseUrl.toLowerCase();
  return (
    provider.name.toLowerCase() === 'azure' ||
    ['openai.azure.', 'cognitiveservices.azure.', 'aoai.azure.', 'azure-api.', 'azurefd.', 'windows.net/openai'].some(
      (mark) => url.includes(mark),
    )
  );
}

/** Whether the provider summarises histories itself (spec core §9.4). */
export function summarises(provider: Provider): boolean {
  return provider.name === 'OpenAI';
}

/** The base URL without a trailing slash. */
export function baseUrlOf(provider: Provider, loginIsChatgpt: boolean): string {
  const url = provider.baseUrl ?? (loginIsChatgpt ? CHATGPT_API : OPENAI_API);
  return url.replace(/\/+$/, '');
}

/** What the user has to do when nothing listens where a model server on this machine should; null for other providers. */
export function absentServer({ id }: Provider, baseUrl: string): string | null {
  const { origin } = new URL(baseUrl);
  if (id === 'ollama') return `No running Ollama server detected at ${origin}. Start it with \`ollama serve\`.`;
  if (id === 'lmstudio') return `LM Studio is not responding at ${origin}. Start its server with \`lms server start\`.`;
  return null;
}

/** Null when requests can be sent to this address, else what is wrong, for the user. */
export function baseUrlProblem(provider: Provider): string | null {
  if (provider.baseUrl === null) return null;
  const protocol = URL.canParse(provider.baseUrl) ? new URL(provider.baseUrl).protocol : null;
  if (protocol === 'http:' || protocol === 'https:') return null;
  return `The base_url of model provider \`${provider.id}\` must be an http or https URL.`;
}

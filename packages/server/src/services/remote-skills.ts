import { CodexError, isObject, parseJson, toMessage } from '@codex/base';
import type { ParamsOf, ResultOf } from '@codex/protocol';
import type { ChatgptBackend } from './chatgpt-backend.ts';

/** The catalogue of skills that ChatGPT has for an account (§9.8). */
export interface RemoteSkills {
  /** Throws CodexError `internal`. */
  list(params: ParamsOf<'skills/remote/list'>): Promise<ResultOf<'skills/remote/list'>>;
  /** Throws CodexError `internal`: archives are not unpacked here. */
  export(): Promise<never>;
}

const PURPOSE = 'for hazelnut scopes';
const TIMEOUT_MS = 30_000;

export function createRemoteSkills(backend: ChatgptBackend): RemoteSkills {
  const read = async ({ hazelnutScope, productSurface, enabled }: ParamsOf<'skills/remote/list'>) => {
    const query = `product_surface=${productSurface}&scope=${hazelnutScope}${enabled ? '&enabled=true' : ''}`;
    const options = { purpose: PURPOSE, timeoutMs: TIMEOUT_MS };
    const { url, status, statusText, body } = await backend.get(`hazelnuts?${query}`, options);
    if (status < 200 || status >= 300) {
      const from = url.split('?')[0];
      throw new Error(`Request failed with status ${status} ${statusText} from ${from}: ${body.slice(0, 2_000)}`);
    }
    return { data: readSkills(body) };
  };

  return {
    async list(params) {
      try {
        return await read(params);
      } catch (error) {
        const text = `failed to list remote skills: ${toMessage(error)}`;
        throw new CodexError('internal', text, { cause: error });
      }
    },
    async export() {
      try {
        await backend.requireLogin(PURPOSE);
        throw new Error('this build does not unpack archives of skills; put the skill into ~/.agents/skills');
      } catch (error) {
        const text = `failed to download remote skill: ${toMessage(error)}`;
        throw new CodexError('internal', text, { cause: error });
      }
    },
  };
}

function readSkills(body: string): ResultOf<'skills/remote/list'>['data'] {
  const parsed = parseJson(body);
  const entries = parsed.ok && isObject(parsed.value) ? parsed.value['hazelnuts'] : null;
  if (!Array.isArray(entries)) throw new Error('Failed to parse skills response');
  return entries.map((entry: unknown) => {
    const { id, name, description } = isObject(entry) ? entry : {};
    if (typeof id === 'string' && typeof name === 'string' && typeof description === 'string') {
      return { id, name, description };
    }
    throw new Error('Failed to parse skills response');
  });
}

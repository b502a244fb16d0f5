import { CodexError } from '@codex/base';
import type { ClientMethod } from '@codex/protocol';
import type { Handler, RequestContext } from '../context.ts';
import { requireThread } from '../loaded-thread.ts';

interface Absent {
  /** What the request must name correctly before it is refused for our reasons. */
  needs: 'nothing' | 'loadedThread';
  /** Completes the sentence "… is not available in this build: ". */
  because: string;
}

const PLUGINS = 'it has no plugins; put skills into ~/.agents/skills or into a project';
const REMOTE_SKILLS = 'it has no catalogue of skills; put skills into ~/.agents/skills or into a project';

/** The methods of the protocol that this build answers with a refusal, and what to do instead. */
export const UNAVAILABLE = {
  'review/start': { needs: 'loadedThread', because: 'it has no review mode; ask for a review in `turn/start`' },
  'skills/remote/list': { needs: 'nothing', because: REMOTE_SKILLS },
  'skills/remote/export': { needs: 'nothing', because: REMOTE_SKILLS },
  'plugin/list': { needs: 'nothing', because: PLUGINS },
  'plugin/read': { needs: 'nothing', because: PLUGINS },
  'plugin/install': { needs: 'nothing', because: PLUGINS },
  'plugin/uninstall': { needs: 'nothing', because: PLUGINS },
  'windowsSandbox/setupStart': { needs: 'nothing', because: 'it has no Windows sandbox' },
} satisfies Partial<Record<ClientMethod, Absent>>;

type UnavailableMethod = keyof typeof UNAVAILABLE;

function unavailable(method: UnavailableMethod): Handler<UnavailableMethod> {
  const { needs, because }: Absent = UNAVAILABLE[method];
  return (params, ctx) => {
    const threadId = params && 'threadId' in params ? String(params.threadId) : '';
    if (needs === 'loadedThread') requireThread(ctx, threadId);
    throw new CodexError('unsupported', `${method} is not available in this build: ${because}`);
  };
}

/** Realtime conversations are refused the way a server without the feature refuses them (§9.4). */
function realtime(params: { threadId: string }, ctx: RequestContext): never {
  const thread = requireThread(ctx, params.threadId);
  throw new CodexError('invalidRequest', `thread ${thread.id} does not support realtime conversation`);
}

export const unavailableHandlers = {
  ...mapMethods(unavailable),
  'thread/realtime/start': realtime,
  'thread/realtime/appendAudio': realtime,
  'thread/realtime/appendText': realtime,
  'thread/realtime/stop': realtime,
};

function mapMethods<T>(make: (method: UnavailableMethod) => T): Record<UnavailableMethod, T> {
  const methods = Object.keys(UNAVAILABLE) as UnavailableMethod[];
  return Object.fromEntries(methods.map((method) => [method, make(method)])) as Record<UnavailableMethod, T>;
}

import { CodexError } from '@codex/base';
import type { ClientMethod } from '@codex/protocol';
import type { Handler, RequestContext } from '../context.ts';
import { requireThread } from '../loaded-thread.ts';

const REMOTE_SKILLS = 'it has no catalogue of skills; put skills into ~/.agents/skills or into a project';

/** The methods of the protocol that this build answers with a refusal, and what completes its sentence. */
export const UNAVAILABLE = {
  'skills/remote/list': REMOTE_SKILLS,
  'skills/remote/export': REMOTE_SKILLS,
} satisfies Partial<Record<ClientMethod, string>>;

type UnavailableMethod = keyof typeof UNAVAILABLE;

function unavailable(method: UnavailableMethod): Handler<UnavailableMethod> {
  return () => {
    throw new CodexError('unsupported', `${method} is not available in this build: ${UNAVAILABLE[method]}`);
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

import { CodexError, isCodexError, type Logger } from '@codex/base';
import { type ClientMethod, type ClientMethods, clientMethods, decodeParams, unknownMethod } from '@codex/protocol';
import { AtReply, WithTurns } from './at-reply.ts';
import type { Connection, Request } from './connection.ts';
import type { Handlers, RequestContext, ServerContext } from './context.ts';
import { toRpcError } from './errors.ts';
import { checkGate } from './gate.ts';
import { laneOf } from './lane-of.ts';

/** Answers that are worth the trouble of collecting them. */
const LARGE_BYTES = 8 * 1024 * 1024;

export interface RouterDeps {
  server: ServerContext;
  handlers: Handlers;
}

/** The one way of a request: known method, valid params, allowed now, its lane, its handler, the reply, what follows. */
export interface Router {
  /** Resolves when the request is answered and what follows from it has been done. Does not reject. */
  serve(connection: Connection, request: Request): Promise<void>;
}

export function createRouter({ server, handlers }: RouterDeps): Router {
  const run = async (connection: Connection, request: Request, method: ClientMethod, params: unknown, log: Logger) => {
    const followers: (() => void | Promise<void>)[] = [];
    const ctx: RequestContext = { connection, server, log, afterReply: (next) => followers.push(next) };
    // The table pairs methods and params; TypeScript cannot follow a method that is known at run time only.
    const handle = handlers[method] as (params: unknown, ctx: RequestContext) => unknown;
    const result = await handle(params, ctx);
    const answer = result instanceof AtReply ? (result.make() as unknown) : result;
    connection.reply(request.id, answer);
    if (answer instanceof WithTurns && answer.turns.bytes > LARGE_BYTES) server.relief.wanted();
    // All begin now, in order: who subscribes must not wait for another one's files, or events go by meanwhile.
    await Promise.all(
      followers.map(async (follow) => {
        try {
          await follow();
        } catch (error) {
          log.error({ err: error }, 'what follows a reply failed');
        }
      }),
    );
  };

  return {
    async serve(connection, request) {
      const log = connection.log.child({ method: request.method, requestId: request.id });
      try {
        const { method, params } = readRequest(request);
        checkGate(connection, method, request.params);
        // Also when it is settled already: nobody may overtake those who wait.
        if (method !== 'initialize') await connection.settled;
        const lane = laneOf(method, params, connection.id);
        await server.lanes.run(lane, () => run(connection, request, method, params, log));
      } catch (error) {
        if (isCodexError(error)) log.debug({ code: error.code, message: error.message }, 'request refused');
        else log.error({ err: error }, 'request failed');
        connection.refuse(request.id, toRpcError(error));
      }
    },
  };
}

function readRequest({ method, params }: Request): { method: ClientMethod; params: unknown } {
  if (!isMethod(method)) throw invalid(unknownMethod(method));
  const decoded = decodeParams<ReturnType<ClientMethods[typeof method]['params']>>(clientMethods[method], params);
  if (!decoded.ok) throw invalid(decoded.message, decoded.field);
  return { method, params: decoded.value };
}

function isMethod(name: string): name is ClientMethod {
  return Object.hasOwn(clientMethods, name);
}

/** The texts are those that clients know; which field is meant stands beside them. */
function invalid(reason: string, field?: string): CodexError {
  return new CodexError('invalidRequest', `Invalid request: ${reason}`, field === undefined ? {} : { data: { field } });
}

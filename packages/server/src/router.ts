import { CodexError, isCodexError, isObject, type Logger } from '@codex/base';
import {
  type ClientMethod,
  clientMethods,
  decodeParams,
  type LaterMethod,
  laterMethods,
  type Method,
  unknownMethod,
} from '@codex/protocol';
import { AtReply, WithTurns } from './at-reply.ts';
import type { Connection, Request } from './connection.ts';
import type { Handlers, RequestContext, ServerContext } from './context.ts';
import { toRpcError } from './errors.ts';
import { checkGate } from './gate.ts';
import { laneOf } from './lane-of.ts';
import { laterHandlers } from './later/handlers.ts';
import { laterResult } from './later/messages.ts';
import { inOurWords } from './later/requests.ts';

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
  const run = async (connection: Connection, request: Request, { method, params }: Readable, log: Logger) => {
    const followers: (() => void | Promise<void>)[] = [];
    const raw = request.params;
    const ctx: RequestContext = { connection, server, log, raw, afterReply: (next) => followers.push(next) };
    // The table pairs methods and params; TypeScript cannot follow a method that is known at run time only.
    const handle = handlerOf(method) as (params: unknown, ctx: RequestContext) => unknown;
    const result = await handle(params, ctx);
    const made = result instanceof AtReply ? (result.make() as unknown) : result;
    const answer = connection.later ? laterResult(made, isObject(raw) && raw['excludeTurns'] === true) : made;
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

  const handlerOf = (method: Readable['method']) => (isMethod(method) ? handlers[method] : laterHandlers[method]);

  return {
    async serve(connection, request) {
      const log = connection.log.child({ method: request.method, requestId: request.id });
      try {
        const readable = readRequest(request, connection.later);
        const { method, params } = readable;
        if (isMethod(method)) checkGate(connection, method, request.params);
        // Also when it is settled already: nobody may overtake those who wait.
        if (method !== 'initialize') await connection.settled;
        const lane = laneOf(method, params, connection.id);
        await server.lanes.run(lane, () => run(connection, request, readable, log));
      } catch (error) {
        if (isCodexError(error)) log.debug({ code: error.code, message: error.message }, 'request refused');
        else log.error({ err: error }, 'request failed');
        connection.refuse(request.id, toRpcError(error));
      }
    },
  };
}

interface Readable {
  method: ClientMethod | LaterMethod;
  params: unknown;
}

function readRequest({ method, params }: Request, later: boolean): Readable {
  const known = isMethod(method) || (later && isLaterMethod(method));
  if (!known) throw invalid(unknownMethod(method));
  const row: Method = isMethod(method) ? clientMethods[method] : laterMethods[method];
  const decoded = decodeParams(row, later ? inOurWords(method, params) : params);
  if (!decoded.ok) throw invalid(decoded.message, decoded.field);
  return { method, params: decoded.value };
}

function isMethod(name: string): name is ClientMethod {
  return Object.hasOwn(clientMethods, name);
}

function isLaterMethod(name: string): name is LaterMethod {
  return Object.hasOwn(laterMethods, name);
}

/** The texts are those that clients know; which field is meant stands beside them. */
function invalid(reason: string, field?: string): CodexError {
  return new CodexError('invalidRequest', `Invalid request: ${reason}`, field === undefined ? {} : { data: { field } });
}

import { type Clock, createDeadline, type Deadline, isObject, linkedController, type Logger } from '@codex/base';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { McpStartError, type McpServerToml, offersTool, startupLimit, toolLimit } from './settings.ts';
import type { McpCallResult, McpElicitation, McpElicitationAnswer, McpToolInfo } from './types.ts';

/** Node's longest timer: limits are kept by deadlines that can stand still, not by the SDK. */
const NO_LIMIT = 2 ** 31 - 1;

export interface ConnectionDeps {
  clock: Clock;
  log: Logger;
  version: string;
  /** A transport that was not used yet, made anew for every connection. */
  openTransport(): Promise<Transport>;
}

export interface CallOptions {
  signal: AbortSignal;
  /** Stops the time limit while a human is asked; called when the call begins, and its result when it ends. */
  pauses?: (pause: () => () => void) => () => void;
  onProgress?: (message: string) => void;
  onElicit?: (request: McpElicitation) => Promise<McpElicitationAnswer>;
}

/** A connected server. */
export interface Connection {
  /** The tools the user lets be used, as the server describes them. */
  readonly tools: readonly McpToolInfo[];
  /** The server has gone. */
  readonly lost: boolean;
  call(tool: string, args: unknown, options: CallOptions): Promise<McpCallResult>;
  /** Any other request of the protocol, such as `resources/list`; the result as the server sent it. */
  request(method: string, params: object, signal: AbortSignal): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/**
 * Connects to a server, shakes hands and asks for its tools. Rejects with McpStartError when that takes too long, with
 * the reason of `signal`, or with whatever went wrong.
 */
export async function connect(
  name: string,
  toml: McpServerToml,
  deps: ConnectionDeps,
  signal: AbortSignal,
): Promise<Connection> {
  const { clock, log, version } = deps;
  const limit = startupLimit(toml);
  const [{ Client: SdkClient }, types, { z }] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/types.js'),
    import('zod'),
  ]);
  const anyResult = z.looseObject({});
  const elicitors: NonNullable<CallOptions['onElicit']>[] = [];
  const client: Client = new SdkClient(
    { name: 'codex-mcp-client', title: 'Codex', version },
    { capabilities: { elicitation: { form: {}, url: {} } } },
  );
  client.onerror = (error) => log.debug({ err: error }, 'MCP connection');
  client.setRequestHandler(types.ElicitRequestSchema, async ({ params }) => {
    const elicit = elicitors.at(-1);
    if (!elicit) return { action: 'decline' as const };
    return (await elicit(params as unknown as McpElicitation)) as never;
  });

  const request = async (method: string, params: object, abort: AbortSignal, more: object = {}) => {
    // The SDK never lets go of the signal it is given, and speaks of old requests when that aborts.
    const { controller, unlink } = linkedController(abort);
    try {
      return await client.request({ method, params: params as Record<string, unknown> }, anyResult, {
        signal: controller.signal,
        timeout: NO_LIMIT,
        ...more,
      });
    } finally {
      unlink();
    }
  };
  const listTools = async (abort: AbortSignal): Promise<McpToolInfo[]> => {
    const tools: McpToolInfo[] = [];
    for (let cursor: unknown; ; ) {
      const page = await request('tools/list', cursor === undefined ? {} : { cursor }, abort);
      for (const tool of Array.isArray(page['tools']) ? (page['tools'] as unknown[]) : []) {
        if (isTool(tool)) tools.push(tool);
        else log.warn({ tool }, 'a tool without a name is left out');
      }
      cursor = page['nextCursor'];
      if (typeof cursor !== 'string') return tools.filter((tool) => offersTool(toml, tool.name));
    }
  };

  const starting = createDeadline(limit, clock);
  const { controller: either, unlink } = linkedController(signal, starting.signal);
  let listing: Deadline | undefined;
  let tools: McpToolInfo[];
  try {
    const transport = await deps.openTransport();
    await client.connect(transport, { signal: either.signal, timeout: NO_LIMIT });
    starting.clear();
    listing = createDeadline(limit, clock);
    tools = await listTools(AbortSignal.any([signal, listing.signal]));
  } catch (error) {
    // Waited for: who ends the program waits for this, and a server may have to be killed.
    await client.close().catch(() => {});
    signal.throwIfAborted();
    throw starting.expired || listing?.expired ? new McpStartError(timeoutText(name, limit), { cause: error }) : error;
  } finally {
    unlink();
    starting.clear();
    listing?.clear();
  }
  let lost = false;
  client.onclose = () => {
    lost = true;
  };

  return {
    tools,
    get lost() {
      return lost;
    },
    request: (method, params, abort) => request(method, params, abort),
    async call(tool, args, { signal: abort, pauses, onProgress, onElicit }) {
      const ms = toolLimit(toml);
      const deadline = createDeadline(ms, clock);
      const release = pauses?.(() => deadline.pause());
      const elicit: NonNullable<CallOptions['onElicit']> | undefined =
        onElicit &&
        (async (asked) => {
          const resume = deadline.pause();
          try {
            return await onElicit(asked);
          } finally {
            resume();
          }
        });
      if (elicit) elicitors.push(elicit);
      try {
        const result = await request(
          'tools/call',
          { name: tool, ...(args === undefined ? {} : { arguments: args }) },
          AbortSignal.any([abort, deadline.signal]),
          { onprogress: (progress: { message?: string }) => onProgress?.(progress.message ?? '') },
        );
        const { content } = result;
        if (content === undefined || Array.isArray(content)) return result as unknown as McpCallResult;
        throw new Error('the MCP server answered with a result whose content is no list');
      } catch (error) {
        if (deadline.expired) {
          throw new Error(`timed out awaiting tools/call after ${ms / 1000}s`, { cause: error });
        }
        throw error;
      } finally {
        release?.();
        deadline.clear();
        if (elicit) elicitors.splice(elicitors.indexOf(elicit), 1);
      }
    },
    close: () => client.close(),
  };
}

function isTool(value: unknown): value is McpToolInfo {
  return isObject(value) && typeof value['name'] === 'string';
}

function timeoutText(name: string, limit: number): string {
  const seconds = Math.trunc(limit / 1000);
  return `MCP client for \`${name}\` timed out after ${seconds} seconds. Add or adjust \`startup_timeout_sec\` in your config.toml:\n[mcp_servers.${name}]\nstartup_timeout_sec = XX`;
}

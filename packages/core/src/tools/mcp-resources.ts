import { isObject, toMessage } from '@codex/base';
import type { Mcp } from '@codex/mcp-client';
import { decodeArgs, parametersSchema, type Params } from './args.ts';
import { withItem } from './mcp.ts';
import { functionSpec, text, type Tool } from './tool.ts';

const LIST = {
  server: { type: 'string', description: 'Only what this MCP server has; without it, of all of them.' },
  cursor: { type: 'string', description: 'Where an earlier list of the same server went on.' },
} as const satisfies Params;
const READ = {
  server: { type: 'string', description: 'The MCP server that has the resource.', required: true },
  uri: { type: 'string', description: 'The resource, as listed.', required: true },
} as const satisfies Params;

/** The three tools about resources of MCP servers, there while a server is configured (core specification §13.2). */
export function mcpResourceTools(mcp: Mcp): Tool[] {
  return [
    listTool(mcp, {
      name: 'list_mcp_resources',
      description: 'Lists what MCP servers have to read, such as files or tables. Look here before searching the web.',
      method: 'resources/list',
      member: 'resources',
    }),
    listTool(mcp, {
      name: 'list_mcp_resource_templates',
      description: 'Lists patterns of addresses under which MCP servers have something to read.',
      method: 'resources/templates/list',
      member: 'resourceTemplates',
    }),
    readTool(mcp),
  ];
}

interface Listing {
  name: string;
  description: string;
  method: string;
  member: string;
}

function listTool(mcp: Mcp, { name, description, method, member }: Listing): Tool {
  return {
    names: [name],
    parallel: true,
    spec: () => functionSpec(name, description, parametersSchema(LIST)),
    async run(call, context) {
      const args = decodeArgs(call.input, LIST);
      if (!args.ok) return text(args.error);
      const { server, cursor } = args.value;
      const entries = (of: string, page: Record<string, unknown>) =>
        (Array.isArray(page[member]) ? page[member] : []).map((entry: unknown) => ({
          server: of,
          ...(isObject(entry) ? entry : {}),
        }));
      return withTextItem(mcp, context, call.callId, { server, tool: name, args: args.value }, method, async () => {
        if (server !== undefined) {
          const page = await mcp.request(server, method, cursor === undefined ? {} : { cursor }, context.signal);
          const { nextCursor } = page;
          return { server, [member]: entries(server, page), ...(nextCursor === undefined ? {} : { nextCursor }) };
        }
        if (cursor !== undefined) throw new Error('cursor can only be used when a server is specified');
        const all = await Promise.allSettled(mcp.names.map((of) => everyPage(mcp, of, method, context.signal)));
        return {
          [member]: all.flatMap((pages, at) =>
            pages.status === 'fulfilled' ? pages.value.flatMap((page) => entries(mcp.names[at] ?? '', page)) : [],
          ),
        };
      });
    },
  };
}

function readTool(mcp: Mcp): Tool {
  return {
    names: ['read_mcp_resource'],
    parallel: true,
    spec: () =>
      functionSpec('read_mcp_resource', 'Reads a resource of an MCP server by its address.', parametersSchema(READ)),
    async run(call, context) {
      const args = decodeArgs(call.input, READ);
      if (!args.ok) return text(args.error);
      const { server, uri } = args.value;
      const method = 'resources/read';
      return withTextItem(
        mcp,
        context,
        call.callId,
        { server, tool: 'read_mcp_resource', args: args.value },
        method,
        async () => ({ server, uri, ...(await mcp.request(server, method, { uri }, context.signal)) }),
      );
    },
  };
}

const MAX_PAGES = 100;

async function everyPage(mcp: Mcp, server: string, method: string, signal: AbortSignal) {
  const pages: Record<string, unknown>[] = [];
  let cursor: unknown;
  do {
    const page = await mcp.request(server, method, cursor === undefined ? {} : { cursor }, signal);
    pages.push(page);
    cursor = page['nextCursor'];
  } while (typeof cursor === 'string' && pages.length < MAX_PAGES);
  return pages;
}

/** The answer as JSON text, for the model and for whoever watches. */
function withTextItem(
  mcp: Mcp,
  context: Parameters<typeof withItem>[0],
  id: string,
  call: { server: string | undefined; tool: string; args: object },
  method: string,
  run: () => Promise<object>,
): ReturnType<typeof withItem> {
  const item = { id, server: call.server ?? 'codex', tool: call.tool, arguments: call.args as never };
  return withItem(context, item, async () => {
    try {
      await mcp.ready(context.signal);
      const output = JSON.stringify(await run());
      return { result: { content: [{ type: 'text', text: output }] }, output };
    } catch (error) {
      context.signal.throwIfAborted();
      const failure = `${method} failed: ${toMessage(error)}`;
      return { failure, output: failure };
    }
  });
}

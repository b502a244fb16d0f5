import { isUuid, toMessage } from '@codex/base';
import type { CollabAgentTool, ReasoningEffort, ThreadItem, UserInput } from '@codex/protocol';
import { type Agent, agentState, type AgentStatus, isFinal, waitForAny } from '../agents.ts';
import { describeRoles, isRole } from './agent-roles.ts';
import { decodeArgs, parametersSchema, type Params } from './args.ts';
import { functionSpec, type SpecContext, text, type Tool, type ToolCall, type TurnContextForTools } from './tool.ts';

const ITEMS = {
  type: 'array',
  description: 'Instead of a message: parts such as text, images, skills and mentions.',
  items: {
    type: 'object',
    properties: {
      type: { type: 'string', description: 'text, image, local_image, skill or mention.' },
      text: { type: 'string', description: 'With text.' },
      image_url: { type: 'string', description: 'With image.' },
      path: { type: 'string', description: 'With local_image, skill and mention.' },
      name: { type: 'string', description: 'With skill and mention.' },
    },
  },
} as const satisfies Params[string];

const ID = { type: 'string', description: 'The agent.', required: true } as const;

const SPAWN = {
  message: { type: 'string', description: 'The task, complete in itself.' },
  items: ITEMS,
  agent_type: { type: 'string', description: 'Kind of agent.' },
  fork_context: { type: 'boolean', description: 'Let it begin with the whole conversation so far.' },
  model: { type: 'string', description: 'Another model than yours.' },
  reasoning_effort: { type: 'string', description: 'Another effort than yours.' },
} as const satisfies Params;

const SEND = {
  id: ID,
  message: { type: 'string', description: 'What to tell it.' },
  items: ITEMS,
  interrupt: { type: 'boolean', description: 'Stop what it is doing first.' },
} as const satisfies Params;

const WAIT = {
  ids: { type: 'array', items: { type: 'string' }, description: 'The agents.', required: true },
  timeout_ms: { type: 'number', description: 'How long to wait at most.' },
} as const satisfies Params;

const ONE = { id: ID } as const satisfies Params;

const WAIT_DEFAULT_MS = 30_000;
const WAIT_MIN_MS = 10_000;
const WAIT_MAX_MS = 3_600_000;
const EFFORTS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];

type CollabItem = Extract<ThreadItem, { type: 'collabAgentToolCall' }>;

/** The item of a call that is about to run. */
function begin(call: ToolCall, context: TurnContextForTools, tool: CollabAgentTool, receivers: string[]): CollabItem {
  return {
    type: 'collabAgentToolCall',
    id: call.callId,
    tool,
    status: 'inProgress',
    senderThreadId: context.session.header.id,
    receiverThreadIds: receivers,
    prompt: null,
    model: null,
    reasoningEffort: null,
    agentsStates: {},
  };
}

function ended(item: CollabItem, states: readonly (readonly [string, AgentStatus])[]): CollabItem {
  const agentsStates = Object.fromEntries(states.map(([id, status]) => [id, agentState(status)]));
  const bad = Object.values(agentsStates).some(({ status }) => status === 'errored' || status === 'notFound');
  return { ...item, status: bad ? 'failed' : 'completed', agentsStates };
}

function offered(name: string, description: string, params: Params) {
  return ({ config, depth }: SpecContext) =>
    config.features.multi_agent && depth < config.agents.maxDepth
      ? functionSpec(name, description, parametersSchema(params))
      : null;
}

const spawnTool: Tool = {
  names: ['spawn_agent'],
  parallel: false,
  spec: (context) =>
    offered('spawn_agent', 'Opens an agent that works on a task of its own beside you. Returns its id.', {
      ...SPAWN,
      agent_type: { type: 'string', description: `Kind of agent: ${describeRoles(context.config)}.` },
    })(context),
  async run(call, context) {
    const { scope, settings, session, config } = context;
    const args = decodeArgs(call.input, SPAWN);
    if (!args.ok) return text(args.error);
    const { agent_type, fork_context, model, reasoning_effort } = args.value;
    const input = inputOf(args.value);
    if (!input.ok) return text(input.error);
    if (session.agents.depth >= config.agents.maxDepth) {
      return text('Agent depth limit reached. Solve the task yourself.');
    }
    const role = agent_type ?? null;
    const effort = EFFORTS.find((known) => known === reasoning_effort) ?? null;
    const item: CollabItem = {
      ...begin(call, context, 'spawnAgent', []),
      prompt: input.prompt,
      model: model ?? '',
      reasoningEffort: effort ?? settings.effort ?? context.model.defaultReasoningEffort,
    };
    const open = scope.start(item);
    const failed = (reason: string) => {
      open.complete({ ...item, status: 'failed' });
      return text(reason);
    };
    if (role !== null && !isRole(role, config)) return failed(`unknown agent_type '${role}'`);
    const problem = await modelProblem(context, model, reasoning_effort);
    if (problem !== null) return failed(problem);
    try {
      const agent = await session.agents.spawn({
        input: input.value,
        role,
        history: fork_context ? context.history() : [],
        settings,
        config,
        chosen: { ...(model === undefined ? {} : { model }), ...(effort === null ? {} : { effort }) },
      });
      open.complete({ ...ended(item, [[agent.id, agent.status]]), receiverThreadIds: [agent.id] });
      return text(JSON.stringify({ agent_id: agent.id, nickname: agent.nickname }));
    } catch (error) {
      return failed(toMessage(error));
    }
  },
};

/** What is wrong with the model and the effort that an agent is to have; null when they can be had. */
async function modelProblem(
  context: TurnContextForTools,
  wanted: string | undefined,
  effort: string | undefined,
): Promise<string | null> {
  const known = wanted === undefined ? [] : await context.models.list();
  const record = wanted === undefined ? context.model : known.find(({ slug }) => slug === wanted);
  if (!record) {
    const names = known.filter(({ visibility }) => visibility === 'list').map(({ slug }) => slug);
    return `Unknown model \`${wanted}\` for spawn_agent. Available models: ${names.join(', ')}`;
  }
  const supported = record.supportedReasoningEfforts.map((level) => level.effort);
  const efforts = supported.length ? supported : EFFORTS;
  if (effort === undefined || efforts.some((level) => level === effort)) return null;
  return `Reasoning effort \`${effort}\` is not supported for model \`${record.slug}\`. Supported reasoning efforts: ${efforts.join(', ')}`;
}

const sendTool: Tool = {
  names: ['send_input'],
  parallel: false,
  spec: offered('send_input', 'Tells an agent something more.', SEND),
  async run(call, context) {
    const args = decodeArgs(call.input, SEND);
    if (!args.ok) return text(args.error);
    const { id } = args.value;
    const badId = idProblem(id);
    if (badId) return text(badId);
    const input = inputOf(args.value);
    if (!input.ok) return text(input.error);
    const item = { ...begin(call, context, 'sendInput', [id]), prompt: input.prompt };
    const open = context.scope.start(item);
    const agent = context.session.agents.find(id);
    if (!agent || agent.status === 'shutdown') {
      open.complete(ended(item, [[id, 'not_found']]));
      return text(`agent with id ${id} not found`);
    }
    if (args.value.interrupt) await agent.interrupt();
    const before = agent.status;
    const submission = agent.send(input.value);
    open.complete(ended(item, [[id, before]]));
    return text(JSON.stringify({ submission_id: submission }));
  },
};

const waitTool: Tool = {
  names: ['wait_agent'],
  parallel: false,
  spec: offered(
    'wait_agent',
    'Waits until one of the agents has come to an end and tells how each of those stands.',
    WAIT,
  ),
  async run(call, context) {
    const args = decodeArgs(call.input, WAIT);
    if (!args.ok) return text(args.error);
    const { ids, timeout_ms } = args.value;
    if (!ids.length) return text('ids must be non-empty');
    const badId = ids.map(idProblem).find((problem) => problem !== null);
    if (badId) return text(badId);
    if (timeout_ms !== undefined && timeout_ms <= 0) return text('timeout_ms must be greater than zero');
    const { scope, session, signal } = context;
    const item = begin(call, context, 'wait', ids);
    const open = scope.start(item);
    const found = ids.map((id) => [id, session.agents.find(id)] as const);
    const known = found.flatMap(([, agent]) => (agent ? [agent] : []));
    const ms = Math.min(Math.max(timeout_ms ?? WAIT_DEFAULT_MS, WAIT_MIN_MS), WAIT_MAX_MS);
    const { timedOut } =
      known.length === found.length ? await waitForAny(known, ms, session.clock, signal) : { timedOut: false };
    const states = found.map(([id, agent]) => [id, agent?.status ?? 'not_found'] as const);
    const final = states.filter(([, status]) => isFinal(status));
    open.complete(ended(item, final));
    return text(JSON.stringify({ status: Object.fromEntries(final), timed_out: timedOut }));
  },
};

const closeTool: Tool = {
  names: ['close_agent'],
  parallel: false,
  spec: offered('close_agent', 'Ends an agent that is no longer needed.', ONE),
  run: (call, context) =>
    withAgent(call, context, 'closeAgent', async (agent, item) => {
      const before = agent.status;
      await agent.close();
      return { item: ended(item, [[agent.id, before]]), status: before };
    }),
};

const resumeTool: Tool = {
  names: ['resume_agent'],
  parallel: false,
  spec: offered('resume_agent', 'Opens an agent again that was closed, with all it knew.', ONE),
  async run(call, context) {
    const args = decodeArgs(call.input, ONE);
    if (!args.ok) return text(args.error);
    const { id } = args.value;
    const badId = idProblem(id);
    if (badId) return text(badId);
    const item = begin(call, context, 'resumeAgent', [id]);
    const open = context.scope.start(item);
    try {
      const agent = await context.session.agents.reopen(id, context.config);
      const status = agent?.status ?? 'not_found';
      open.complete(ended(item, [[id, status]]));
      return text(agent ? JSON.stringify({ status }) : `agent with id ${id} not found`);
    } catch (error) {
      open.complete({ ...item, status: 'failed' });
      return text(toMessage(error));
    }
  },
};

async function withAgent(
  call: ToolCall,
  context: TurnContextForTools,
  tool: CollabAgentTool,
  act: (agent: Agent, item: CollabItem) => Promise<{ item: CollabItem; status: AgentStatus }>,
) {
  const args = decodeArgs(call.input, ONE);
  if (!args.ok) return text(args.error);
  const { id } = args.value;
  const badId = idProblem(id);
  if (badId) return text(badId);
  const item = begin(call, context, tool, [id]);
  const open = context.scope.start(item);
  const agent = context.session.agents.find(id);
  if (!agent) {
    open.complete(ended(item, [[id, 'not_found']]));
    return text(`agent with id ${id} not found`);
  }
  const done = await act(agent, item);
  open.complete(done.item);
  return text(JSON.stringify({ status: done.status }));
}

/** The five tools for working with other agents (core specification §13.4). */
export const collabTools: readonly Tool[] = [spawnTool, sendTool, resumeTool, waitTool, closeTool];

function idProblem(id: string): string | null {
  return isUuid(id) ? null : `invalid agent id ${id}: expected a UUID`;
}

type InputArgs = { message?: string; items?: ItemArgs[] };
type ItemArgs = { type?: string; text?: string; image_url?: string; path?: string; name?: string };
type Input = { ok: true; value: UserInput[]; prompt: string } | { ok: false; error: string };

function inputOf({ message, items }: InputArgs): Input {
  if (message !== undefined && items !== undefined) {
    return { ok: false, error: 'Provide either message or items, but not both' };
  }
  if (message === undefined && items === undefined) return { ok: false, error: 'Provide one of: message or items' };
  if (message !== undefined) {
    if (!message.trim()) return { ok: false, error: "Empty message can't be sent to an agent" };
    return { ok: true, value: [{ type: 'text', text: message, text_elements: [] }], prompt: message };
  }
  const value: UserInput[] = [];
  for (const item of items ?? []) {
    const part = userInput(item);
    if (!part) return { ok: false, error: `an item of type '${item.type ?? ''}' is incomplete or unknown` };
    value.push(part);
  }
  if (!value.length) return { ok: false, error: "Items can't be empty" };
  const prompt = value.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n');
  return { ok: true, value, prompt };
}

function userInput({ type = 'text', text: content, image_url, path, name }: ItemArgs): UserInput | null {
  switch (type) {
    case 'text':
      return content === undefined ? null : { type: 'text', text: content, text_elements: [] };
    case 'image':
      return image_url === undefined ? null : { type: 'image', url: image_url };
    case 'local_image':
      return path === undefined ? null : { type: 'localImage', path };
    case 'skill':
    case 'mention':
      return path === undefined || name === undefined ? null : { type, name, path };
    default:
      return null;
  }
}

import { createRequire } from 'node:module';
import { ask, MCP_TOOLS } from '../model-script.mjs';
import { rssMib } from '../processes.mjs';
import { turn } from '../scenarios.mjs';
import { pause } from '../world.mjs';

const SERVER = createRequire(import.meta.url).resolve('@codex/mock-mcp/server.mjs');
/** Servers that never get ready. */
const STARTS = [
  { START: 'exit' },
  { START: 'refuse' },
  { START: 'pages' },
  { SLOW: 'initialize' },
  { SLOW: 'tools/list' },
];
const WORKING = [{ START: 'garbage' }, { CHILD: '1', STUBBORN: '1' }];
/** What has to become of a call, where it is not a failure. */
const FINE = new Set(['flood', 'huge', 'echo']);
/** Of what never comes, and of what does. */
const SHORT_S = 1;
const LONG_S = 60;

/** MCP servers that crash, hang, flood or answer garbage: turns go on, failures are told, nothing of a server stays. */
export const mcp = {
  about: 'MCP servers that crash, hang, flood and answer garbage; turns complete, failures are told, no server stays',
  unit: 'rounds of every fault',
  full: 10,
  small: 1,
  async run(world, size) {
    const violations = [];
    const figures = { turns: 0, calls: 0, slowestTurnMs: 0, slowestPingMs: 0 };
    const { program, left } = await world.watched();
    const talk = async (name, env, texts) => {
      const bad = {
        ...{ command: process.execPath, args: [SERVER], env },
        startup_timeout_sec: STARTS.includes(env) ? SHORT_S : LONG_S,
        tool_timeout_sec: name === 'hang' ? SHORT_S : LONG_S,
      };
      const thread = await program.thread({ config: { mcp_servers: { bad } } });
      for (const text of texts) {
        const started = performance.now();
        const { status, error } = await turn(program, thread.id, text);
        if (status !== 'completed') violations.push(`${name}: the turn ended as ${status}: ${error?.message}`);
        figures.turns += 1;
        figures.slowestTurnMs = Math.max(figures.slowestTurnMs, Math.round(performance.now() - started));
      }
      await program.request('thread/unsubscribe', { threadId: thread.id });
    };
    const pings = pinging(program, figures);
    for (let round = 0; round < size; round++) {
      await Promise.all([
        ...STARTS.map((env) => talk(JSON.stringify(env), env, [ask('say')])),
        ...WORKING.map((env) => talk(JSON.stringify(env), env, [ask('mcp', MCP_TOOLS.indexOf('echo'))])),
      ]);
      // The second turn finds the server in the state that the first one left it in.
      await Promise.all(MCP_TOOLS.map((tool, i) => talk(tool, {}, [ask('mcp', i), ask('mcp', i)])));
      world.say(`${round + 1} rounds`);
    }
    await pings.stop();
    judgeCalls(program.messages, figures, violations, size * (2 * MCP_TOOLS.length + WORKING.length));
    violations.push(...(await left()));
    figures.rssMib = rssMib(program.pid);
    violations.push(...(await program.close()));
    if (program.stderr.includes('Warning')) violations.push(`a warning of Node: ${program.stderr}`);
    return { figures, violations };
  },
};

function judgeCalls(messages, figures, violations, due) {
  const items = messages.flatMap(({ method, params }) =>
    method === 'item/completed' && params.item.type === 'mcpToolCall' ? [params.item] : [],
  );
  figures.calls = items.length;
  if (items.length !== due) violations.push(`${items.length} calls were completed, and not ${due}`);
  for (const { tool, status, error } of items) {
    if (status !== (FINE.has(tool) ? 'completed' : 'failed')) violations.push(`${tool} ended as ${status}`);
    if (status === 'failed' && !error?.message.includes('tool call failed for `bad/')) {
      violations.push(`${tool}: ${error?.message}`);
    }
  }
}

/** Asks for something small all the time: whatever goes on, answers come. */
function pinging(program, figures) {
  let over = false;
  const asking = (async () => {
    while (!over && !program.ended) {
      const started = performance.now();
      await program.call('thread/loaded/list', {}).catch(() => {});
      figures.slowestPingMs = Math.max(figures.slowestPingMs, Math.round(performance.now() - started));
      await pause(100);
    }
  })();
  return {
    stop: () => {
      over = true;
      return asking;
    },
  };
}

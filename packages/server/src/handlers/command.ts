import type { Handlers } from '../context.ts';
import { processLane } from '../lane-of.ts';

/** Commands that a client runs for itself, outside any thread (§9.9). */
export const commandHandlers = {
  async 'command/exec'(params, ctx) {
    const { connection, server } = ctx;
    const lane = typeof params.processId === 'string' ? processLane(connection.id, params.processId) : null;
    // Only the start belongs to the lane: what is written to the process must not wait for its end.
    const started = await server.lanes.run(lane, () => server.services.commands.start(connection, params));
    return started.result;
  },

  'command/exec/write'(params, { connection, server }) {
    server.services.commands.write(connection, params);
    return {};
  },

  'command/exec/resize'(params, { connection, server }) {
    server.services.commands.resize(connection, params);
    return {};
  },

  'command/exec/terminate'(params, { connection, server }) {
    server.services.commands.terminate(connection, params);
    return {};
  },
} satisfies Partial<Handlers>;

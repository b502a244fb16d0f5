import type { Handlers } from '../context.ts';

/** Files by a few letters of their paths (§9.11). */
export const searchHandlers = {
  fuzzyFileSearch: (params, { connection, server }) => server.services.files.find(connection, params),

  'fuzzyFileSearch/sessionStart'(params, ctx) {
    const session = ctx.server.services.files.startSession(ctx.connection, params);
    ctx.afterReply(() => session.update(''));
    return {};
  },

  'fuzzyFileSearch/sessionUpdate'(params, ctx) {
    const session = ctx.server.services.files.session(params.sessionId);
    ctx.afterReply(() => session.update(params.query));
    return {};
  },

  'fuzzyFileSearch/sessionStop'(params, ctx) {
    ctx.server.services.files.stopSession(params.sessionId);
    return {};
  },
} satisfies Partial<Handlers>;

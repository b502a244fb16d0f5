import { z } from 'zod';
import { method } from './define.ts';
import { Turn } from './entities/turn.ts';
import { lazy } from './lazy.ts';
import { AbsolutePath, u32 } from './scalar.ts';

/*
 * Requests of later versions without which their clients do not get along (app-server specification §20). They are no
 * part of the exported protocol, and clients of its own version do not have them.
 */

const HooksListParams = lazy(() => z.object({ cwds: z.array(z.string()).nullish() }));
const HooksListResponse = lazy(() =>
  z.object({
    data: z.array(
      z.object({
        cwd: z.string(),
        hooks: z.array(z.never()),
        warnings: z.array(z.string()),
        errors: z.array(z.object({ path: z.string(), message: z.string() })),
      }),
    ),
  }),
);

const PluginInstalledParams = lazy(() => z.object({ cwds: z.array(AbsolutePath()).nullish() }));
const PluginInstalledResponse = lazy(() =>
  z.object({ marketplaces: z.array(z.unknown()), marketplaceLoadErrors: z.array(z.never()) }),
);

const ThreadTurnsListParams = lazy(() =>
  z.object({
    threadId: z.string(),
    cursor: z.string().nullish(),
    limit: u32().nullish(),
    sortDirection: z.enum(['asc', 'desc']).nullish(),
  }),
);
const ThreadTurnsListResponse = lazy(() =>
  z.object({ data: z.array(Turn()), nextCursor: z.string().nullable(), backwardsCursor: z.string().nullable() }),
);

const ThreadReadStateUpdateParams = lazy(() => z.object({ threadId: z.string() }));
const ThreadReadStateUpdateResponse = lazy(() =>
  z.object({ readState: z.object({ firstUnread: z.null(), revision: z.string() }) }),
);

export const laterMethods = {
  'hooks/list': method({
    doc: 'Lists hooks by folder.',
    params: HooksListParams,
    result: HooksListResponse,
  }),
  'plugin/installed': method({
    doc: 'Lists the plugins that are installed.',
    params: PluginInstalledParams,
    result: PluginInstalledResponse,
  }),
  'thread/turns/list': method({
    doc: 'Reads the turns of a thread page by page, the newest first unless asked otherwise.',
    params: ThreadTurnsListParams,
    result: ThreadTurnsListResponse,
  }),
  'thread/readState/update': method({
    doc: 'Marks a thread as read or unread.',
    params: ThreadReadStateUpdateParams,
    result: ThreadReadStateUpdateResponse,
  }),
};

export type LaterMethod = keyof typeof laterMethods;
export type LaterParams<M extends LaterMethod> = z.output<ReturnType<(typeof laterMethods)[M]['params']>>;
export type LaterResult<M extends LaterMethod> = z.output<ReturnType<(typeof laterMethods)[M]['result']>>;

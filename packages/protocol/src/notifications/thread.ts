import { z } from 'zod';
import { notification } from '../define.ts';
import { Thread, ThreadStatus } from '../entities/thread.ts';
import { ThreadTokenUsage } from '../entities/usage.ts';
import { named } from '../lazy.ts';
import { RequestId } from '../rpc.ts';

export const ContextCompactedNotification = named('ContextCompactedNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string() }),
);
export type ContextCompactedNotification = z.infer<ReturnType<typeof ContextCompactedNotification>>;

export const ServerRequestResolvedNotification = named('ServerRequestResolvedNotification', () =>
  z.object({ threadId: z.string(), requestId: RequestId() }),
);
export type ServerRequestResolvedNotification = z.infer<ReturnType<typeof ServerRequestResolvedNotification>>;

export const ThreadArchivedNotification = named('ThreadArchivedNotification', () => z.object({ threadId: z.string() }));
export type ThreadArchivedNotification = z.infer<ReturnType<typeof ThreadArchivedNotification>>;

export const ThreadClosedNotification = named('ThreadClosedNotification', () => z.object({ threadId: z.string() }));
export type ThreadClosedNotification = z.infer<ReturnType<typeof ThreadClosedNotification>>;

export const ThreadNameUpdatedNotification = named('ThreadNameUpdatedNotification', () =>
  z.object({ threadId: z.string(), threadName: z.string().nullable() }),
);
export type ThreadNameUpdatedNotification = z.infer<ReturnType<typeof ThreadNameUpdatedNotification>>;

export const ThreadStartedNotification = named('ThreadStartedNotification', () => z.object({ thread: Thread() }));
export type ThreadStartedNotification = z.infer<ReturnType<typeof ThreadStartedNotification>>;

export const ThreadStatusChangedNotification = named('ThreadStatusChangedNotification', () =>
  z.object({ threadId: z.string(), status: ThreadStatus() }),
);
export type ThreadStatusChangedNotification = z.infer<ReturnType<typeof ThreadStatusChangedNotification>>;

export const ThreadTokenUsageUpdatedNotification = named('ThreadTokenUsageUpdatedNotification', () =>
  z.object({ threadId: z.string(), turnId: z.string(), tokenUsage: ThreadTokenUsage() }),
);
export type ThreadTokenUsageUpdatedNotification = z.infer<ReturnType<typeof ThreadTokenUsageUpdatedNotification>>;

export const ThreadUnarchivedNotification = named('ThreadUnarchivedNotification', () =>
  z.object({ threadId: z.string() }),
);
export type ThreadUnarchivedNotification = z.infer<ReturnType<typeof ThreadUnarchivedNotification>>;

export const threadNotifications = {
  'thread/started': notification({ doc: 'A thread was opened.', params: ThreadStartedNotification }),
  'thread/status/changed': notification({
    doc: "A thread's status has a new value.",
    params: ThreadStatusChangedNotification,
  }),
  'thread/archived': notification({ doc: 'A thread was archived.', params: ThreadArchivedNotification }),
  'thread/unarchived': notification({
    doc: 'A thread was taken out of the archive.',
    params: ThreadUnarchivedNotification,
  }),
  'thread/closed': notification({ doc: 'A thread left the memory of the server.', params: ThreadClosedNotification }),
  'thread/name/updated': notification({ doc: 'A thread has a new name.', params: ThreadNameUpdatedNotification }),
  'thread/tokenUsage/updated': notification({
    doc: 'The token counts of a thread changed.',
    params: ThreadTokenUsageUpdatedNotification,
  }),
  'serverRequest/resolved': notification({
    doc: 'A question to the client is settled.',
    params: ServerRequestResolvedNotification,
  }),
  'thread/compacted': notification({
    doc: "The model's history of a thread was replaced by a summary.",
    params: ContextCompactedNotification,
  }),
};

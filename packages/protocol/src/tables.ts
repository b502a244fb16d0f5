import type { z } from 'zod';
import { accountMethods } from './methods/account.ts';
import { appsMethods } from './methods/apps.ts';
import { commandMethods } from './methods/command.ts';
import { configMethods } from './methods/config.ts';
import { externalAgentMethods } from './methods/external-agent.ts';
import { feedbackMethods } from './methods/feedback.ts';
import { fsMethods } from './methods/fs.ts';
import { initializeMethods } from './methods/initialize.ts';
import { legacyMethods } from './methods/legacy.ts';
import { mcpMethods } from './methods/mcp.ts';
import { modelMethods } from './methods/model.ts';
import { pluginMethods } from './methods/plugin.ts';
import { realtimeMethods } from './methods/realtime.ts';
import { reviewMethods } from './methods/review.ts';
import { searchMethods } from './methods/search.ts';
import { skillsMethods } from './methods/skills.ts';
import { threadMethods } from './methods/thread.ts';
import { turnMethods } from './methods/turn.ts';
import { windowsMethods } from './methods/windows.ts';
import { accountNotifications } from './notifications/account.ts';
import { itemNotifications } from './notifications/item.ts';
import { miscNotifications } from './notifications/misc.ts';
import { realtimeNotifications } from './notifications/realtime.ts';
import { threadNotifications } from './notifications/thread.ts';
import { turnNotifications } from './notifications/turn.ts';
import { serverRequests } from './server-requests.ts';

/** Every request a client may send, by method name. */
export const clientMethods = {
  ...initializeMethods,
  ...threadMethods,
  ...skillsMethods,
  ...pluginMethods,
  ...appsMethods,
  ...fsMethods,
  ...turnMethods,
  ...realtimeMethods,
  ...reviewMethods,
  ...modelMethods,
  ...mcpMethods,
  ...windowsMethods,
  ...accountMethods,
  ...feedbackMethods,
  ...commandMethods,
  ...configMethods,
  ...externalAgentMethods,
  ...legacyMethods,
  ...searchMethods,
};

/** Every notification the server may send. */
export const serverNotifications = {
  ...accountNotifications,
  ...itemNotifications,
  ...miscNotifications,
  ...realtimeNotifications,
  ...threadNotifications,
  ...turnNotifications,
};

export { serverRequests };

export type ClientMethods = typeof clientMethods;
export type ClientMethod = keyof ClientMethods;
/** Parameters as a handler sees them: defaults filled in. */
export type ParamsOf<M extends ClientMethod> = z.output<ReturnType<ClientMethods[M]['params']>>;
/** Parameters as a client may write them. */
export type ParamsIn<M extends ClientMethod> = z.input<ReturnType<ClientMethods[M]['params']>>;
export type ResultOf<M extends ClientMethod> = z.output<ReturnType<ClientMethods[M]['result']>>;

export type ServerNotifications = typeof serverNotifications;
export type ServerNotificationMethod = keyof ServerNotifications;
export type NotificationParams<M extends ServerNotificationMethod> = z.output<
  ReturnType<ServerNotifications[M]['params']>
>;
/** One notification, told apart by `method`. */
export type ServerNotification = {
  [M in ServerNotificationMethod]: { method: M; params: NotificationParams<M> };
}[ServerNotificationMethod];

export type ServerRequests = typeof serverRequests;
export type ServerRequestMethod = keyof ServerRequests;
export type ServerRequestParams<M extends ServerRequestMethod> = z.output<ReturnType<ServerRequests[M]['params']>>;
export type ServerRequestResult<M extends ServerRequestMethod> = z.output<ReturnType<ServerRequests[M]['result']>>;

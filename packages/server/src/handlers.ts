import type { Handlers } from './context.ts';
import { accountHandlers } from './handlers/account.ts';
import { appsHandlers } from './handlers/apps.ts';
import { commandHandlers } from './handlers/command.ts';
import { configHandlers } from './handlers/config.ts';
import { externalAgentHandlers } from './handlers/external-agent.ts';
import { feedbackHandlers } from './handlers/feedback.ts';
import { fsHandlers } from './handlers/fs.ts';
import { initializeHandlers } from './handlers/initialize.ts';
import { legacyHandlers } from './handlers/legacy.ts';
import { mcpHandlers } from './handlers/mcp.ts';
import { pluginsHandlers } from './handlers/plugins.ts';
import { modelHandlers } from './handlers/model.ts';
import { threadHistoryHandlers } from './handlers/thread-history.ts';
import { realtimeHandlers } from './handlers/realtime.ts';
import { reviewHandlers } from './handlers/review.ts';
import { searchHandlers } from './handlers/search.ts';
import { skillsHandlers } from './handlers/skills.ts';
import { threadLifeHandlers } from './handlers/thread-life.ts';
import { threadOpenHandlers } from './handlers/thread-open.ts';
import { threadReadHandlers } from './handlers/thread-read.ts';
import { turnHandlers } from './handlers/turn.ts';
import { windowsHandlers } from './handlers/windows.ts';

/** One handler per method of the protocol: a row without one does not compile. */
export const handlers = {
  ...initializeHandlers,
  ...threadOpenHandlers,
  ...threadReadHandlers,
  ...threadLifeHandlers,
  ...threadHistoryHandlers,
  ...turnHandlers,
  ...mcpHandlers,
  ...modelHandlers,
  ...pluginsHandlers,
  ...configHandlers,
  ...accountHandlers,
  ...legacyHandlers,
  ...appsHandlers,
  ...externalAgentHandlers,
  ...feedbackHandlers,
  ...fsHandlers,
  ...commandHandlers,
  ...reviewHandlers,
  ...searchHandlers,
  ...skillsHandlers,
  ...windowsHandlers,
  ...realtimeHandlers,
} satisfies Handlers;

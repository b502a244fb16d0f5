import { unreachable } from '@codex/base';
import type { ServerNotification } from '@codex/protocol';
import type { ItemDelta, Stamped } from './events.ts';

/**
 * What an event says on the wire, in order; empty for events that are not told. Pure and without state.
 * Questions travel as requests and are not handled here; raw history items have their own projection because
 * only clients that asked for them get them.
 */
export function toNotifications(stamped: Stamped): ServerNotification[] {
  const { threadId, event } = stamped;
  const turnId = stamped.turnId ?? '';
  switch (event.type) {
    case 'thread.opened':
      return event.origin === 'resumed' ? [] : [{ method: 'thread/started', params: { thread: event.thread } }];
    case 'thread.status':
      return [{ method: 'thread/status/changed', params: { threadId, status: event.status } }];
    case 'thread.renamed':
      return [{ method: 'thread/name/updated', params: { threadId, threadName: event.name } }];
    case 'thread.closed':
      return [{ method: 'thread/closed', params: { threadId } }];
    case 'turn.started':
      return [
        {
          method: 'turn/started',
          params: { threadId, turn: { id: event.turn.id, items: [], status: 'inProgress', error: null } },
        },
      ];
    case 'turn.diff':
      return [{ method: 'turn/diff/updated', params: { threadId, turnId, diff: event.diff } }];
    case 'turn.plan':
      return [
        {
          method: 'turn/plan/updated',
          params: { threadId, turnId, explanation: event.explanation, plan: event.steps },
        },
      ];
    case 'turn.usage': {
      const out: ServerNotification[] = [];
      if (event.usage) {
        out.push({ method: 'thread/tokenUsage/updated', params: { threadId, turnId, tokenUsage: event.usage } });
      }
      if (event.rateLimits) {
        out.push({ method: 'account/rateLimits/updated', params: { rateLimits: event.rateLimits } });
      }
      return out;
    }
    case 'turn.rerouted':
      return [
        {
          method: 'model/rerouted',
          params: {
            threadId,
            turnId,
            fromModel: event.from,
            toModel: event.to,
            reason: 'highRiskCyberActivity',
          },
        },
      ];
    case 'turn.retrying':
      return [{ method: 'error', params: { threadId, turnId, error: event.error, willRetry: true } }];
    case 'turn.hook': {
      const method = event.run.status === 'running' ? 'hook/started' : 'hook/completed';
      return [{ method, params: { threadId, turnId, run: event.run } }];
    }
    case 'turn.ended': {
      const completed: ServerNotification = {
        method: 'turn/completed',
        params: { threadId, turn: { id: turnId, items: [], status: event.status, error: event.error } },
      };
      if (!event.error) return [completed];
      return [{ method: 'error', params: { threadId, turnId, error: event.error, willRetry: false } }, completed];
    }
    case 'item.started':
      return [{ method: 'item/started', params: { item: event.item, threadId, turnId } }];
    case 'item.completed':
      return [{ method: 'item/completed', params: { item: event.item, threadId, turnId } }];
    case 'item.delta':
      return [deltaNotification(threadId, turnId, event.itemId, event.delta)];
    case 'context.compacted':
      return [{ method: 'thread/compacted', params: { threadId, turnId } }];
    case 'notice': {
      const params = { summary: event.message, details: event.details };
      if (event.level === 'warning') return [];
      return [event.level === 'fault' ? { method: 'configWarning', params } : { method: 'deprecationNotice', params }];
    }
    case 'turn.context':
    case 'question.opened':
    case 'question.closed':
    case 'context.appended':
    case 'context.rolledBack':
      return [];
    default:
      return unreachable(event);
  }
}

function deltaNotification(threadId: string, turnId: string, itemId: string, delta: ItemDelta): ServerNotification {
  switch (delta.kind) {
    case 'text':
      return { method: 'item/agentMessage/delta', params: { threadId, turnId, itemId, delta: delta.text } };
    case 'planText':
      return { method: 'item/plan/delta', params: { threadId, turnId, itemId, delta: delta.text } };
    case 'reasoningSummary':
      return {
        method: 'item/reasoning/summaryTextDelta',
        params: { threadId, turnId, itemId, delta: delta.text, summaryIndex: delta.index },
      };
    case 'reasoningSummaryPart':
      return {
        method: 'item/reasoning/summaryPartAdded',
        params: { threadId, turnId, itemId, summaryIndex: delta.index },
      };
    case 'reasoningText':
      return {
        method: 'item/reasoning/textDelta',
        params: { threadId, turnId, itemId, delta: delta.text, contentIndex: delta.index },
      };
    case 'commandOutput':
      return { method: 'item/commandExecution/outputDelta', params: { threadId, turnId, itemId, delta: delta.text } };
    case 'fileOutput':
      return { method: 'item/fileChange/outputDelta', params: { threadId, turnId, itemId, delta: delta.text } };
    case 'mcpProgress':
      return { method: 'item/mcpToolCall/progress', params: { threadId, turnId, itemId, message: delta.text } };
    case 'terminalInput':
      return {
        method: 'item/commandExecution/terminalInteraction',
        params: { threadId, turnId, itemId, processId: delta.processId, stdin: delta.text },
      };
    default:
      return unreachable(delta);
  }
}

/** Items of the model's own history, for clients that asked for raw events. */
export function toRawNotifications({ threadId, turnId, event }: Stamped): ServerNotification[] {
  if (event.type !== 'context.appended' || turnId === null) return [];
  return event.items.map((item) => ({ method: 'rawResponseItem/completed', params: { threadId, turnId, item } }));
}

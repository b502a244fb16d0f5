import type { Writable } from 'node:stream';
import type { ServerNotification } from '@codex/protocol';
import { completedItems, type JsonItem, startedItem } from './jsonl-item.ts';
import { errorText, type Output } from './output.ts';

/** Events on stdout, one JSON object per line, nothing else (exec specification, "JSON events"). */
export function jsonlOutput(stdout: Writable, stderr: Writable): Output {
  let items = 0;
  /** Ids of items that have started, by the server's id. */
  const open = new Map<string, string>();
  let todo: { id: string; items: JsonItem } | null = null;
  let lastError: string | null = null;

  const write = (event: object) => stdout.write(`${JSON.stringify(event)}\n`);
  const nextId = () => `item_${items++}`;
  const writeItem = (event: string, id: string, { type, ...rest }: JsonItem) =>
    write({ type: `item.${event}`, item: { id, type, ...rest } });
  const complete = (item: JsonItem, id = nextId()) => writeItem('completed', id, item);
  const writeError = (message: string) => {
    lastError = message;
    write({ type: 'error', message });
  };

  return {
    opened: ({ thread }) => write({ type: 'thread.started', thread_id: thread.id }),
    event(notification: ServerNotification) {
      switch (notification.method) {
        case 'turn/started':
          write({ type: 'turn.started' });
          return;
        case 'item/started': {
          const { item } = notification.params;
          const started = startedItem(item);
          if (!started) return;
          const id = nextId();
          open.set(item.id, id);
          writeItem('started', id, started);
          return;
        }
        case 'item/completed': {
          const { item } = notification.params;
          const id = open.get(item.id);
          open.delete(item.id);
          for (const completed of completedItems(item)) complete(completed, id);
          return;
        }
        case 'turn/plan/updated': {
          const steps = notification.params.plan.map(({ step, status }) => ({
            text: step,
            completed: status === 'completed',
          }));
          const event = todo ? 'updated' : 'started';
          todo = { id: todo?.id ?? nextId(), items: { type: 'todo_list', items: steps } };
          writeItem(event, todo.id, todo.items);
          return;
        }
        case 'model/rerouted': {
          const { fromModel, toModel } = notification.params;
          complete({ type: 'error', message: `model rerouted: ${fromModel} -> ${toModel}` });
          return;
        }
        case 'error':
          writeError(errorText(notification.params.error));
          return;
        default:
          return;
      }
    },
    warn: (message) => {
      stderr.write(`warning: ${message}\n`);
    },
    ended(outcome) {
      if (todo) complete(todo.items, todo.id);
      if (outcome.kind === 'failed') {
        if (outcome.message !== lastError) writeError(outcome.message);
        write({ type: 'turn.failed', error: { message: outcome.message } });
        return;
      }
      const { inputTokens, cachedInputTokens, outputTokens } = outcome.usage;
      write({
        type: 'turn.completed',
        usage: { input_tokens: inputTokens, cached_input_tokens: cachedInputTokens, output_tokens: outputTokens },
      });
    },
  };
}

import type { Writable } from 'node:stream';
import type { ServerNotification, TokenUsageBreakdown } from '@codex/protocol';
import { completedItems, type JsonItem, snake, startedItem } from './jsonl-item.ts';
import { errorText, type FailureCause, type Output } from './output.ts';

/** Events on stdout, one JSON object per line, nothing else (exec specification, "JSON events"). */
export function jsonlOutput(stdout: Writable, stderr: Writable): Output {
  let items = 0;
  /** Items that have started, by the server's id. */
  const open = new Map<string, { id: string; started: JsonItem }>();
  let todo: { id: string; items: JsonItem } | null = null;
  let lastError: string | null = null;

  const usageOf = ({ inputTokens, cachedInputTokens, outputTokens }: TokenUsageBreakdown) => ({
    ...{ input_tokens: inputTokens, cached_input_tokens: cachedInputTokens, output_tokens: outputTokens },
  });
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
          open.set(item.id, { id, started });
          writeItem('started', id, started);
          return;
        }
        case 'item/completed': {
          const { item } = notification.params;
          const begun = open.get(item.id);
          open.delete(item.id);
          for (const completed of completedItems(item)) complete(completed, begun?.id);
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
        case 'error':
          writeError(errorText(notification.params.error));
          return;
        default:
          return;
      }
    },
    notice: (message) => {
      complete({ type: 'error', message });
    },
    warn: (message) => {
      stderr.write(`warning: ${message}\n`);
    },
    ended(outcome) {
      // A command that runs on in the background ends with this program; whoever reads this need not wait for it.
      for (const { id, started } of open.values()) complete({ ...started, status: 'completed' }, id);
      if (todo) complete(todo.items, todo.id);
      const usage = usageOf(outcome.usage);
      if (outcome.kind === 'failed') {
        if (outcome.message !== lastError) writeError(outcome.message);
        write({ type: 'turn.failed', error: { message: outcome.message, ...causeFields(outcome.cause) }, usage });
        return;
      }
      write({ type: 'turn.completed', usage });
    },
  };
}

/** What a script needs to know of a failure beside its text: `code` as the core's events name it, and the HTTP status. */
function causeFields(cause: FailureCause | null): { code: string; http_status?: number } {
  if (cause === null) return { code: 'other' };
  if (typeof cause === 'string') return { code: snake(cause) };
  const [name, about] = Object.entries(cause)[0] ?? ['other', null];
  const status = about?.httpStatusCode ?? null;
  return { code: snake(name), ...(status === null ? {} : { http_status: status }) };
}

const OPENING = new Set(['thread/start', 'thread/resume', 'thread/fork', 'thread/rollback']);

/** A rollout keeps so much of a command's output: its beginning and its end. */
const OUTPUT_KEPT = 64 * 1024;

/**
 * What a client that only listened knows: a view per thread and the items it was `told` to be completed. Views are made from the answers that carry a thread and folded from
 * the notifications since. `createView` is that of @codex/app-server-client.
 */
export function createFold(createView) {
  const views = new Map();
  const open = (thread) => views.set(thread.id, { thread, view: createView(thread), told: [] });
  return {
    views,
    /** An answer to a request of this client. */
    answer(method, result) {
      if (OPENING.has(method) && result?.thread) open(result.thread);
    },
    notification(message) {
      const { method, params } = message;
      if (method === 'thread/started' && !views.has(params.thread.id)) open(params.thread);
      const id = params?.threadId;
      // An agent's thread is not announced: it is new when its first turn begins.
      if (method === 'turn/started' && !views.has(id)) {
        open({ id, turns: [], name: null, status: { type: 'idle' } });
      }
      const known = views.get(id);
      known?.view.apply(message);
      if (method === 'item/completed') known?.told.push({ turnId: params.turnId, item: params.item });
    },
  };
}

/** Where a stored item differs from what was told of it; of a long output the beginning and the end count. */
export function itemDifferences(told, stored) {
  const output = told?.aggregatedOutput;
  const kept = stored?.aggregatedOutput;
  if (typeof output !== 'string' || typeof kept !== 'string' || output.length <= OUTPUT_KEPT)
    return differences(told, stored);
  const edge = OUTPUT_KEPT / 4;
  const same = output.slice(0, edge) === kept.slice(0, edge) && output.slice(-edge) === kept.slice(-edge);
  const bound = kept.length <= OUTPUT_KEPT;
  return differences(same && bound ? { ...told, aggregatedOutput: kept } : told, stored);
}

/** The same of whole turns, in order. */
export function turnDifferences(told, stored) {
  if (told.length !== stored.length) return [`: ${told.length} turns told, ${stored.length} stored`];
  return told.flatMap((turn, i) => {
    const other = stored[i];
    const items = Array.from({ length: Math.max(turn.items.length, other.items.length) }, (_, j) =>
      itemDifferences(turn.items[j], other.items[j]).map((difference) => `.items[${j}]${difference}`),
    ).flat();
    return [...differences({ ...turn, items: [] }, { ...other, items: [] }), ...items].map((each) => `[${i}]${each}`);
  });
}

/** Where two values part, as `path: this, not that`; empty when they are equal. */
export function differences(expected, actual, at = '') {
  if (Object.is(expected, actual)) return [];
  const both = (test) => test(expected) && test(actual);
  if (both(Array.isArray)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, i) => differences(expected[i], actual[i], `${at}[${i}]`)).flat();
  }
  const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (both(isPlain)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...keys].flatMap((key) => differences(expected[key], actual[key], `${at}.${key}`));
  }
  return [`${at}: expected ${brief(expected)}, got ${brief(actual)}`];
}

function brief(value) {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

/** Starts a server, initializes it, and closes it whatever `work` does; adds `startMs` to its answer. */
export async function withServer(side, dirs, work) {
  const started = performance.now();
  const server = side.server(dirs);
  try {
    await server.initialize();
    const startMs = performance.now() - started;
    return { startMs, ...(await work(server)) };
  } finally {
    await server.close();
  }
}

export async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

export function pick(object, keys) {
  return Object.fromEntries(keys.map((key) => [key, object[key]]));
}

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

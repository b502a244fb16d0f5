/**
 * Collects garbage and gives the pages to the system, those of the young generation included, which `gc` keeps. Does
 * nothing where Node was built without an inspector.
 */
export async function collectGarbage(): Promise<void> {
  const inspector = await import('node:inspector').catch(() => null);
  if (!inspector) return;
  const session = new inspector.Session();
  session.connect();
  // Disconnecting from within the callback would stop the process for good.
  session.post('HeapProfiler.collectGarbage', () => setImmediate(() => session.disconnect()));
}

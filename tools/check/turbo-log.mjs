const PREFIX = /^(@?[^\s:]+):([a-z]+): ?(.*)$/;
const COLOUR = /\u001b\[[0-9;]*m/g;

/**
 * Reads the grouped log of `turbo run`. Every test run ends with a `test-count` line (vitest.base.ts); a cached task
 * replays its log, so it counts like a fresh one. Returns per package the counts, the failed tasks as `package#task`,
 * and the log of each task.
 */
export function readTurboLog(text) {
  const counts = new Map();
  const logs = new Map();
  const failedTasks = new Set();
  for (const raw of text.replaceAll('\r', '').replace(COLOUR, '').split('\n')) {
    const match = PREFIX.exec(raw);
    if (!match) {
      for (const task of /^\s*Failed:\s+(.*)$/.exec(raw)?.[1].split(/,\s*/) ?? []) failedTasks.add(task.trim());
      continue;
    }
    const [, name, task, line] = match;
    const id = `${name}#${task}`;
    logs.set(id, [...(logs.get(id) ?? []), line]);
    if (task === 'test' && line.startsWith('test-count '))
      counts.set(name, JSON.parse(line.slice('test-count '.length)));
  }
  return { counts, logs, failedTasks: [...failedTasks] };
}

/**
 * Sums the counts over `packages`, the names of all packages that have tests. A package whose tests failed or ended
 * without saying how is at least one failure.
 */
export function sumTests({ counts, failedTasks }, packages) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const name of packages) {
    const { passed, failed, skipped } = counts.get(name) ?? { passed: 0, failed: 1, skipped: 0 };
    const broken = failedTasks.includes(`${name}#test`) ? 1 : 0;
    total.passed += passed;
    total.failed += Math.max(failed, broken);
    total.skipped += skipped;
  }
  return total;
}

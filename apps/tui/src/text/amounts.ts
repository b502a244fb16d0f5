/** `950`, `1.2K`, `34K`, `1.5M`. */
export function shortCount(count: number): string {
  if (count < 1000) return String(count);
  if (count < 1_000_000) return `${oneDigit(count / 1000)}K`;
  return `${oneDigit(count / 1_000_000)}M`;
}

function oneDigit(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
}

/** `1,234,567`. */
export function withCommas(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `350ms`, `4.2s`, `1m 05s`, `2h 03m`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${two(Math.floor(seconds % 60))}s`;
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** `3 minutes ago`; both in seconds since the epoch. */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, now - at);
  const steps = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const;
  for (const [name, size] of steps) {
    const count = Math.floor(seconds / size);
    if (count > 0) return `${count} ${name}${count === 1 ? '' : 's'} ago`;
  }
  return seconds < 5 ? 'just now' : `${seconds} seconds ago`;
}

/** How much of a model's context is left, in percent; null when its size is not known. */
export function contextLeft(used: number, window: number | null): number | null {
  if (window === null || window <= 0) return null;
  return Math.round(Math.min(1, Math.max(0, 1 - used / window)) * 100);
}

/** Characters as people count them, not UTF-16 units. */
export function countChars(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

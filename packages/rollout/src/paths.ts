import { join } from 'node:path';
import { isUuid } from '@codex/base';

export const SESSIONS = 'sessions';
export const ARCHIVED = 'archived_sessions';

const two = (n: number) => String(n).padStart(2, '0');

/** Where a new thread's file goes: folder and name carry the local time of its creation (milliseconds). */
export function rolloutPath(home: string, threadId: string, createdAt: number): string {
  const t = new Date(createdAt);
  const [year, month, day] = [String(t.getFullYear()).padStart(4, '0'), two(t.getMonth() + 1), two(t.getDate())];
  const time = `${two(t.getHours())}-${two(t.getMinutes())}-${two(t.getSeconds())}`;
  return join(home, SESSIONS, year, month, day, `rollout-${year}-${month}-${day}T${time}-${threadId}.jsonl`);
}

export interface RolloutName {
  id: string;
  /** `YYYY`, `MM`, `DD`, as the folders are called. */
  folders: [string, string, string];
  /** Milliseconds, read as local time. */
  createdAt: number;
}

const NAME = /^rollout-(\d{4})-(\d{2})-(\d{2})T(\d{2})-(\d{2})-(\d{2})-([0-9a-fA-F-]{36})\.jsonl$/;

export function isRolloutName(name: string): boolean {
  const id = NAME.exec(name)?.[7];
  return id !== undefined && isUuid(id);
}

/** What a file name says; null when it is not a rollout's. */
export function parseRolloutName(name: string): RolloutName | null {
  const parts = NAME.exec(name);
  const [, year, month, day, hour, minute, second, id] = parts ?? [];
  if (!year || !month || !day || !id || !isUuid(id)) return null;
  const createdAt = new Date(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  ).getTime();
  return { id: id.toLowerCase(), folders: [year, month, day], createdAt };
}

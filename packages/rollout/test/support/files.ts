import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nullLogger, systemClock } from '@codex/base';
import type { Stamped, ThreadEvent, ThreadHeader } from '@codex/timeline';
import { onTestFinished } from 'vitest';
import { openRollout, type RolloutOptions, rolloutPath } from '../../src/index.ts';

export const ID = '01a1fdc3-8b9e-7901-8127-7fc9701accb3';
export const CREATED = Date.UTC(2026, 10, 21, 11, 0, 13, 345);

export async function tempHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'rollout-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

/** A folder below the fixtures and its files, in the order of their names. */
export async function fixture(name: string): Promise<string[]> {
  const folder = join(import.meta.dirname, '..', 'fixtures', name);
  return (await readdir(folder)).sort().map((file) => join(folder, file));
}

export function headerFor(overrides: Partial<ThreadHeader> = {}): ThreadHeader {
  return {
    id: ID,
    createdAt: CREATED,
    cwd: '/home/user/demo',
    source: 'vscode',
    originator: 'test',
    cliVersion: '0.115.0',
    modelProvider: 'mock',
    ephemeral: false,
    path: null,
    forkedFromId: null,
    agentNickname: null,
    agentRole: null,
    baseInstructions: 'Be good.',
    dynamicTools: [],
    ...overrides,
  };
}

/** Puts events in their place: seq counts up, a turn's id is taken from its start. */
export function stamp(events: ThreadEvent[], threadId = ID, at = CREATED): Stamped[] {
  let turnId: string | null = null;
  return events.map((event, i) => {
    if (event.type === 'turn.started') turnId = event.turn.id;
    const outside = event.type === 'context.rolledBack';
    const stamped = { seq: i + 1, at: at + i, threadId, turnId: outside ? null : turnId, event };
    if (event.type === 'turn.ended') turnId = null;
    return stamped;
  });
}

export function writerAt(home: string, overrides: Partial<RolloutOptions> = {}) {
  const header = overrides.header ?? headerFor();
  return openRollout({
    header,
    path: rolloutPath(home, header.id, header.createdAt),
    resumed: false,
    gitInfo: () => Promise.resolve(null),
    log: nullLogger,
    clock: systemClock,
    ...overrides,
  });
}

export async function linesOf(
  path: string,
): Promise<{ timestamp: string; type: string; payload: Record<string, unknown> }[]> {
  return (await readFile(path, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { timestamp: string; type: string; payload: Record<string, unknown> });
}

export const turnStarted = (id: string): ThreadEvent => ({
  type: 'turn.started',
  turn: { id, modelContextWindow: 258_400, mode: 'default' },
});
export const turnEnded: ThreadEvent = { type: 'turn.ended', status: 'completed', error: null };
export const said = (id: string, text: string): ThreadEvent => ({
  type: 'item.completed',
  item: { type: 'userMessage', id, content: [{ type: 'text', text, text_elements: [] }] },
});
export const answered = (id: string, text: string): ThreadEvent => ({
  type: 'item.completed',
  item: { type: 'agentMessage', id, text, phase: null },
});

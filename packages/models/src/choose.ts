import type { Model } from '@codex/protocol';
import { fallbackModel } from './bundled.ts';
import type { ModelRecord } from './record.ts';

/** Records in the order of lists: by priority, ties as in the catalogue; what the login cannot use is left out. */
export function sortModels(records: readonly ModelRecord[], loginIsChatgpt: boolean): ModelRecord[] {
  return records
    .filter((record) => record.supportedInApi || loginIsChatgpt)
    .toSorted((a, b) => a.priority - b.priority);
}

/** The model used when none is named: the first visible one of a sorted list. */
export function defaultModel(sorted: readonly ModelRecord[]): ModelRecord | null {
  return sorted.find((record) => record.visibility === 'list') ?? sorted[0] ?? null;
}

/**
 * What is known about a model name (spec core §6.3): the longest slug the name starts with; for `ns/name` with one
 * slash the same for the part behind it; else the fallback.
 */
export function lookUp(records: readonly ModelRecord[], name: string): { record: ModelRecord; fallback: boolean } {
  const bare = /^[A-Za-z0-9_]+\/([^/]+)$/.exec(name)?.[1];
  const record = longestPrefix(records, name) ?? (bare === undefined ? undefined : longestPrefix(records, bare));
  return record ? { record, fallback: false } : { record: fallbackModel(name), fallback: true };
}

function longestPrefix(records: readonly ModelRecord[], name: string): ModelRecord | undefined {
  let best: ModelRecord | undefined;
  for (const record of records)
    if (name.startsWith(record.slug) && record.slug.length > (best?.slug.length ?? 0)) best = record;
  return best;
}

/** Configuration that outranks the catalogue; absent or null means no change. */
export interface ModelOverrides {
  contextWindow?: number | null;
  autoCompactTokenLimit?: number | null;
  /** Tokens. */
  toolOutputTokenLimit?: number | null;
  /** Can only switch on. */
  supportsReasoningSummaries?: boolean | null;
  baseInstructions?: string | null;
  /** False drops the personality texts. */
  personality?: boolean | null;
}

const BYTES_PER_TOKEN = 4;

/** The record with configuration applied (spec core §6.3). */
export function applyOverrides(record: ModelRecord, overrides: ModelOverrides): ModelRecord {
  const { mode } = record.truncationPolicy;
  const limit = overrides.toolOutputTokenLimit;
  const keepsMessages = (overrides.baseInstructions ?? null) === null && overrides.personality !== false;
  return {
    ...record,
    contextWindow: overrides.contextWindow ?? record.contextWindow,
    autoCompactTokenLimit: overrides.autoCompactTokenLimit ?? record.autoCompactTokenLimit,
    truncationPolicy:
      typeof limit === 'number'
        ? { mode, limit: mode === 'bytes' ? limit * BYTES_PER_TOKEN : limit }
        : record.truncationPolicy,
    supportsReasoningSummaries: record.supportsReasoningSummaries || overrides.supportsReasoningSummaries === true,
    baseInstructions: overrides.baseInstructions ?? record.baseInstructions,
    modelMessages: keepsMessages ? record.modelMessages : null,
  };
}

/** Tokens of history that may be used; null when the window is unknown. */
export function usableWindow(record: ModelRecord): number | null {
  if (record.contextWindow === null) return null;
  return Math.floor((record.contextWindow * record.effectiveContextWindowPercent) / 100);
}

/** Token count that triggers compaction: the configured one, at most 90 % of the window; null means never. */
export function autoCompactLimit(record: ModelRecord): number | null {
  const cap = record.contextWindow === null ? null : Math.floor((record.contextWindow * 9) / 10);
  const own = record.autoCompactTokenLimit;
  if (cap === null || own === null) return own ?? cap;
  return Math.min(own, cap);
}

/** The wire shape of `model/list`. */
export function toWire(record: ModelRecord, isDefault: boolean): Model {
  return {
    id: record.slug,
    model: record.slug,
    upgrade: record.upgrade?.model ?? null,
    upgradeInfo: record.upgrade
      ? {
          model: record.upgrade.model,
          upgradeCopy: null,
          modelLink: null,
          migrationMarkdown: record.upgrade.migrationMarkdown,
        }
      : null,
    availabilityNux: record.availabilityNux,
    displayName: record.displayName,
    description: record.description,
    hidden: record.visibility !== 'list',
    supportedReasoningEfforts: record.supportedReasoningEfforts.map(({ effort, description }) => ({
      reasoningEffort: effort,
      description,
    })),
    defaultReasoningEffort: record.defaultReasoningEffort ?? 'none',
    inputModalities: [...record.inputModalities],
    supportsPersonality: record.modelMessages !== null,
    isDefault,
  };
}

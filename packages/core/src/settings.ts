import path from 'node:path';
import type { Config } from '@codex/config';
import type { CollaborationMode } from '@codex/protocol';
import { modeInstructions } from './context/collaboration.ts';
import type { SettingsOverrides, ThreadSettings } from './thread-types.ts';

/** The settings a thread begins with. `model` is resolved already. */
export function initialSettings(config: Config, model: string): ThreadSettings {
  return {
    cwd: config.cwd,
    model,
    modelProvider: config.modelProvider,
    effort: config.modelReasoningEffort,
    summary: config.modelReasoningSummary,
    approvalPolicy: config.approvalPolicy,
    approvalsReviewer: config.approvalsReviewer,
    sandboxPolicy: config.sandboxPolicy,
    personality: config.personality,
    serviceTier: config.serviceTier,
    collaborationMode: null,
    developerInstructions: config.developerInstructions,
  };
}

/** What a turn changes stays for later turns (app-server specification §9.3). A mode brings its model and effort along. */
export function applyOverrides(settings: ThreadSettings, overrides: SettingsOverrides): ThreadSettings {
  const mode = overrides.collaborationMode;
  return {
    ...settings,
    cwd: overrides.cwd === undefined ? settings.cwd : path.resolve(settings.cwd, overrides.cwd),
    model: mode?.settings.model ?? overrides.model ?? settings.model,
    effort: mode ? (mode.settings.reasoning_effort ?? null) : (overrides.effort ?? settings.effort),
    summary: overrides.summary ?? settings.summary,
    approvalPolicy: overrides.approvalPolicy ?? settings.approvalPolicy,
    approvalsReviewer: overrides.approvalsReviewer ?? settings.approvalsReviewer,
    sandboxPolicy: overrides.sandboxPolicy ?? settings.sandboxPolicy,
    personality: overrides.personality ?? settings.personality,
    serviceTier: overrides.serviceTier === undefined ? settings.serviceTier : overrides.serviceTier,
    collaborationMode: mode ? withInstructions(mode) : withModel(settings.collaborationMode, overrides),
  };
}

/** A client that leaves the text of a mode to us gets ours. */
function withInstructions(mode: CollaborationMode): CollaborationMode {
  return { ...mode, settings: { ...mode.settings, developer_instructions: modeInstructions(mode) } };
}

/** A mode that stays follows a change of model or effort. */
function withModel(mode: CollaborationMode | null, overrides: SettingsOverrides): CollaborationMode | null {
  if (!mode || (overrides.model === undefined && overrides.effort === undefined)) return mode;
  return {
    ...mode,
    settings: {
      ...mode.settings,
      model: overrides.model ?? mode.settings.model,
      reasoning_effort: overrides.effort ?? mode.settings.reasoning_effort,
    },
  };
}

/** The mode in force; without a choice it is the default one, carrying the turn's model and effort. */
export function effectiveMode(settings: ThreadSettings): CollaborationMode {
  return (
    settings.collaborationMode ?? {
      mode: 'default',
      settings: { model: settings.model, reasoning_effort: settings.effort, developer_instructions: null },
    }
  );
}

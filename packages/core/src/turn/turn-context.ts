import { isObject } from '@codex/base';
import type { Config } from '@codex/config';
import type { ModelRecord } from '@codex/models';
import type { TurnContext } from '@codex/timeline';
import { localDate } from '../context/environment.ts';
import type { ThreadSession } from '../session.ts';
import { effectiveMode } from '../settings.ts';
import type { ThreadSettings } from '../thread-types.ts';

export interface TurnContextFacts {
  now: number;
  /** IANA name. */
  timezone: string;
  userInstructions: string | null;
  outputSchema: unknown;
}

/** The settings of one turn as they are recorded and compared with those of the next. */
export function turnContext(settings: ThreadSettings, record: ModelRecord, facts: TurnContextFacts): TurnContext {
  return {
    cwd: settings.cwd,
    currentDate: localDate(facts.now),
    timezone: facts.timezone,
    approvalPolicy: settings.approvalPolicy,
    approvalsReviewer: settings.approvalsReviewer,
    sandboxPolicy: settings.sandboxPolicy,
    model: settings.model,
    personality: settings.personality,
    collaborationMode: effectiveMode(settings),
    effort: settings.effort,
    summary: settings.summary ?? record.defaultReasoningSummary,
    userInstructions: facts.userInstructions,
    developerInstructions: settings.developerInstructions,
    outputSchema: facts.outputSchema ?? null,
    truncationPolicy: { ...record.truncationPolicy },
  };
}

/** What requests tell the provider about a turn (core specification §3.2); no path and no address of a repository. */
export function turnMetadata(turnId: string, settings: ThreadSettings, platform: NodeJS.Platform): string {
  return JSON.stringify({ turn_id: turnId, sandbox: sandboxName(settings, platform) });
}

/** Headers of every request of a turn; features on trial are named. */
export function turnHeaders(run: {
  turnId: string;
  settings: ThreadSettings;
  config: Pick<Config, 'featuresOnTrial'>;
  session: ThreadSession;
}): Record<string, string> {
  const trials = run.config.featuresOnTrial;
  return {
    ...(trials.length ? { 'x-codex-beta-features': trials.join(',') } : {}),
    'x-codex-turn-metadata': turnMetadata(run.turnId, run.settings, process.platform),
    ...agentHeaders(run.session),
  };
}

/** What every request of an agent says. */
export function agentHeaders(session: ThreadSession): Record<string, string> {
  if (session.agents.depth === 0) return {};
  const { source } = session.header;
  const isReview = isObject(source) && source['subAgent'] === 'review';
  return { 'x-openai-subagent': isReview ? 'review' : 'collab_spawn' };
}

function sandboxName({ sandboxPolicy }: ThreadSettings, platform: NodeJS.Platform): string {
  if (sandboxPolicy.type === 'dangerFullAccess') return 'none';
  if (sandboxPolicy.type === 'externalSandbox') return 'external';
  if (platform === 'darwin') return 'seatbelt';
  return platform === 'win32' ? 'windows_sandbox' : 'seccomp';
}

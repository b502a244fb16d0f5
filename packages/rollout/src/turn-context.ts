import { ApprovalsReviewer, AskForApproval, CollaborationMode } from '@codex/protocol';
import type { TurnContext } from '@codex/timeline';
import { type Fields, fields, integer, oneOf, text } from './line.ts';
import { sandboxFromFile, sandboxToFile } from './wire-forms.ts';

/** The payload of a `turn_context` line. Keys that 0.115 leaves out when empty are left out. */
export function turnContextToFile(turnId: string, context: TurnContext): Fields {
  return {
    turn_id: turnId,
    cwd: context.cwd,
    current_date: context.currentDate,
    timezone: context.timezone,
    approval_policy: context.approvalPolicy,
    sandbox_policy: sandboxToFile(context.sandboxPolicy),
    model: context.model,
    ...(context.personality !== null && { personality: context.personality }),
    collaboration_mode: modeToFile(context.collaborationMode),
    realtime_active: false,
    ...(context.effort !== null && { effort: context.effort }),
    summary: context.summary,
    ...(context.userInstructions !== null && { user_instructions: context.userInstructions }),
    ...(context.developerInstructions !== null && { developer_instructions: context.developerInstructions }),
    ...(context.outputSchema != null && { final_output_json_schema: context.outputSchema }),
    truncation_policy: context.truncationPolicy,
    ...(context.approvalsReviewer !== 'user' && { item: { approvalsReviewer: context.approvalsReviewer } }),
  };
}

function modeToFile({ mode, settings }: CollaborationMode): Fields {
  const { model, reasoning_effort = null, developer_instructions = null } = settings;
  return { mode, settings: { model, reasoning_effort, developer_instructions } };
}

/** Anything missing or unknown reads as the most careful value. */
export function turnContextFromFile(payload: Fields): TurnContext {
  const model = text(payload['model']) ?? '';
  const approval = AskForApproval().safeParse(payload['approval_policy']);
  const mode = CollaborationMode().safeParse(payload['collaboration_mode']);
  const truncation = fields(payload['truncation_policy']);
  const extra = fields(payload['item']);
  const reviewer = ApprovalsReviewer().safeParse(extra['approvalsReviewer'] ?? payload['approvals_reviewer']);
  return {
    cwd: text(payload['cwd']) ?? '',
    currentDate: text(payload['current_date']) ?? '',
    timezone: text(payload['timezone']) ?? '',
    approvalPolicy: approval.success ? approval.data : 'untrusted',
    approvalsReviewer: reviewer.success ? reviewer.data : 'user',
    sandboxPolicy: sandboxFromFile(payload['sandbox_policy']),
    model,
    personality: oneOf(payload['personality'], ['none', 'friendly', 'pragmatic']),
    collaborationMode: mode.success
      ? mode.data
      : { mode: 'default', settings: { model, reasoning_effort: null, developer_instructions: null } },
    effort: oneOf(payload['effort'], ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']),
    summary: oneOf(payload['summary'], ['auto', 'concise', 'detailed', 'none']) ?? 'auto',
    userInstructions: text(payload['user_instructions']),
    developerInstructions: text(payload['developer_instructions']),
    outputSchema: payload['final_output_json_schema'] ?? null,
    truncationPolicy: {
      mode: oneOf(truncation['mode'], ['bytes', 'tokens']) ?? 'bytes',
      limit: integer(truncation['limit']) ?? 10_000,
    },
  };
}

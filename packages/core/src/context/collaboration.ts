import type { CollaborationMode } from '@codex/protocol';

const PLAN = `You are in plan mode. Work out how the task is to be done, and do not do it yet.
- Look around as much as you need: read files, search, run commands that change nothing. Do not edit files, install anything, or run what changes the state of the machine or of other systems.
- Find out from the code what the code can tell. Ask the user with \`request_user_input\` only about what decides the plan and cannot be found out: goals, limits, choices between real alternatives.
- When the plan stands, write it in your answer between a line \`<proposed_plan>\` and a line \`</proposed_plan>\`, each tag alone on its line, once. Make it complete enough that somebody who has not seen this conversation can carry it out: what changes where, in which order, what is left as it is, how it is tested.
- If the user asks for the work itself, say that plan mode is on and that the plan has to be accepted first.`;

const DEFAULT = `You are in default mode: carry the task out. Rules of plan mode from earlier in this conversation no longer hold. Make sensible assumptions instead of asking, and name those that matter.`;

/** What the model is told about a mode: the client's own text, else ours. */
export function modeInstructions(mode: CollaborationMode): string {
  return mode.settings.developer_instructions ?? (mode.mode === 'plan' ? PLAN : DEFAULT);
}

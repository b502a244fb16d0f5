import { canonicalJson } from '@codex/base';
import type { ContentItem, Personality, ResponseItem } from '@codex/protocol';
import type { TurnContext } from '@codex/timeline';
import { type EnvironmentFacts, environmentText } from './environment.ts';
import { permissionsText } from './permissions.ts';

/** Facts beside the turn's settings that go into what the model is told. */
export interface AssembleFacts {
  shell: string;
  writableRoots: readonly string[];
  /** Command prefixes that rules allow, a line each; null without any. */
  approvedPrefixes: string | null;
  /** Connected apps, skills and plugins at hand; null without any. */
  apps: string | null;
  skills: string | null;
  plugins: string | null;
  /** The line that ends the messages of commits; empty or null for none. */
  commitTrailer: string | null;
  /** Agents at work for this thread. */
  subagents: readonly { id: string; nickname: string }[];
  network: NonNullable<EnvironmentFacts['network']> | null;
  /** Instructions of the turn's model with the personality filled in, for a change of model. */
  modelInstructions: string;
  /** Null when the instructions carry the personality already or none is wanted. */
  personalityText: (personality: Personality) => string | null;
  /** The instructions the thread runs with already speak with the personality chosen at its start. */
  personalityBakedIn: boolean;
}

/** The messages ahead of the first user message of a thread, or after its history was replaced (core specification §7.1). */
export function initialContext(context: TurnContext, facts: AssembleFacts): ResponseItem[] {
  const developer = [
    permissions(context, facts),
    context.developerInstructions,
    collaborationText(context),
    facts.personalityBakedIn ? null : personality(context, facts),
    facts.apps,
    facts.skills,
    facts.plugins,
    facts.commitTrailer && commitText(facts.commitTrailer),
  ];
  const user = [
    context.userInstructions === null ? null : agentsMdText(context.cwd, context.userInstructions),
    environment(context, facts, context.cwd),
  ];
  return messages(developer, user);
}

/** What changed since the model was last told; empty when nothing did (core specification §7.6). */
export function contextUpdate(before: TurnContext, now: TurnContext, facts: AssembleFacts): ResponseItem[] {
  const same = (a: unknown, b: unknown) => canonicalJson(a) === canonicalJson(b);
  const switched = before.model !== now.model;
  const developer = [
    switched ? `<model_switch>\n${modelSwitchText(facts.modelInstructions)}\n</model_switch>` : null,
    same([before.sandboxPolicy, before.approvalPolicy], [now.sandboxPolicy, now.approvalPolicy])
      ? null
      : permissions(now, facts),
    same(before.collaborationMode, now.collaborationMode) ? null : collaborationText(now),
    !switched && before.personality !== now.personality ? personality(now, facts) : null,
  ];
  const moved = before.cwd !== now.cwd;
  const user = [
    moved || before.currentDate !== now.currentDate || before.timezone !== now.timezone
      ? environment(now, facts, moved ? now.cwd : null)
      : null,
  ];
  return messages(developer, user);
}

function messages(developer: (string | null)[], user: (string | null)[]): ResponseItem[] {
  return [message('developer', developer), message('user', user)].filter((item) => item !== null);
}

function message(role: string, texts: (string | null)[]): ResponseItem | null {
  const content: ContentItem[] = texts
    .filter((text) => text !== null && text !== '')
    .map((text) => ({ type: 'input_text', text: text ?? '' }));
  return content.length ? { type: 'message', role, content } : null;
}

function permissions(context: TurnContext, facts: AssembleFacts): string {
  const { approvalPolicy, sandboxPolicy } = context;
  const { writableRoots, approvedPrefixes } = facts;
  return permissionsText({ approvalPolicy, sandboxPolicy, writableRoots, approvedPrefixes });
}

function environment(context: TurnContext, facts: AssembleFacts, cwd: string | null): string {
  const { currentDate, timezone } = context;
  return environmentText({ ...facts, cwd, currentDate, timezone });
}

function collaborationText(context: TurnContext): string | null {
  const text = context.collaborationMode.settings.developer_instructions;
  return text ? `<collaboration_mode>${text}</collaboration_mode>` : null;
}

function personality(context: TurnContext, facts: AssembleFacts): string | null {
  const text = context.personality === null ? null : facts.personalityText(context.personality);
  return text ? `<personality_spec> ${text} </personality_spec>` : null;
}

function agentsMdText(cwd: string, text: string): string {
  return `# AGENTS.md instructions for ${cwd}\n\n<INSTRUCTIONS>\n${text}\n</INSTRUCTIONS>`;
}

function commitText(trailer: string): string {
  return `When you write or change the message of a git commit, let it end with this trailer, once, after the trailers that are there already and with an empty line above them all:\n${trailer}`;
}

function modelSwitchText(instructions: string): string {
  return `The user has changed the model: until now another one answered in this conversation. Go on from where it stands and follow these instructions:\n\n${instructions}`;
}

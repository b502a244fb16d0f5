import { toMessage } from '@codex/base';
import type { ActivePlugin } from '@codex/config';
import { allowedPrefixes } from '@codex/execpolicy';
import { instructionsFor, type ModelRecord, personalityText } from '@codex/models';
import type { ResponseItem, UserInput } from '@codex/protocol';
import { resolvePolicy } from '@codex/sandbox';
import { mentionedSkills, type Skill, skillMessage, skillsText } from '@codex/skills';
import type { TurnContext, TurnScope } from '@codex/timeline';
import { appsText } from '../context/apps.ts';
import { type AssembleFacts, contextUpdate, initialContext } from '../context/assemble.ts';
import { mentionedPlugins, pluginNote, pluginsText } from '../context/plugins.ts';
import { userMessage } from '../context/user-input.ts';
import type { TurnRun } from './turn-run.ts';
import { turnContext } from './turn-context.ts';

/** The settings of this turn and what else goes into telling them to the model. */
async function turnFacts(run: TurnRun, record: ModelRecord): Promise<{ context: TurnContext; facts: AssembleFacts }> {
  const { settings, session, timeline } = run;
  const { reference } = timeline.context;
  const context = turnContext(settings, record, {
    now: session.clock.now(),
    timezone: session.timezone(),
    userInstructions: reference ? reference.userInstructions : await run.userInstructions(),
    outputSchema: run.outputSchema,
  });
  const { skills } = await session.skills.at(run.config, settings.cwd);
  const facts: AssembleFacts = {
    shell: session.shell.name,
    writableRoots: resolvePolicy(settings.sandboxPolicy, settings.cwd, session.env).writableRoots.map((r) => r.root),
    approvedPrefixes: allowedPrefixes(await session.rules.current()),
    apps: appsText(run.config),
    skills: skillsText(skills),
    plugins: pluginsText(run.config.activePlugins, skills),
    commitTrailer: run.config.features.codex_git_commit ? commitTrailer(run.config.commitAttribution) : null,
    subagents: session.agents.open(),
    network: run.config.network?.prescribed ?? null,
    modelInstructions: instructionsFor(record, settings.personality),
    personalityText: (personality) => personalityText(record, personality),
    personalityBakedIn: session.header.baseInstructions === instructionsFor(record, settings.personality),
  };
  return { context, facts };
}

/** Null attribution means ours, an empty one none. */
function commitTrailer(attribution: string | null): string | null {
  const author = attribution === null ? 'Codex <noreply@openai.com>' : attribution.trim();
  return author && `Co-authored-by: ${author}`;
}

/** Tells the model everything at first, and later what changed since it was last told (core specification §7). */
export async function tellContext(run: TurnRun, record: ModelRecord, scope: TurnScope): Promise<void> {
  const { reference } = run.timeline.context;
  const { context, facts } = await turnFacts(run, record);
  scope.appendContext(reference ? contextUpdate(reference, context, facts) : initialContext(context, facts));
  scope.context(context);
}

/** What the model is told when its history is replaced in the middle of a turn. */
export async function freshContext(
  run: TurnRun,
  record: ModelRecord,
): Promise<{ context: TurnContext; items: ResponseItem[] }> {
  const { context, facts } = await turnFacts(run, record);
  return { context, items: initialContext(context, facts) };
}

/** Whatever the user said and the model has not heard; when a turn ends, the next one's model finds it in the history. */
export async function addPendingInput(run: TurnRun, scope: TurnScope): Promise<void> {
  for (const input of run.steering.drain()) await addUserInput(run, scope, input);
}

async function addUserInput(run: TurnRun, scope: TurnScope, input: UserInput[]): Promise<void> {
  const message: ResponseItem = await userMessage(input, run.session.files);
  scope.appendContext([message]);
  scope.add({ type: 'userMessage', id: run.session.ids.uuid(), content: input });
  const { skills } = await run.session.skills.at(run.config, run.settings.cwd);
  await handOverSkills(run, scope, mentionedSkills(input, skills));
  const plugins = mentionedPlugins(input, run.config.activePlugins);
  if (plugins.length > 0) await pointOutPlugins(run, scope, plugins, skills);
}

/** Tells the model the skills that the user asked for, whole and every time anew (skills specification §4). */
async function handOverSkills(run: TurnRun, scope: TurnScope, asked: readonly Skill[]): Promise<void> {
  const { session } = run;
  for (const skill of asked) {
    const { name, path } = skill.metadata;
    try {
      const text = skillMessage(skill, await session.skills.read(skill));
      scope.appendContext([{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }]);
    } catch (error) {
      run.timeline.notice('warning', `Failed to load skill ${name} at ${path}: ${toMessage(error)}`);
    }
  }
}

/** Tells the model what the plugins have that the user asked for; their servers have to be there for that. */
async function pointOutPlugins(
  run: TurnRun,
  scope: TurnScope,
  plugins: readonly ActivePlugin[],
  skills: readonly Skill[],
): Promise<void> {
  await run.mcp.ready(run.signal);
  const tools = run.mcp.tools();
  for (const plugin of plugins) {
    const text = pluginNote(plugin, skills, tools);
    if (text === null) continue;
    scope.appendContext([{ type: 'message', role: 'developer', content: [{ type: 'input_text', text }] }]);
  }
}

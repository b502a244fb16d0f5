import type { Skill } from './skill.ts';

/** What the model is told of the skills it may use by itself; null when there is none (skills specification §4). */
export function skillsText(skills: readonly Skill[]): string | null {
  const offered = skills.filter(({ metadata, implicit }) => implicit && metadata.enabled);
  if (offered.length === 0) return null;
  const lines = offered.map(({ metadata: { name, description, path } }) => `- ${name}: ${description} (file: ${path})`);
  return `<skills_instructions>\n${INTRODUCTION}\n${lines.join('\n')}\n${USAGE}\n</skills_instructions>`;
}

/** The message that hands a skill over. */
export function skillMessage({ metadata: { name, path } }: Skill, contents: string): string {
  return `<skill>\n<name>${name}</name>\n<path>${path}</path>\n${contents}\n</skill>`;
}

const INTRODUCTION = `## Skills
A skill is a folder with instructions for one kind of task, in a file SKILL.md, often with scripts, references and
templates beside it. These are at hand in this session:`;

const USAGE = `### How to work with skills
- When: the user names a skill (as \`$name\` or in words), or the task is plainly what its description says. Then use it in
  that turn; in a later turn only when it is asked for or fits again. If several fit, take the fewest that cover the task.
- How: read the SKILL.md of the skill before acting, as far as the task needs. Paths in it count from the folder it lies
  in. Open further files only when the instructions send you there, one at a time rather than whole folders. Run its
  scripts and start from its templates instead of writing the same again.
- When a skill is missing, cannot be read or does not fit, say so in a sentence and go on without it.
- Tell the user in a few words which skill you use and why.`;

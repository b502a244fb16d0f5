/** The skill about writing skills: its files by path. */
export const SKILL_CREATOR: Readonly<Record<string, string>> = {
  'SKILL.md': `---
name: skill-creator
description: Write a new skill or improve an existing one. Use when somebody wants to teach Codex a task, a workflow or knowledge about a project for good, or asks how skills work.
metadata:
  short-description: Write or improve a skill
---
# Writing skills

A skill is a folder with a file \`SKILL.md\`. Its head (name and description) is always in view of the model; its body is
read when a task calls for it; everything else in the folder is opened or run only when the body says so. A good skill
says what the model would not do right by itself, and nothing more.

## Steps

1. **Find out what it is for.** Ask for two or three requests that should lead to the skill, and one that should not.
   Look for steps that went wrong or had to be explained before. Do not ask about what the files at hand already answer.
2. **Choose a place.** For one project: \`.agents/skills/<name>\` in its repository. For one person: \`~/.agents/skills/<name>\`.
3. **Make the folder.** From the folder of this skill:
   \`node scripts/init-skill.mjs <name> --in <folder with skills> [--resources scripts,references,assets]\`
4. **Write the description first.** It decides whether the skill is ever used: what it does, then when to use it, in words
   that people use in such requests. One line, at most 1024 characters.
5. **Write the body.** See below.
6. **Check it.** \`node scripts/validate-skill.mjs <skill folder>\` reports what would be refused. Run every script once with real
   input. Then try the skill on one of the requests from step 1, as if you knew only what it says.
7. **Shorten it.** Take out what the last step did not need.

## The body

- Speak to the model: short steps in the order in which they are done, each with what shows that it worked.
- Give reasons where a rule could be mistaken for a habit; leave out what is common knowledge.
- Be strict where a mistake is expensive (exact commands, a script), loose where judgement is wanted (a goal, an example).
- One worked example says more than three paragraphs.
- Stay below some 300 lines. Move details to files beside it and say in which case to read which.

## The folder

| part | for |
| --- | --- |
| \`SKILL.md\` | required; what is always needed |
| \`scripts/\` | programs that would otherwise be written again each time, or must not vary |
| \`references/\` | what to read in certain cases only: formats, tables, long instructions |
| \`assets/\` | what ends up in results: templates, images, boilerplate |
| \`agents/openai.yaml\` | how clients show the skill; see \`references/openai-yaml.md\` |

No README and no change log: nobody but the model reads the folder. Paths in a skill count from its own folder. Links to
other files are not followed when a skill is copied, so keep everything inside.

## Rules that are checked

- The first line of \`SKILL.md\` is \`---\`, and a second \`---\` ends the head, which is YAML.
- \`name\`: letters, digits and \`-\`, at most 64 characters, the same as the folder.
- \`description\`: required, at most 1024 characters. \`metadata.short-description\`: for lists, at most 1024.
- A value that holds \`: \` or \` #\` or begins with a quote, a bracket or a dash is put into double quotes.

## Changing a skill

Read all of it before touching it. Keep its name, since people and prompts refer to it. When it was not used though it should
have been, the description is at fault; when it was used and went wrong, the body is.
`,
  'agents/openai.yaml': `interface:
  display_name: Skill Creator
  short_description: Write or improve a skill
`,
  'references/openai-yaml.md': `# agents/openai.yaml

Optional, beside \`SKILL.md\`. A field that breaks its rule is left out; a file that is no YAML is ignored as a whole.

| field | meaning | rule |
| --- | --- | --- |
| \`interface.display_name\` | name in lists of skills | at most 64 characters |
| \`interface.short_description\` | a line below it | at most 1024 characters |
| \`interface.icon_small\`, \`interface.icon_large\` | images | a path below \`./assets/\` |
| \`interface.brand_color\` | colour of the entry | \`"#RRGGBB"\` |
| \`interface.default_prompt\` | what choosing the skill writes into the prompt | at most 1024 characters |
| \`policy.allow_implicit_invocation\` | false: only used when it is named | default true |
| \`dependencies.tools\` | what the skill cannot work without | a list of the entries below |

An entry of \`dependencies.tools\` has \`type\` (\`mcp\` for an MCP server) and \`value\` (its name), and may have \`description\`,
\`transport\` (\`streamable_http\` or \`stdio\`), \`url\` and \`command\`.

    interface:
      display_name: Release Notes
      short_description: Write notes from merged changes
      brand_color: "#336699"
    policy:
      allow_implicit_invocation: false
`,
  'scripts/init-skill.mjs': String.raw`// Makes the folder of a new skill: node init-skill.mjs NAME --in FOLDER [--resources scripts,references,assets]
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const RESOURCES = ['scripts', 'references', 'assets'];

function fail(message) {
  console.error('error: ' + message);
  process.exit(1);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { in: { type: 'string' }, resources: { type: 'string', default: '' } },
});
const [name, ...others] = positionals;
if (name === undefined || others.length > 0 || values.in === undefined) {
  fail('usage: node init-skill.mjs NAME --in FOLDER [--resources scripts,references,assets]');
}
if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || name.length > 64) {
  fail('a name has lower case letters, digits and single dashes, at most 64 characters: ' + name);
}
const resources = values.resources.split(',').filter((each) => each !== '');
const unknown = resources.find((each) => !RESOURCES.includes(each));
if (unknown !== undefined) fail('no such resource: ' + unknown + '; there are ' + RESOURCES.join(', '));
const folder = path.resolve(values.in, name);
if (fs.existsSync(folder)) fail('it exists already: ' + folder);

const title = name.split('-').map((word) => word[0].toUpperCase() + word.slice(1)).join(' ');
const lines = [
  '---',
  'name: ' + name,
  'description: FILL IN what it does, and when to use it.',
  '---',
  '# ' + title,
  '',
  'FILL IN the steps, in the order in which they are done.',
  '',
];
for (const resource of resources) fs.mkdirSync(path.join(folder, resource), { recursive: true });
fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(path.join(folder, 'SKILL.md'), lines.join('\n'));
console.log(folder);
`,
  'scripts/validate-skill.mjs': String.raw`// Says what would be wrong with a skill: node validate-skill.mjs FOLDER. Exit code 1 when something is.
import fs from 'node:fs';
import path from 'node:path';

const problems = [];

function head(text) {
  const lines = text.split(/\r?\n/);
  const end = lines.findIndex((line, at) => at > 0 && line.trim() === '---');
  if (lines[0].trim() !== '---' || end < 2) return null;
  return lines.slice(1, end);
}

// Enough of YAML to find mistakes that are made often: keys at the left edge with what stands behind them.
function fields(lines) {
  const found = {};
  let key = null;
  for (const line of lines) {
    const match = /^([A-Za-z_-]+):(.*)$/.exec(line);
    if (match) {
      key = match[1];
      if (key in found) problems.push('the key ' + key + ' stands there twice');
      found[key] = match[2].trim();
    } else if (/^\s/.test(line) && key !== null) found[key] = (found[key] + ' ' + line.trim()).trim();
    else if (line.trim() !== '' && !line.startsWith('#')) problems.push('not a line of YAML: ' + line);
  }
  return found;
}

function plain(key, value) {
  const isQuoted = /^(".*"|'.*')$/.test(value);
  if (isQuoted) return value.slice(1, -1);
  if (/^[|>]/.test(value)) return value.replace(/^[|>][+-]?\s*/, '');
  if (/: | #|^["'\[\]{}@%&*!|>\x60-]/.test(value)) problems.push('put the value of ' + key + ' into double quotes');
  return value;
}

const [given, ...others] = process.argv.slice(2);
if (given === undefined || others.length > 0) {
  console.error('usage: node validate-skill.mjs FOLDER');
  process.exit(2);
}
const folder = path.resolve(given);
const file = path.join(folder, 'SKILL.md');
if (!fs.existsSync(file)) problems.push('there is no SKILL.md in ' + folder);
else {
  const text = fs.readFileSync(file, 'utf8');
  const lines = head(text);
  if (lines === null) problems.push('SKILL.md must begin with a head between two lines of ---');
  else {
    const found = fields(lines);
    const name = plain('name', found.name ?? '');
    const description = plain('description', found.description ?? '');
    if (name === '') problems.push('the head has no name');
    else if (!/^[A-Za-z0-9-]+$/.test(name)) problems.push('the name has other characters than letters, digits and -: ' + name);
    if (name.length > 64) problems.push('the name has more than 64 characters');
    if (name !== '' && name !== path.basename(folder)) problems.push('the name differs from the folder: ' + name);
    if (description === '') problems.push('the head has no description');
    if (description.includes('FILL IN')) problems.push('the description is still the one of the template');
    if (Array.from(description).length > 1024) problems.push('the description has more than 1024 characters');
  }
  const body = text.split(/\r?\n/).slice((lines?.length ?? 0) + 2).join('\n');
  if (body.trim() === '') problems.push('there is nothing below the head');
  if (body.includes('FILL IN')) problems.push('the body is still the one of the template');
  for (const [, target] of body.matchAll(/\]\((?!\w+:|#)([^)\s]+)\)/g)) {
    if (!fs.existsSync(path.resolve(folder, target))) problems.push('a link leads nowhere: ' + target);
  }
}
for (const problem of problems) console.log('- ' + problem);
console.log(problems.length === 0 ? 'ok' : problems.length + ' to be repaired');
process.exit(problems.length === 0 ? 0 : 1);
`,
};

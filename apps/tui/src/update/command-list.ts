/** The commands of the composer, in the order they are offered. */
export const COMMANDS = [
  { name: 'model', summary: 'choose the model and how hard it thinks' },
  { name: 'approvals', summary: 'choose what Codex may do without asking' },
  { name: 'permissions', summary: 'the same as /approvals' },
  { name: 'plan', summary: 'let Codex plan before it works, or stop that' },
  { name: 'review', summary: 'let Codex review changes' },
  { name: 'diff', summary: 'show what changed in the folder, with new files' },
  { name: 'compact', summary: 'replace the conversation by a summary, to make room' },
  { name: 'new', summary: 'begin a new session' },
  { name: 'resume', summary: 'go on with an earlier session' },
  { name: 'fork', summary: 'go on with a copy of this session' },
  { name: 'rename', summary: 'give this session a name' },
  { name: 'init', summary: 'let Codex write an AGENTS.md for this folder' },
  { name: 'mention', summary: 'name a file' },
  { name: 'status', summary: 'show settings, tokens and limits' },
  { name: 'mcp', summary: 'list MCP servers and their tools' },
  { name: 'skills', summary: 'list skills and switch them on or off' },
  { name: 'ps', summary: 'list terminals that run in the background' },
  { name: 'clean', summary: 'end the terminals in the background' },
  { name: 'feedback', summary: 'put a report with logs into a folder' },
  { name: 'logout', summary: 'forget the login and quit' },
  { name: 'help', summary: 'show keys and commands' },
  { name: 'quit', summary: 'leave' },
  { name: 'exit', summary: 'leave' },
] as const;

export type CommandName = (typeof COMMANDS)[number]['name'];

/** Keys, as the help tells them. */
export const KEYS: readonly (readonly [string, string])[] = [
  ['enter', 'send; joins the running turn'],
  ['tab', 'while a turn runs: send after it'],
  ['ctrl+j, shift+enter', 'new line'],
  ['esc', 'interrupt; twice: back to an earlier message'],
  ['ctrl+c', 'clear, interrupt; twice: quit'],
  ['@ $ / !', 'file, skill, command, shell command'],
  ['up, down', 'earlier messages'],
  ['alt+up', 'change the message queued last'],
  ['shift+tab', 'plan mode'],
  ['ctrl+t', 'transcript with everything'],
  ['ctrl+g', 'write in $EDITOR'],
  ['ctrl+l', 'draw again'],
];

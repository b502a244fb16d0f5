import path from 'node:path';
import type { ActivePlugin } from '@codex/config';
import type { McpTool } from '@codex/mcp-client';
import type { UserInput } from '@codex/protocol';
import type { Skill } from '@codex/skills';

const MAX_DESCRIPTION = 1_024;
/** `[@name](plugin://key)`. */
const MENTION = /\[@[^\]]+\]\s*\(\s*plugin:\/\/([^)\s]+)\s*\)/g;
const KIND = 'plugin://';

/** What the model is told of the plugins that have something to offer; null without any (skills specification §5). */
export function pluginsText(plugins: readonly ActivePlugin[], skills: readonly Skill[]): string | null {
  const useful = plugins.filter(
    (plugin) => plugin.servers.length + plugin.apps.length > 0 || hasSkills(plugin, skills),
  );
  if (useful.length === 0) return null;
  const lines = useful.map(({ name, description }) => {
    const text = Array.from((description ?? '').trim().replace(/\s+/g, ' '))
      .slice(0, MAX_DESCRIPTION)
      .join('');
    return text === '' ? `- \`${name}\`` : `- \`${name}\`: ${text}`;
  });
  return `<plugins_instructions>\n${INTRODUCTION}\n${lines.join('\n')}\n${USAGE}\n</plugins_instructions>`;
}

/** The plugins an input asks for by an item or a link, in the order in which they are loaded. */
export function mentionedPlugins(input: readonly UserInput[], plugins: readonly ActivePlugin[]): ActivePlugin[] {
  const keys = new Set(
    input.flatMap((item) => {
      if (item.type === 'text') return Array.from(item.text.matchAll(MENTION), ([, key]) => key);
      return item.type === 'mention' && item.path.startsWith(KIND) ? item.path.slice(KIND.length) : [];
    }),
  );
  return plugins.filter(({ key }) => keys.has(key));
}

/** What a plugin that was asked for has at hand; null when that is nothing. */
export function pluginNote(plugin: ActivePlugin, skills: readonly Skill[], tools: readonly McpTool[]): string | null {
  const servers = plugin.servers.filter((name) => tools.some((tool) => tool.server === name));
  const apps = tools.flatMap(({ connector }) =>
    connector && plugin.apps.includes(connector.id) ? connector.name : [],
  );
  const lines = [
    hasSkills(plugin, skills) ? `- Skills: those whose names begin with \`${plugin.name}:\`.` : null,
    servers.length > 0 ? `- MCP servers: ${quoted(servers)}.` : null,
    apps.length > 0 ? `- Apps: ${quoted(apps)}.` : null,
  ].filter((line) => line !== null);
  if (lines.length === 0) return null;
  return `The user asks for the plugin \`${plugin.name}\`. It has at hand:\n${lines.join('\n')}\nUse them for this task where they fit.`;
}

/** Which plugins a tool comes from, as the end of its description. */
export function toolOrigin({ server, connector }: McpTool, plugins: readonly ActivePlugin[]): string {
  const names = plugins
    .filter((plugin) => (connector ? plugin.apps.includes(connector.id) : plugin.servers.includes(server)))
    .map(({ name }) => name);
  return names.length === 0 ? '' : `This tool is part of plugin${names.length > 1 ? 's' : ''} ${quoted(names)}.`;
}

function hasSkills({ skillFolders }: ActivePlugin, skills: readonly Skill[]): boolean {
  return skills.some(
    ({ metadata: { enabled, path: file } }) =>
      enabled && skillFolders.some((folder) => file.startsWith(`${folder}${path.sep}`)),
  );
}

function quoted(names: readonly string[]): string {
  return [...new Set(names)]
    .sort()
    .map((name) => `\`${name}\``)
    .join(', ');
}

const INTRODUCTION = `## Plugins
A plugin bundles skills, MCP servers and apps for one purpose. These are active in this session:`;

const USAGE = `A plugin is not called itself: work with what it brings. Its skills have its name and a colon in front of theirs, its tools
name it in their descriptions. When the user names a plugin, prefer what it brings over other things that could do the same;
when it has nothing for the task or is not in the list, say so in a sentence and go on without it.`;

import type { ActivePlugin, AppSettings } from '@codex/config';
import type { McpTool } from '@codex/mcp-client';
import type { UserInput } from '@codex/protocol';
import type { Skill } from '@codex/skills';
import { describe, expect, it } from 'vitest';
import { mentionedPlugins, pluginNote, pluginsText, toolOrigin } from '../src/context/plugins.ts';
import { appToolPolicy } from '../src/tools/app-policy.ts';

const plugin = (name: string, more: Partial<ActivePlugin> = {}): ActivePlugin => ({
  ...{ key: `${name}@shop`, name, description: null, skillFolders: [`/p/${name}/skills`], servers: [], apps: [] },
  ...more,
});
const skill = (path: string, enabled = true): Skill => ({
  metadata: { name: 's', description: 'd', path, scope: 'user', enabled },
  implicit: true,
});
const tool = (server: string, connector: McpTool['connector'] = null): McpTool => ({
  ...{ server, qualified: `mcp__${server}__t`, info: { name: 't' }, connector },
});
const mail = { id: 'connector_mail', name: 'Mail', description: null };

describe('what the model is told of plugins', () => {
  it('names those that have something, on a line each', () => {
    const all = [
      plugin('a', { description: ` Does\n  a${'!'.repeat(2000)}`, servers: ['s'] }),
      plugin('empty'),
      plugin('b', { apps: ['x'] }),
      plugin('c'),
    ];
    const lines = pluginsText(all, [skill('/p/c/skills/x/SKILL.md')])
      ?.split('\n')
      .filter((line) => line.startsWith('- '));
    expect(lines?.map((line) => line.slice(0, 14))).toEqual(['- `a`: Does a!', '- `b`', '- `c`']);
    expect(lines?.[0]).toHaveLength('- `a`: '.length + 1024);
    expect(
      pluginsText([plugin('c')], [skill('/p/c/skills/x/SKILL.md', false), skill('/p/cc/skills/SKILL.md')]),
    ).toBeNull();
    expect(pluginsText([], [])).toBeNull();
  });

  it('is what a mentioned one has at hand by now', () => {
    const all = plugin('a', { servers: ['up', 'down'], apps: ['connector_mail', 'connector_drive'] });
    const note = pluginNote(
      all,
      [skill('/p/a/skills/x/SKILL.md')],
      [tool('up'), tool('codex_apps', mail), tool('other')],
    );
    expect(note).toContain('`a:`');
    expect(note).toContain('- MCP servers: `up`.');
    expect(note).toContain('- Apps: `Mail`.');
    expect(pluginNote(all, [], [])).toBeNull();
  });

  it('is at the end of what its tools say', () => {
    const all = [plugin('b', { servers: ['s'] }), plugin('a', { servers: ['s'], apps: ['connector_mail'] })];
    expect(toolOrigin(tool('s'), all)).toBe('This tool is part of plugins `a`, `b`.');
    expect(toolOrigin(tool('codex_apps', mail), all)).toBe('This tool is part of plugin `a`.');
    expect(toolOrigin(tool('else'), all)).toBe('');
  });
});

it('plugins are mentioned by a link or an item, and by nothing else', () => {
  const all = [plugin('a'), plugin('b'), plugin('c')];
  const text = (value: string): UserInput => ({ type: 'text', text: value, text_elements: [] });
  const keys = (...input: UserInput[]) => mentionedPlugins(input, all).map(({ name }) => name);
  expect(keys(text('[@B](plugin://b@shop) then [@a] (plugin://a@shop)'))).toEqual(['a', 'b']);
  expect(keys({ type: 'mention', name: 'C', path: 'plugin://c@shop' })).toEqual(['c']);
  expect(keys(text('@a plugin://a@shop [$a](plugin://a@shop) [@a](app://a@shop) [@x](plugin://x@shop)'))).toEqual([]);
});

describe('a tool of an app', () => {
  const settings: AppSettings = {
    ...{ enabled: true, destructiveEnabled: true, openWorldEnabled: true },
    ...{ approvalMode: 'auto', toolsEnabled: null, tools: {} },
  };
  const offered = (app: Partial<AppSettings>, annotations: object = {}, title: string | null = null) =>
    appToolPolicy(
      { byId: { connector_mail: { ...settings, ...app } }, others: { ...settings, enabled: false } },
      mail,
      { name: 't', title, annotations },
    );
  const DESTROYS = { destructiveHint: true };

  it.each([
    ['is offered', {}, DESTROYS, true],
    ['is not, when its app is off', { enabled: false, toolsEnabled: true }, {}, false],
    ['is not, when it destroys and nothing may', { destructiveEnabled: false }, DESTROYS, false],
    ['is, when it says nothing of that', { destructiveEnabled: false, openWorldEnabled: false }, {}, true],
    ['is not, when it goes out into the world', { openWorldEnabled: false }, { openWorldHint: true }, false],
    ['is, when all of its app are', { destructiveEnabled: false, toolsEnabled: true }, DESTROYS, true],
    ['is not, when none of its app are', { toolsEnabled: false }, {}, false],
    ['is, when it is named', { toolsEnabled: false, tools: { t: { enabled: true, approvalMode: null } } }, {}, true],
    ['is not, when it is named so', { tools: { t: { enabled: false, approvalMode: null } } }, {}, false],
  ] as const)('%s', (_, app, annotations, expected) => {
    expect(offered(app, annotations).offered).toBe(expected);
  });

  it('may be named by its title, and has the approval of its own table before that of its app', () => {
    const tools = { 'A tool': { enabled: false, approvalMode: 'approve' } } as const;
    expect(offered({ tools, approvalMode: 'prompt' }, {}, 'A tool')).toEqual({
      offered: false,
      approvalMode: 'approve',
    });
    expect(offered({ tools, approvalMode: 'prompt' })).toEqual({ offered: true, approvalMode: 'prompt' });
  });

  it('of an app without a table follows the default', () => {
    const apps = { byId: {}, others: { ...settings, enabled: false } };
    expect(appToolPolicy(apps, mail, { name: 't' }).offered).toBe(false);
  });
});

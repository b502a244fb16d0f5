import { describe, expect, test } from 'vitest';
import { readMcpServer } from '../src/index.ts';
import { world } from './setup.ts';

const EVERYTHING = {
  enabled: true,
  destructiveEnabled: true,
  openWorldEnabled: true,
  approvalMode: 'auto',
  toolsEnabled: null,
  tools: {},
};

describe('apps', () => {
  test('may do everything that is not said', async () => {
    const { apps } = await world('').config();
    expect(apps).toEqual({ byId: {}, others: EVERYTHING });
  });

  test('have a table each, and one for what those leave out', async () => {
    const { apps } = await world(
      [
        '[apps._default]\nenabled = false\ndestructive_enabled = false',
        '[apps.mail]\nopen_world_enabled = false\ndefault_tools_approval_mode = "prompt"\ndefault_tools_enabled = false',
        '[apps.mail.tools.send]\nenabled = true\n[apps.mail.tools."Read all"]\napproval_mode = "approve"',
        '[apps.off]\nenabled = false\ndestructive_enabled = true',
      ].join('\n'),
    ).config();
    const shared = { ...EVERYTHING, destructiveEnabled: false };
    expect(apps).toEqual({
      others: { ...shared, enabled: false },
      byId: {
        mail: {
          ...{ ...shared, openWorldEnabled: false, approvalMode: 'prompt', toolsEnabled: false },
          tools: {
            send: { enabled: true, approvalMode: null },
            'Read all': { enabled: null, approvalMode: 'approve' },
          },
        },
        off: { ...EVERYTHING, enabled: false },
      },
    });
  });

  test('that an administrator switches off stay off', async () => {
    const w = world('[apps.mail]\nenabled = true\nopen_world_enabled = false\n[apps.drive]\nenabled = false\n', {
      'etc/requirements.toml':
        '[apps.mail]\nenabled = false\n[apps.drive]\nenabled = true\n[apps.cal]\nenabled = false\n',
    });
    const { byId } = (await w.config()).apps;
    expect(byId['mail']).toMatchObject({ enabled: false, openWorldEnabled: false });
    expect([byId['cal']?.enabled, byId['drive']?.enabled]).toEqual([false, false]);
  });

  test.each([
    ['[apps.mail]\nenabled = "yes"\n', 'boolean'],
    ['[apps.mail]\ndefault_tools_approval_mode = "ask"\n', 'unknown variant `ask`'],
    ['apps = 1\n', 'a map'],
  ])('%j is refused', async (text, message) => {
    expect(await world(text).error()).toContain(message);
  });
});

describe('plugins', () => {
  const user = '[projects."$CWD"]\ntrust_level = "trusted"\n';

  test('are a matter of the user: a project has no say', async () => {
    const w = world(user, {
      'project/.codex/config.toml': 'model = "m"\n[features]\nplugins = true\n[plugins."a@b"]\nenabled = true\n',
    });
    const { model, features, plugins } = await w.config();
    expect({ model, on: features.plugins, plugins }).toEqual({ model: 'm', on: false, plugins: {} });
  });

  test('are on when their table does not say otherwise', async () => {
    const { plugins, activePlugins } = await world('[plugins."a@b"]\n[plugins."c@b"]\nenabled = false\n').config();
    expect(plugins).toEqual({ 'a@b': { enabled: true }, 'c@b': { enabled: false } });
    expect(activePlugins).toEqual([]);
  });
});

test('a server of another file is read by the rules of config.toml', () => {
  expect(readMcpServer({ command: 'x', args: ['y'] })).toEqual({ command: 'x', args: ['y'] });
  expect(() => readMcpServer({})).toThrow('invalid transport');
  expect(() => readMcpServer({ command: 'x', url: 'y' })).toThrow('url is not supported for stdio');
  expect(() => readMcpServer({ command: 'x', env: { A: 1 } })).toThrow(/^env\.A: /);
});

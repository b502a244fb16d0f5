import { describe, expect, it } from 'vitest';
import { world } from './setup.ts';

const PROFILE = `default_permissions = "net"
[permissions.net.network]
enabled = true
mode = "limited"
allowed_domains = ["a.example", "*.b.example"]
denied_domains = ["*"]
[permissions.other.network]
enabled = true
`;
const REQUIRED = `[experimental_network]
enabled = true
allowed_domains = ["**.corp.example"]
denied_domains = ["evil.example"]
allow_local_binding = false
`;

describe('the managed network', () => {
  it('is that of the chosen permission profile, and clients see a network', async () => {
    const config = await world(PROFILE).config();
    expect(config.network).toEqual({
      ...{
        mode: 'limited',
        allowedDomains: ['a.example', '*.b.example'],
        deniedDomains: ['*'],
        allowLocalBinding: false,
      },
      ...{ allowUnixSockets: [], allowAllUnixSockets: false, allowUpstreamProxy: false, socks5: true },
      ...{ managedOnly: false, prescribed: null },
    });
    expect(config.sandboxPolicy).toMatchObject({ type: 'readOnly', networkAccess: true });
  });

  it.each([
    ['nothing is chosen', PROFILE.replace(/^.*\n/, '')],
    ['the chosen one has none', 'default_permissions = "net"\n[permissions.net]\n'],
    ['it is switched off', PROFILE.replace('enabled = true', 'enabled = false')],
  ])('is none when %s', async (_, text) => {
    const config = await world(text).config();
    expect([config.network, config.sandboxPolicy]).toMatchObject([null, { networkAccess: false }]);
  });

  it('is prescribed by an administrator, whose values win and whose lists add up', async () => {
    const text = PROFILE.replace('denied_domains', 'allow_local_binding = true\ndenied_domains');
    const config = await world(text, { 'etc/requirements.toml': REQUIRED }).config();
    expect(config.network).toMatchObject({
      mode: 'limited',
      allowedDomains: ['**.corp.example', 'a.example', '*.b.example'],
      deniedDomains: ['evil.example', '*'],
      allowLocalBinding: false,
      prescribed: { allowed: ['**.corp.example'], denied: ['evil.example'] },
    });
    const only = REQUIRED + 'managed_allowed_domains_only = true\n';
    const strict = await world(text, { 'etc/requirements.toml': only }).config();
    expect(strict.network).toMatchObject({ allowedDomains: ['**.corp.example'], managedOnly: true });
    const off = REQUIRED.replace('enabled = true', 'enabled = false');
    expect((await world(text, { 'etc/requirements.toml': off }).config()).network).toBeNull();
  });

  it('without a profile has what the administrator says, and the sandbox policy stays as it is', async () => {
    const config = await world('', { 'etc/requirements.toml': REQUIRED }).config();
    expect(config.network).toMatchObject({ mode: 'full', allowedDomains: ['**.corp.example'] });
    expect(config.sandboxPolicy).toMatchObject({ networkAccess: false });
  });
});

describe('faults are reported with their place', () => {
  const list = (key: string, value: string) => `[permissions.net.network]\n${key} = ["ok.example", ${value}]\n`;

  it.each([
    ['allowed_domains', '"*"', 'would allow every host'],
    ['allowed_domains', '"**"', 'would allow every host'],
    ['allowed_domains', '"*."', 'would allow every host'],
    ['allowed_domains', '"https://a.example"', 'invalid domain'],
    ['denied_domains', '"a*.example"', 'invalid domain'],
    ['denied_domains', '1', 'invalid type: integer'],
  ])('%s = %s', async (key, value, reason) => {
    const message = await world(list(key, value)).error();
    expect(message).toContain(`$HOME/config.toml:2:${key.length + 19}: `);
    expect(message).toContain(reason);
  });

  it('also those of requirements.toml', async () => {
    const message = await world('', {
      'etc/requirements.toml': '[experimental_network]\nallowed_domains = ["*"]\n',
    }).error();
    expect(message).toMatch(/requirements\.toml:2:20: the pattern "\*" would allow every host/);
  });

  it('a profile that is not there', async () => {
    const message = await world('default_permissions = "nope"').error();
    expect(message).toContain('default_permissions refers to undefined profile `nope`');
  });
});

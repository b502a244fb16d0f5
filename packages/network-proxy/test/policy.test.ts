import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, judgeHost, networkPolicy, normalizeHost } from '../src/index.ts';
import { SETTINGS } from './kit.ts';

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
/** Without the names of this machine, which have rules of their own. */
const domain = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => `${labels.join('.')}.example`);

const judge = (host: string, allowedDomains: string[], deniedDomains: string[] = [], allowLocalBinding = false) =>
  judgeHost(
    networkPolicy({ ...SETTINGS, allowedDomains, deniedDomains, allowLocalBinding }),
    normalizeHost(host) ?? '',
  );

const capitals = (text: string, bits: readonly boolean[]) =>
  text.replace(/[a-z]/g, (char: string, at: number) => (bits[at % bits.length] ? char.toUpperCase() : char));

describe('domain patterns', () => {
  it('a name means itself and nothing else', () => {
    fc.assert(
      fc.property(domain, label, (host, below) => {
        expect(judge(host, [host])).toBe('allowed');
        expect(judge(`${below}.${host}`, [host])).toBe('not_allowed');
        expect(judge(`${below}${host}`, [host])).toBe('not_allowed');
      }),
    );
  });

  it('*.x means what is below x, **.x also x itself, and neither a name that only ends like it', () => {
    fc.assert(
      fc.property(domain, domain, (host, below) => {
        expect(judge(host, [`*.${host}`])).toBe('not_allowed');
        expect(judge(host, [`**.${host}`])).toBe('allowed');
        for (const stars of ['*', '**']) {
          expect(judge(`${below}.${host}`, [`${stars}.${host}`])).toBe('allowed');
          expect(judge(`no${host}`, [`${stars}.${host}`])).toBe('not_allowed');
          expect(judge(`${host}.${below}`, [`${stars}.${host}`])).toBe(
            `${host}.${below}`.endsWith(`.${host}`) ? 'allowed' : 'not_allowed',
          );
        }
      }),
    );
  });

  it('capitals and a final dot change nothing, in a pattern or in a host', () => {
    fc.assert(
      fc.property(domain, fc.array(fc.boolean(), { minLength: 1 }), fc.constantFrom('', '.'), (host, bits, dot) => {
        expect(judge(capitals(host, bits) + dot, [host])).toBe('allowed');
        expect(judge(`a.${host}`, [`*.${capitals(host, bits)}${dot}`])).toBe('allowed');
      }),
    );
  });

  it('denying beats allowing, whatever the patterns', () => {
    fc.assert(
      fc.property(domain, fc.constantFrom('', '*.', '**.'), (host, stars) => {
        const asked = stars === '*.' ? `a.${host}` : host;
        expect(judge(asked, [asked, `**.${host}`], [stars + host])).toBe('denied');
      }),
    );
    expect(judge('any.example', ['any.example'], ['*'])).toBe('denied');
  });

  it('international names are one name in both spellings', () => {
    expect(judge('xn--bcher-kva.example', ['Bücher.example'])).toBe('allowed');
    expect(judge('bücher.example', ['*.example'])).toBe('allowed');
  });

  it('refuses patterns that would mean everything or nothing, and names them', () => {
    for (const bad of [
      '*',
      '**',
      '*.',
      '**.',
      ' * ',
      '',
      'a*b.example',
      '*.*.example',
      'https://a.example',
      'a.example/x',
    ]) {
      expect(() => networkPolicy({ ...SETTINGS, allowedDomains: [bad] }), bad).toThrow(
        expect.objectContaining({ code: 'config', message: expect.stringContaining(JSON.stringify(bad)) }),
      );
    }
    expect(() => networkPolicy({ ...SETTINGS, deniedDomains: ['*.10.0.0.1'] })).toThrow('10.0.0.1');
  });
});

describe('local hosts', () => {
  const local = ['localhost', 'db.localhost', '127.0.0.1', '127.1', '2130706433', '0x7f000001', '[::1]', '10.1.2.3'];
  const more = [
    '192.168.0.1',
    '172.31.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '[::ffff:10.0.0.1]',
    '[fe80::1]',
    '0.0.0.0',
  ];

  it.each([...local, ...more])('%s is refused unless it is allowed by its very name or all are', (host) => {
    expect(judge(host, [])).toBe('not_allowed_local');
    expect(judge(host, ['**.localhost'])).toBe('not_allowed_local');
    expect(judge(host, [host])).toBe('allowed');
    expect(judge(host, [], [], true)).toBe('not_allowed');
    expect(judge(host, [host], [host], true)).toBe('denied');
  });

  it('knows public addresses by every spelling', () => {
    for (const address of [
      '1.1.1.1',
      '8.8.8.8',
      '2606:4700::1111',
      '::ffff:1.1.1.1',
      '64:ff9b::101:101',
      '172.32.0.1',
    ]) {
      expect(isPublicAddress(address), address).toBe(true);
    }
    for (const address of [
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      'fc00::1',
      'ff02::1',
      '2001:db8::1',
      '::',
      '255.255.255.255',
    ]) {
      expect(isPublicAddress(address), address).toBe(false);
    }
  });
});

describe('hosts', () => {
  it('have one spelling, and normalising twice changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), domain, fc.ipV4(), fc.ipV6(), fc.domain(), fc.webAuthority()), (text) => {
        const host = normalizeHost(text);
        if (host !== null) expect(normalizeHost(host)).toBe(host);
      }),
    );
  });

  it.each([
    '',
    ' ',
    '.',
    'a b',
    'a/b',
    'user@a',
    'a%2eb',
    'a#b',
    '[::1',
    '::1]',
    '1.2.3.4.5',
    'a..b',
    'fe80::1%eth0',
    'a\0b',
  ])('is none: %j', (text) => {
    expect(normalizeHost(text)).toBeNull();
  });
});
